"""Signing in and out, and the files the pages are drawn with."""

import re
from typing import Final

from chalice import Response

from chalicelib.refusals import NotFound
from chalicelib.site import assets, entering, signing_in
from chalicelib.site.headers import SESSION, SIGN_IN, cookie, forgotten
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.web.serving import Headers

pages: Final = Pages(__name__)
FOR_EVER: Final = "public, max-age=31536000, immutable"
HOMES: Final = {"citizen": "/ho-so", "officer": "/can-bo"}
OURS: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")


def own_address(given: str) -> str:
    """An address of this site, or nothing: a link that signs people in must not send them elsewhere."""
    return given if OURS.fullmatch(given) else ""


@pages.page("GET", "/dang-nhap")
def choose_sign_in(visit: Visit) -> Html | See:
    back = own_address(visit.query["tiep"])
    if visit.caller:
        return See(back or HOMES[visit.caller.kind])
    return Html("sign-in.html", visit.told("Đăng nhập", "Sign in"), {"doors": signing_in.doors(), "back": back})


@pages.page("GET", "/dang-nhap/di")
def begin_sign_in(visit: Visit) -> See:
    """A link, not a form: Chrome holds the redirects of a form to the content policy, and issuers redirect on."""
    doors, number = signing_in.doors(), visit.query["noi"]
    if not re.fullmatch(r"[0-9]", number) or int(number) >= len(doors):
        raise NotFound
    address, state = signing_in.begin(doors[int(number)], own_address(visit.query["tiep"]), visit.now)
    return See(address, [cookie(SIGN_IN, state, int(signing_in.PATIENCE.total_seconds()))])


@pages.page("GET", "/dang-nhap/ve")
def finish_sign_in(visit: Visit) -> See:
    """Back from the issuer. The session is a new one, whatever cookie the browser came with."""
    arrived = signing_in.finish(visit.query, visit.cookies.get(SIGN_IN, ""), visit.now)
    if visit.session:
        entering.leave(visit.session)
    value = entering.enter(arrived.caller, arrived.issuer, visit.now)
    return See(arrived.back or HOMES[arrived.caller.kind], [cookie(SESSION, value), forgotten(SIGN_IN)])


@pages.page("POST", "/dang-xuat")
def sign_out(visit: Visit) -> See:
    if visit.session is None:
        return See("/dang-xuat")
    entering.leave(visit.session)
    return See(here("/dang-xuat", tu=visit.session.issuer), [forgotten(SESSION)])


@pages.page("GET", "/dang-xuat")
def signed_out(visit: Visit) -> Html | See:
    """On a shared computer the session with the issuer matters as much: it is named, with the way to end it."""
    if visit.session:
        return See("/")
    farewell = signing_in.farewell(visit.query["tu"])
    return Html("signed-out.html", visit.told("Đã đăng xuất", "Signed out"), {"farewell": farewell})


@pages.page("GET", "/assets/{name}")
def show_asset(visit: Visit, name: str) -> Response:
    asset = assets.found(name)
    if asset is None:
        raise NotFound
    kept = FOR_EVER if asset.is_current else "no-cache"
    headers: Headers = {"Content-Type": asset.content_type, "Cache-Control": kept, "X-Content-Type-Options": "nosniff"}
    return Response(asset.text, headers)
