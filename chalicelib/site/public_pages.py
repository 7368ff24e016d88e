"""What anyone may read: the home page."""

from typing import Final

from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, Visit

pages: Final = Pages(__name__)


@pages.page("GET", "/")
def home(visit: Visit) -> Html:
    return Html("home.html", visit.told("Thủ tục hành chính", "Administrative procedures"))
