"""For programs: whether the service is up, and what it offers."""

from chalice import Response

from chalicelib.settings import settings
from chalicelib.shapes import Shape
from chalicelib.web import Call, Routes
from chalicelib.web.openapi import whole_description

routes = Routes(__name__)


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
    return Response(whole_description(routes), headers={"Content-Type": "application/json"})
