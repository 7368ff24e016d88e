"""What a view answered, as a response of the browser's kind; a refusal as a page with what is wrong and what to do."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from chalice import Response

from chalicelib.refusals import Refusal, TooMany
from chalicelib.site.headers import LANGUAGE, YEAR, cookie, security
from chalicelib.site.rendering import rendered
from chalicelib.site.visits import Facts, Html, See, Shown, Visit
from chalicelib.web import Call, problems
from chalicelib.web.problems import TITLES, framework_problem, status_of
from chalicelib.web.serving import Headers

JSON: Final = "application/json"
SORRY: Final = problems.DETAILS[500]


def answer(shown: Shown, visit: Visit) -> Response:
    headers: Headers = dict(security(shown.allow if isinstance(shown, Html) else {}, personal=_is_personal(visit)))
    match shown:
        case Facts(facts, status):
            return Response(json.dumps(facts, ensure_ascii=False), headers | {"Content-Type": JSON}, status_code=status)
        case See(location, cookies):
            return Response("", headers | {"Location": location} | _cookies(cookies), status_code=303)
        case Html():
            own = {"Content-Type": "text/html; charset=utf-8", "Content-Language": visit.language, **shown.headers}
            body = rendered(shown, visit)
            return Response(body, headers | own | _cookies(_with_language(shown, visit)), status_code=shown.status)


def refused(refusal: Refusal, visit: Visit, *, as_facts: bool) -> Response:
    """As a page; or, to one of our scripts, as the problem document the API would answer."""
    if as_facts:
        return problems.refused(refusal, visit.language)
    status = status_of(type(refusal))
    page = _trouble(status, refusal.told(visit.language), visit)
    waiting = {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, TooMany) else {}
    return answer(replace(page, faults=refusal.faults, headers=waiting), visit)


def broken(visit: Visit, *, as_facts: bool) -> Response:
    """A defect of ours, said without detail; drawn without the session, which may be what broke."""
    if as_facts:
        return framework_problem(500, visit.language)
    return answer(_trouble(500, visit.told(*SORRY[1:]), visit), replace(visit, session=None))


def wants_facts(call: Call) -> bool:
    return call.headers.get("accept", "").startswith(JSON)


def _trouble(status: int, told: str, visit: Visit) -> Html:
    return Html("trouble.html", visit.told(*TITLES[status]), {"told": told, "status": status}, status=status)


def _is_personal(visit: Visit) -> bool:
    return visit.session is not None or visit.method == "POST"


def _with_language(shown: Html, visit: Visit) -> tuple[str, ...]:
    """A language asked for by `?lang=` is remembered."""
    chosen = visit.query["lang"]
    return (*shown.cookies, *([cookie(LANGUAGE, chosen, YEAR)] if chosen in ("vi", "en") else ()))


def _cookies(cookies: Sequence[str]) -> Headers:
    return {"Set-Cookie": list(cookies)} if cookies else {}
