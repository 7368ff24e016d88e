"""A citizen's own dossiers: all of them, one of them in full, and what they may do with it beside filing and paying."""

from contextlib import suppress
from typing import Any, Final

from chalicelib.dossiers import actions, drafts, file_actions, paper_actions
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.rules import Dossier, DraftExpired, Rating
from chalicelib.refusals import Fault
from chalicelib.site.cards import Line, line
from chalicelib.site.dossier_shown import parts
from chalicelib.site.drafting import opened
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.web.cursors import cursor_after, position_of

pages: Final = Pages(__name__)
AT_ONCE: Final = 20
LONGEST_TEXT: Final = 2000
SCALE: Final = ("1", "2", "3", "4", "5")
RATED: Final = {"attitude": ("Thái độ phục vụ", "Attitude"), "timeliness": ("Đúng hẹn", "Timeliness")}


@pages.page("GET", "/ho-so", who="citizen")
def list_dossiers(visit: Visit) -> Html:
    page = actions.mine(visit.person, AT_ONCE, position_of(visit.query["tu"]))
    lines: list[Line] = [line(each, visit.now, visit.language) for each in page.cards]
    further = here("/ho-so", tu=cursor_after(page.position)) if page.position else ""
    facts = {"lines": lines, "further": further, "discarded": visit.query["da-xoa"] == "co"}
    return Html("dossiers.html", visit.told("Hồ sơ của tôi", "My dossiers"), facts)


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


@pages.page("GET", "/ho-so/{dossier_id}/xoa", who="citizen")
def ask_discard(visit: Visit, dossier_id: str) -> Html | See:
    dossier = actions.look(dossier_id, visit.person)
    if dossier.stage != Stage.DRAFT:
        return See(f"/ho-so/{dossier_id}")
    return Html("discard.html", visit.told("Xoá bản nháp", "Discard the draft"), {"dossier": dossier})


@pages.page("POST", "/ho-so/{dossier_id}/xoa", who="citizen")
def discard_page(visit: Visit, dossier_id: str) -> See:
    with suppress(DraftExpired):  # asked twice: it is gone either way
        drafts.discard(dossier_id, Act(visit.person, visit.now, visit.seen))
    return See("/ho-so?da-xoa=co")


@pages.page("POST", "/ho-so/{dossier_id}/danh-gia", who="citizen")
def rate_page(visit: Visit, dossier_id: str) -> Html | See:
    form, to = visit.form, f"/ho-so/{dossier_id}#danh-gia"
    faults = [_unchosen(name) for name in RATED if form[name] not in SCALE]
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
    facts = parts(dossier, events, visit) | {"values": visit.form, "scale": [(each, each) for each in SCALE]}
    title = f"{visit.told('Hồ sơ', 'Dossier')} {dossier.code}"
    return Html("dossier.html", title, facts, status=422 if faults else 200, faults=faults)


def _draft(dossier_id: str, visit: Visit) -> Html:
    filing = opened(visit, dossier_id)
    assert not isinstance(filing, See)  # noqa: S101 - it is a draft
    facts = {"dossier": filing.dossier, "procedure": filing.procedure, "steps": filing.steps}
    return Html("draft.html", visit.told("Bản nháp", "Draft"), facts)


UNWRITTEN: Final = {
    "text": ("Hãy viết điều bạn muốn hỏi hoặc báo cho cơ quan.", "Write what you want to ask or tell the agency."),
    "reason": ("Hãy ghi lý do rút hồ sơ.", "Say why you withdraw it."),
}


def _unwritten(name: str, text: str) -> Fault | None:
    if not text:
        return Fault(f"/{name}", "required", *UNWRITTEN[name])
    return _too_long(name) if len(text) > LONGEST_TEXT else None


def _too_long(name: str) -> Fault:
    return Fault(f"/{name}", "too_long", "Tối đa 2000 ký tự.", "At most 2000 characters.")


def _unchosen(name: str) -> Fault:
    vi, en = RATED[name]
    return Fault(f"/{name}", "required", f"{vi}: Hãy chọn từ 1 đến 5.", f"{en}: Choose from 1 to 5.")
