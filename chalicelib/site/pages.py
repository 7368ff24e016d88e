"""How a page is registered and served: who may see it, whose form it is, and a refusal as a page a person can read.

    pages = Pages(__name__)

    @pages.page("GET", "/ho-so/{dossier_id}", who="citizen")
    def show(visit: Visit, dossier_id: str) -> Html: ...

    @pages.page("POST", "/ho-so/{dossier_id}/rut", who="citizen")
    def withdraw(visit: Visit, dossier_id: str) -> See: ...

Views answer `Html`, `See` or `Facts` and raise refusals. POST bodies are forms (`visit.form`). Nobody signed in is
sent to sign in and back. Pages stand in PAGES, not among the API's OPERATIONS: they are no contract for programs.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from chalice import Blueprint, Response

from chalicelib.refusals import Conflict, Forbidden, Refusal, Unavailable, Untrusted
from chalicelib.site.answers import answer, broken, refused, wants_facts
from chalicelib.site.reading import form_of, is_ours, session_of, visit_of
from chalicelib.site.visits import Fields, FormNotOurs, See, Shown, Visit, here
from chalicelib.table import Lost, is_throttled
from chalicelib.watching import logger
from chalicelib.web import Call
from chalicelib.web.call import LONGEST_NAME, plain
from chalicelib.web.defects import where
from chalicelib.web.facts import LARGEST_BODY
from chalicelib.web.serving import bare_call

FORM: Final = "application/x-www-form-urlencoded"
Who = Literal["anyone", "citizen", "officer", "signed_in"]
View = Callable[..., Any]


@dataclass(frozen=True)
class Page:
    method: Literal["GET", "POST"]
    path: str
    name: str
    who: Who
    longest: int = LONGEST_NAME  # of a path parameter
    largest: int = LARGEST_BODY  # of a form, in bytes


PAGES: Final[list[Page]] = []


class Pages(Blueprint):
    """A blueprint of pages; each view's name is unique among all routes."""

    def page(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        who: Who = "anyone",
        longest: int = LONGEST_NAME,
        largest: int = LARGEST_BODY,
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            page = Page(method, path, view.__name__, who, longest, largest)
            PAGES.append(page)
            handler: View = functools.partial(served, self, page, view)
            functools.update_wrapper(handler, served)
            handler.__name__ = f"page_{page.name}"
            types = [FORM] if method == "POST" else ["application/json"]
            self.route(path, methods=[method], name=handler.__name__, content_types=types)(handler)
            return view

        return register


def served(pages: Blueprint, page: Page, view: View, **parameters: str) -> Response:
    """The visit answered, whatever happens: a defect is logged without its data, and told as a page too."""
    call = bare_call(pages)
    visit, as_facts = visit_of(call), wants_facts(call)
    try:
        visit = replace(visit, session=session_of(visit))
        visit = replace(visit, form=_let_in(page, visit, call))
        shown = _attempted(view, visit, {name: plain(value, page.longest) for name, value in parameters.items()})
        return shown if isinstance(shown, Response) else answer(shown, visit)
    except Refusal as refusal:
        if isinstance(refusal, Untrusted) and not as_facts:
            return answer(See(here("/dang-nhap", tiep=_back_to(visit))), visit)
        return refused(refusal, visit, as_facts=as_facts)
    except Exception as error:  # noqa: BLE001 - the edge, as for the API
        if is_throttled(error):
            return refused(Unavailable(), visit, as_facts=as_facts)
        logger.error("defect", extra=where(error))
        return broken(visit, as_facts=as_facts)


def _let_in(page: Page, visit: Visit, call: Call) -> Fields:
    """Who first, then whose form: only a form of ours, sent from our own page in this very session, is read."""
    if page.who != "anyone" and visit.caller is None:
        raise Untrusted
    if visit.caller and page.who in ("citizen", "officer") and visit.caller.kind != page.who:
        raise Forbidden
    if page.method == "GET":
        return visit.form
    form = form_of(call, page.largest)
    if not is_ours(call, form, visit.session):
        raise FormNotOurs
    return form


def _attempted(view: View, visit: Visit, parameters: dict[str, str]) -> Shown | Response:
    """A form sent twice goes where the first sending went; looked for only when something said no."""
    try:
        shown: Shown | Response = view(visit, **parameters)
        return shown
    except (Refusal, Lost) as error:
        if led := visit.led_to():
            return See(led)
        if isinstance(error, Lost):
            raise Conflict from None
        raise


def _back_to(visit: Visit) -> str:
    """A form's own address may have no page: then to the beginning."""
    return here(visit.path, **dict(visit.query.pairs)) if visit.method == "GET" else ""
