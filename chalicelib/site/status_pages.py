"""Where a dossier stands, and whether a paper is genuine: for anyone, without an account."""

from typing import Any, Final

from chalicelib.catalogue import actions as catalogue
from chalicelib.dossiers import actions
from chalicelib.dossiers.explained import deadline_shown
from chalicelib.dossiers.proofs import LookupNoMatch
from chalicelib.dossiers.rules import Dossier
from chalicelib.dossiers.status import public_status
from chalicelib.papers import tokens
from chalicelib.papers.shown import verification
from chalicelib.refusals import Fault
from chalicelib.site import wording
from chalicelib.site.agencies import name
from chalicelib.site.called import Called
from chalicelib.site.pages import Pages
from chalicelib.site.parcels import parcel
from chalicelib.site.visits import Html, Visit

pages: Final = Pages(__name__)
LONGEST_CODE: Final = 64
LONGEST_PROOF: Final = 16
EMPTY: Final = {
    "code": Fault("/code", "required", "Hãy nhập mã hồ sơ, ghi trên giấy hẹn.", "Enter the dossier's code."),
    "proof": Fault(
        "/proof",
        "required",
        "Hãy nhập 4 số cuối điện thoại hoặc số định danh.",
        "Enter the last four digits of the phone or identity number.",
    ),
}


@pages.page("GET", "/tra-cuu")
def ask_status(visit: Visit) -> Html:
    return _asking(visit, {"code": visit.query["ma"]}, ())


@pages.page("POST", "/tra-cuu")
def look_up_page(visit: Visit) -> Html:
    """Shown at once, not after a redirect: the proof must not stand in an address, and nothing is changed."""
    given = {"code": visit.form["code"].upper()[:LONGEST_CODE], "proof": visit.form["proof"][:LONGEST_PROOF]}
    if lacking := [fault for field, fault in EMPTY.items() if not given[field]]:
        return _asking(visit, given, lacking, 422)
    try:
        found = actions.look_up_status(given["code"], given["proof"], visit.now)
    except LookupNoMatch as refusal:
        fault = Fault("/code", refusal.code, refusal.vi, refusal.en)
        return _asking(visit, given, [fault], 404)
    return Html("status.html", visit.told("Hồ sơ ", "Dossier ") + given["code"], _status(found, visit))


@pages.page("GET", "/kiem-tra/{token}", longest=tokens.LONGEST)
def check_paper(visit: Visit, token: str) -> Html:
    """Where the QR code of a paper leads."""
    return Html("verification.html", visit.told("Kiểm tra giấy tờ", "Check a paper"), {"found": verification(token)})


def _asking(visit: Visit, given: dict[str, str], faults: Any, status: int = 200) -> Html:  # noqa: ANN401
    title = visit.told("Hồ sơ của tôi đang ở đâu?", "Where is my dossier?")
    return Html("look-up.html", title, {"given": given}, status=status, faults=faults)


def _status(found: actions.LookedUp, visit: Visit) -> dict[str, Any]:
    dossier: Dossier = found.clocks.dossier
    status = public_status(dossier, found.steps, visit.now, visit.language)
    (turn, _) = wording.TURNS[status.turn.who]
    return {
        "status": status,
        "kind": wording.tag_of(status),
        "turn": wording.said(turn, visit.language),
        "missing": _missing(dossier, visit),
        "payment": wording.said(wording.PAYMENT[status.payment.status], visit.language),
        "channel": wording.said(wording.CHANNELS[status.delivery.channel], visit.language),
        "parcel": parcel(dossier, visit.language, its_citizen=False),
        "steps": [
            {"name": each.name, "at": each.at, "note": name(each.by_agency, visit.now) if each.by_agency else ""}
            for each in status.steps
        ],
        "deadline": deadline_shown(found.clocks.clock, dossier, found.clocks.steps, visit.now, visit.language),
    }


def _missing(dossier: Dossier, visit: Visit) -> list[tuple[str, str]]:
    """What the open request asks for, by the names the citizen knows it by, and the officer's words."""
    if dossier.supplement is None:
        return []
    form = catalogue.pinned(dossier.procedure.code, dossier.procedure.key).form
    return Called(dossier, form, visit.language).asked_for()
