"""The API's reference: every operation that `/openapi.json` tells of, on pages that need no script."""

from typing import Final

from chalicelib.refusals import NotFound
from chalicelib.site import reference
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, Visit
from chalicelib.web.openapi import whole_description

pages: Final = Pages(__name__)


@pages.page("GET", "/docs")
def list_operations(visit: Visit) -> Html:
    return Html(
        "reference.html",
        visit.told("API của Một Cửa", "The API"),
        {"sections": reference.sections(whole_description(pages))},
    )


@pages.page("GET", "/docs/{operation}")
def show_operation(visit: Visit, operation: str) -> Html:
    told = reference.operation(whole_description(pages), operation)
    if told is None:
        raise NotFound
    return Html("reference-operation.html", f"{told.method} {told.path}", {"told": told})
