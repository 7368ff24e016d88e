"""A visit read from a call: its session, its language, its form, and whether that form is one of ours."""

import hmac
from typing import Final
from urllib.parse import urlsplit

from chalicelib.refusals import Language, Malformed, TooLarge
from chalicelib.settings import settings
from chalicelib.site import session_records
from chalicelib.site.headers import LANGUAGE, SESSION, cookies_of
from chalicelib.site.sessions import Session, renewed
from chalicelib.site.visits import Fields, Visit
from chalicelib.web import Call
from chalicelib.web.call import form_pairs
from chalicelib.web.facts import LARGEST_BODY, normalised

ELSEWHERE: Final = ("cross-site", "same-site")
MOST_FIELDS: Final = 2000


def visit_of(call: Call) -> Visit:
    """Without its form, which is read once it is known whose it is."""
    cookies = cookies_of(call.headers.get("cookie", ""))
    query = Fields([(name, value) for name, value in call.query_pairs if "\x00" not in value])
    return Visit(
        method=call.method,
        path=call.path,
        query=query,
        form=Fields(),
        language=_language(query["lang"], _language(cookies.get(LANGUAGE, ""), call.language)),
        session=None,
        cookies=cookies,
        ip=call.ip,
        now=call.now,
    )


def session_of(visit: Visit) -> Session | None:
    """The session of the visitor's cookie, prolonged by the visit where that is worth a write."""
    value = visit.cookies.get(SESSION)
    session = session_records.session_of(value, visit.now) if value else None
    later = renewed(session, visit.now) if session else None
    if later:
        session_records.prolong(later)
    return later or session


def form_of(call: Call, largest: int = LARGEST_BODY) -> Fields:
    """Raises `Malformed` for what is no form, `TooLarge` for more than is taken."""
    if len(call.raw_body) > largest:
        raise TooLarge(limit=largest)
    try:
        pairs = form_pairs(call.raw_body)
        if len(pairs) > MOST_FIELDS:
            raise Malformed
        return Fields([(normalised(name), normalised(value)) for name, value in pairs])
    except ValueError:
        raise Malformed from None


def is_ours(call: Call, form: Fields, session: Session | None) -> bool:
    """Sent from a page of ours, as the browser says; and, by somebody signed in, with the token of their session.

    A browser names a form's origin in `Origin`, and whether it is another site's in `Sec-Fetch-Site`. Who is not
    signed in has nothing that a form of another site could misuse.
    """
    origin, fetched = call.headers.get("origin"), call.headers.get("sec-fetch-site")
    if (origin is not None and origin != _own_origin()) or fetched in ELSEWHERE:
        return False
    given = form["csrf"] or call.headers.get("x-csrf-token", "")
    return session is None or hmac.compare_digest(given.encode(), session.form_token.encode())


def _own_origin() -> str:
    own = urlsplit(settings().PUBLIC_URL)
    return f"{own.scheme}://{own.netloc}"


def _language(chosen: str, otherwise: Language) -> Language:
    return "vi" if chosen == "vi" else "en" if chosen == "en" else otherwise
