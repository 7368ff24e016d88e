"""The desk: an agency's queues, and one thing done to many dossiers at once."""

from dataclasses import replace
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from chalicelib.access import allows
from chalicelib.catalogue import actions as catalogue
from chalicelib.dossiers import asked, cover_actions, desk_actions
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.life import NAMES, Stage
from chalicelib.dossiers.queues import Queue
from chalicelib.refusals import Fault, Invalid, Malformed, Refusal
from chalicelib.site.deciding import asked_as
from chalicelib.site.desk_words import QUEUES, due_of_card
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.site.wording import said
from chalicelib.table import Lost
from chalicelib.web.call import plain
from chalicelib.web.cursors import cursor_after, position_of
from chalicelib.web.facts import read_query

pages: Final = Pages(__name__)
PAGE: Final = 50
COUNTED: Final = 100  # no further: the desk opens as fast with 100,000 dossiers as with 100
MOST_AT_ONCE: Final = 100
FIRST: Final[dict[str, Queue]] = {"clerk": "to_accept", "specialist": "in_progress", "post_clerk": "to_return"}
MANY: Final = {
    "tiep-nhan": ("accept", ("Tiếp nhận", "Accept")),
    "nhan-viec": ("claim", ("Nhận xử lý", "Take on")),
    "phan-cong": ("assign", ("Phân công cho", "Assign to")),
}
NOTHING_TICKED: Final = Fault("/ho-so", "required", "Hãy chọn ít nhất một hồ sơ.", "Tick at least one dossier.")
TOO_MANY: Final = Fault("/ho-so", "too_many", "Mỗi lần chọn tối đa 100 hồ sơ.", "Tick at most 100 dossiers.")


class Outcome(NamedTuple):
    """What became of one of many."""

    id: str
    code: str
    is_done: bool
    told: str


@pages.page("GET", "/can-bo", who="officer")
def show_desk(visit: Visit) -> Html | See:
    if not allows(visit.person, "desk"):
        return See("/can-bo/quan-tri")
    wanted = _wanted(visit)
    after = position_of(wanted.cursor) if wanted.cursor else ""
    agency, officer = wanted.agency, wanted.officer
    page = desk_actions.queue(visit.person, agency, officer, wanted.queue, visit.now, PAGE, after)
    names = [each for each in QUEUES if each != "all"]
    covered = covered_by(visit)
    facts = {
        "rows": [row_of(card, visit, covered) for card in page.cards],
        "covered": covered,
        "queues": QUEUES,
        "counts": desk_actions.counted(visit.person, agency, officer, names, visit.now, COUNTED),
        "most": COUNTED,
        "wanted": wanted,
        "address": lambda **other: _address(wanted, visit, **other),
        "next": _address(wanted, visit, sau=cursor_after(page.position)) if page.position else "",
        "agencies": agencies_of(visit),
        "many": [(slug, words) for slug, (action, words) in MANY.items() if allows(visit.person, action)],
        "said": said,
    }
    return Html("desk.html", visit.told("Bàn làm việc", "The desk"), facts)


def _wanted(visit: Visit) -> asked.DeskQuery:
    mine = visit.person.subject if visit.query["toi"] else ""
    first = next((FIRST[role] for role in FIRST if role in visit.person.roles), "in_progress")
    said_ = {
        "queue": visit.query["hang"] or first,
        "agency": visit.query["co-quan"],
        "officer": mine or visit.query["nguoi"],
        "cursor": visit.query["sau"],
    }
    query: asked.DeskQuery = read_query(list(said_.items()), asked.DeskQuery)
    return query


def _address(wanted: asked.DeskQuery, visit: Visit, **other: str) -> str:
    mine = visit.query["toi"]
    officer = "" if mine else wanted.officer or ""
    said_ = {"hang": wanted.queue, "co-quan": wanted.agency or "", "nguoi": officer, "toi": mine}
    return here("/can-bo", **{**said_, **other})


def covered_by(visit: Visit) -> list[str]:
    return [each.absent for each in cover_actions.covering(visit.person, visit.now)]


def row_of(card: dict[str, Any], visit: Visit, covered: list[str]) -> dict[str, Any]:
    """A dossier's card as a line of a list. `covered`: the officers for whom the visitor stands in."""
    due = due_of_card(card, visit.now, visit.language)
    stage = said(NAMES[Stage(card["stage"])], visit.language)
    theirs = card["officer"] == visit.person.subject
    is_covered = card["officer"] in covered and card["agency"] == visit.person.agency
    return {**card, "due": due, "stage_name": stage, "is_mine": theirs, "is_covered": is_covered}


def agencies_of(visit: Visit) -> list[tuple[str, str]]:
    """Only an auditor may look at another agency's desk."""
    if not visit.person.roles & desk_actions.EVERY_AGENCY:
        return []
    return [(each.code, f"{each.code} · {each.name}") for each in catalogue.agencies()]


@pages.page("POST", "/can-bo/nhieu", who="officer")
def do_many(visit: Visit) -> Html:
    """One after the other, each in a transaction of its own; sent twice, what was done is only said again."""
    deed = visit.form["viec"]
    if deed not in MANY:
        raise Malformed
    ticked = list(dict.fromkeys(visit.form.all("ho-so")))
    if not 0 < len(ticked) <= MOST_AT_ONCE:
        raise Invalid([TOO_MANY if ticked else NOTHING_TICKED])
    officer = visit.person.subject
    if deed == "phan-cong":
        officer = asked_as(asked.Assignment, {"officer": visit.form["officer"]}).officer
    outcomes = [_one(visit, deed, officer, each) for each in ticked]
    facts = {"outcomes": outcomes, "done": sum(each.is_done for each in outcomes), "back": _back(visit)}
    return Html("desk-many.html", visit.told("Kết quả xử lý nhiều hồ sơ", "What became of each"), facts)


def _back(visit: Visit) -> str:
    return here("/can-bo", hang=visit.form["hang"])


def _one(visit: Visit, deed: str, officer: str, ticked: str) -> Outcome:
    """`ticked`: id, version seen and code, as the desk's form has them."""
    dossier_id, _, rest = ticked.partition(":")
    version, _, code = rest.partition(":")
    seen = int(version) if version.isdecimal() and len(version) < 10 else -1
    form = visit.once(lambda _: "/can-bo")
    once = replace(form, key=f"{form.key}:{dossier_id}")
    act = Act(visit.person, visit.now, seen, once)
    told = visit.told("Đã thực hiện.", "Done.")
    try:
        plain(dossier_id)
        if deed == "tiep-nhan":
            desk_actions.accept(dossier_id, act)
        else:
            desk_actions.assign(dossier_id, officer, None, act)
    except (Refusal, Lost) as no:
        if not once.recorded():
            why = no.told(visit.language) if isinstance(no, Refusal) else visit.told("Vừa thay đổi.", "Just changed.")
            return Outcome(quote(dossier_id, safe=""), code or dossier_id, False, why)
    return Outcome(quote(dossier_id, safe=""), code or dossier_id, True, told)
