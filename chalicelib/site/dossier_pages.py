"""A citizen's own dossiers: all of them, one of them in full, and what they may do with it beside filing and paying."""

from typing import Any, Final

from chalicelib.catalogue import actions as catalogue
from chalicelib.dossiers import actions, file_actions, paper_actions, status
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.explained import deadline_shown
from chalicelib.dossiers.filing import RESULT
from chalicelib.dossiers.life import NEXT, Stage
from chalicelib.dossiers.rules import Dossier, Rating
from chalicelib.dossiers.status import STEPS
from chalicelib.history.rules import Event, EventType
from chalicelib.papers.rules import number
from chalicelib.payments import actions as payments
from chalicelib.refusals import Fault
from chalicelib.site import agencies, wording
from chalicelib.site.called import Called
from chalicelib.site.cards import Line, line
from chalicelib.site.drafting import opened
from chalicelib.site.pages import Pages
from chalicelib.site.questions import questions
from chalicelib.site.review import applicant_rows, delivery_rows, form_rows
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.web.cursors import cursor_after, position_of

pages: Final = Pages(__name__)
AT_ONCE: Final = 20
LONGEST_TEXT: Final = 2000
SCALE: Final = ("1", "2", "3", "4", "5")


@pages.page("GET", "/ho-so", who="citizen")
def list_dossiers(visit: Visit) -> Html:
    page = actions.mine(visit.person, AT_ONCE, position_of(visit.query["tu"]) if visit.query["tu"] else "")
    lines: list[Line] = [line(each, visit.now, visit.language) for each in page.cards]
    further = here("/ho-so", tu=cursor_after(page.position)) if page.position else ""
    return Html("dossiers.html", visit.told("Hồ sơ của tôi", "My dossiers"), {"lines": lines, "further": further})


@pages.page("GET", "/ho-so/{dossier_id}", who="citizen")
def show_dossier(visit: Visit, dossier_id: str) -> Html:
    return _shown(dossier_id, visit)


@pages.page("GET", "/ho-so/{dossier_id}/tep/{document_id}", who="citizen")
def fetch_file(visit: Visit, dossier_id: str, document_id: str) -> See:
    return See(file_actions.fetch(dossier_id, document_id, visit.person, visit.now).url)


@pages.page("GET", "/ho-so/{dossier_id}/van-ban/{paper_id}", who="citizen")
def fetch_paper_page(visit: Visit, dossier_id: str, paper_id: str) -> See:
    return See(paper_actions.fetch(dossier_id, paper_id, visit.person, visit.now).url)


@pages.page("POST", "/ho-so/{dossier_id}/tin-nhan", who="citizen")
def send_message(visit: Visit, dossier_id: str) -> Html | See:
    text, to = visit.form["text"], f"/ho-so/{dossier_id}#tin-nhan"
    if fault := _unwritten("text", text):
        return _shown(dossier_id, visit, [fault])
    actions.write(dossier_id, text, Act(visit.person, visit.now, None, visit.once(lambda _: to)))
    return See(to)


@pages.page("GET", "/ho-so/{dossier_id}/rut", who="citizen")
def ask_withdrawal(visit: Visit, dossier_id: str) -> Html:
    return _withdrawal(actions.look(dossier_id, visit.person), visit)


@pages.page("POST", "/ho-so/{dossier_id}/rut", who="citizen")
def withdraw_page(visit: Visit, dossier_id: str) -> Html | See:
    """Asked on a page of its own: it cannot be taken back."""
    reason, to = visit.form["reason"], f"/ho-so/{dossier_id}"
    if fault := _unwritten("reason", reason):
        return _withdrawal(actions.look(dossier_id, visit.person), visit, [fault])
    actions.withdraw(dossier_id, reason, Act(visit.person, visit.now, visit.seen, visit.once(lambda _: to)))
    return See(to)


@pages.page("POST", "/ho-so/{dossier_id}/danh-gia", who="citizen")
def rate_page(visit: Visit, dossier_id: str) -> Html | See:
    form, to = visit.form, f"/ho-so/{dossier_id}#danh-gia"
    faults = [_unchosen(name) for name in ("attitude", "timeliness") if form[name] not in SCALE]
    if len(form["comment"]) > LONGEST_TEXT:
        faults.append(_too_long("comment"))
    if faults:
        return _shown(dossier_id, visit, faults)
    rating = Rating(attitude=int(form["attitude"]), timeliness=int(form["timeliness"]), comment=form["comment"])
    actions.rate(dossier_id, rating, Act(visit.person, visit.now, None, visit.once(lambda _: to)))
    return See(to)


def _withdrawal(dossier: Dossier, visit: Visit, faults: Any = ()) -> Html:  # noqa: ANN401
    title = visit.told("Rút hồ sơ", "Withdraw the dossier")
    facts = {"dossier": dossier, "values": visit.form, "paid": dossier.paid_amount}
    return Html("withdraw.html", title, facts, status=422 if faults else 200, faults=faults)


def _shown(dossier_id: str, visit: Visit, faults: Any = ()) -> Html:  # noqa: ANN401
    dossier, events = actions.past(dossier_id, visit.person)
    if dossier.stage == Stage.DRAFT:
        return _draft(dossier_id, visit)
    language = visit.language
    clocks = actions.clock_of(dossier_id, visit.person, visit.now)
    turn = status.turn(dossier, language)
    papers = paper_actions.listed(dossier_id, visit.person)
    files = file_actions.listed(dossier_id, visit.person)
    procedure = catalogue.pinned(dossier.procedure.code, dossier.procedure.key)
    names = {code: each.name for code, each in dossier.procedure.components.items()}
    asked = questions(procedure.form, dossier.form, language)
    facts = {
        "dossier": dossier,
        "values": visit.form,
        "turn": turn,
        "whose": wording.said(wording.TURNS[turn.who][0], language),
        "kind": "late" if status.is_overdue(dossier, visit.now) else wording.TURNS[turn.who][1],
        "overdue": status.is_overdue(dossier, visit.now),
        "asked_for": Called(dossier, procedure.form, language).asked_for(),
        "agency": agencies.name(dossier.agency, visit.now),
        "steps": [_step(each, dossier, visit) for each in events if _is_told(each)],
        "messages": [each for each in events if each.type == EventType.MESSAGED],
        "deadline": deadline_shown(clocks.clock, dossier, clocks.steps, visit.now, language),
        "papers": [
            {"id": each.paper.id, "at": each.paper.event.at, "stands": _stands(each), **_form(each)} for each in papers
        ],
        "files": [each for each in files if each.component != RESULT],
        "results": [each for each in files if each.component == RESULT] if dossier.result else [],
        "component": names,
        "money": payments.account(dossier_id, visit.person, visit.now) if dossier.fee_due else None,
        "payment": wording.said(wording.PAYMENT[dossier.payment_status], language),
        "channel": wording.said(wording.CHANNELS[dossier.delivery.channel], language),
        "parcel": wording.said(wording.PARCEL[dossier.shipping.status], language),
        "may": {each.value for each in EventType if (dossier.stage, each) in NEXT},
        "rows_filed": [
            *applicant_rows(dossier.applicant, language),
            *form_rows(asked, language),
            *delivery_rows(dossier.delivery, language),
        ],
        "scale": [(each, each) for each in SCALE],
    }
    title = f"{visit.told('Hồ sơ', 'Dossier')} {dossier.code}"
    return Html("dossier.html", title, facts, status=422 if faults else 200, faults=faults)


def _draft(dossier_id: str, visit: Visit) -> Html:
    filing = opened(visit, dossier_id)
    assert not isinstance(filing, See)  # noqa: S101 - it is a draft
    facts = {"dossier": filing.dossier, "procedure": filing.procedure, "steps": filing.steps}
    return Html("draft.html", visit.told("Bản nháp", "Draft"), facts)


def _is_told(event: Event) -> bool:
    return event.type == EventType.CREATED or event.type in STEPS


def _step(event: Event, dossier: Dossier, visit: Visit) -> dict[str, Any]:
    vi, en = STEPS.get(event.type, ("Lập bản nháp", "Draft begun"))
    by = agencies.name(dossier.agency, visit.now) if event.actor.kind == "officer" else ""
    return {"name": visit.told(vi, en), "at": event.at, "note": by}


def _stands(standing: paper_actions.Standing) -> str:
    return "revoked" if standing.revocation else "superseded" if standing.superseded else "valid"


def _form(standing: paper_actions.Standing) -> dict[str, str]:
    form = standing.paper.forms.form(standing.paper.kind)
    return {"title": form.title, "number": number(standing.code, standing.paper.event.seq, form)}


def _unwritten(name: str, text: str) -> Fault | None:
    if not text:
        return Fault(f"/{name}", "required", "Hãy viết nội dung.", "Write something.")
    return _too_long(name) if len(text) > LONGEST_TEXT else None


def _too_long(name: str) -> Fault:
    return Fault(f"/{name}", "too_long", "Tối đa 2000 ký tự.", "At most 2000 characters.")


def _unchosen(name: str) -> Fault:
    return Fault(f"/{name}", "required", "Hãy chọn từ 1 đến 5.", "Choose from 1 to 5.")
