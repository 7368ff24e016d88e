"""For whoever builds on the service: is it up, what does it offer, and a page to read that on."""

from importlib.resources import files
from typing import Final

from chalice import Response

from chalicelib.refusals import NotFound
from chalicelib.settings import settings
from chalicelib.shapes import Shape
from chalicelib.web import Call, Routes
from chalicelib.web.openapi import description

routes = Routes(__name__)

PAGE: Final = """<!doctype html>
<html lang="vi">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Một Cửa · API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
"""
START: Final = """
const here = location.pathname.endsWith("/") ? "../openapi.json" : "openapi.json";
SwaggerUIBundle({url: new URL(here, location).href, dom_id: "#page", deepLinking: true, validatorUrl: null});
"""
ASSETS: Final = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
POLICY: Final = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
CACHED: Final[dict[str, str | list[str]]] = {"Cache-Control": "public, max-age=86400"}


class Health(Shape):
    status: str
    province: str
    version: str


@routes.on("GET", "/health", answer=Health, who="anyone")
def health(call: Call) -> Health:
    """Whether the service answers, for which province, in which release."""
    return Health(status="ok", province=settings().PROVINCE, version=settings().RELEASE)


@routes.machine("GET", "/openapi.json")
def openapi(call: Call) -> Response:
    """This description."""
    return Response(description(), headers={"Content-Type": "application/json"})


@routes.machine("GET", "/docs")
def docs(call: Call) -> Response:
    """A page to read the description on."""
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": POLICY,
    }
    # Relative links need to know whether the address ended in a slash.
    page = PAGE if not call.path.endswith("/") else PAGE.replace('"docs/', '"')
    return Response(page, headers=headers)


@routes.machine("GET", "/docs/{asset}")
def docs_asset(call: Call, asset: str) -> Response:
    """The page's own script and style, from the package, never from elsewhere."""
    if asset == "start.js":
        return Response(START, headers={"Content-Type": "text/javascript", **CACHED})
    if asset not in ASSETS:
        raise NotFound
    text = files("swagger_ui").joinpath("static", asset).read_text(encoding="utf-8")
    return Response(text, headers={"Content-Type": ASSETS[asset], **CACHED})
