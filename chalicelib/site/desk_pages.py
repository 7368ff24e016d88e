"""The desk: an agency's queues, and one thing done to many dossiers at once."""

from dataclasses import replace
from typing import Any, Final

from chalicelib.access import allows
from chalicelib.catalogue import actions as catalogue
from chalicelib.dossiers import asked, cover_actions, desk_actions
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.life import NAMES, Stage
from chalicelib.dossiers.queues import Queue
from chalicelib.refusals import Malformed, Refusal
from chalicelib.site.deciding import asked_as
from chalicelib.site.desk_words import QUEUES, due_of_card
from chalicelib.site.pages import Pages
from chalicelib.site.print_pages import printable
from chalicelib.site.ticks import Outcome, Tick, ticks
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.site.wording import said
from chalicelib.table import Lost
from chalicelib.web.call import plain
from chalicelib.web.cursors import cursor_after, position_of
from chalicelib.web.facts import read_query

pages: Final = Pages(__name__)
PAGE: Final = 50
COUNTED: Final = 100  # no further: the desk opens as fast with 100,000 dossiers as with 100
FIRST: Final[dict[str, Queue]] = {"clerk": "to_accept", "specialist": "in_progress", "post_clerk": "to_return"}
MANY: Final = {
    "tiep-nhan": ("accept", ("Tiếp nhận", "Accept")),
    "nhan-viec": ("claim", ("Nhận xử lý", "Take on")),
    "phan-cong": ("assign", ("Phân công cho", "Assign to")),
}
CHANGED: Final = ("Vừa thay đổi.", "Just changed.")


@pages.page("GET", "/can-bo", who="officer")
def show_desk(visit: Visit) -> Html | See:
    if not allows(visit.person, "desk"):
        return See("/can-bo/quan-tri")
    wanted = _wanted(visit)
    after = position_of(wanted.cursor)
    agency, officer = wanted.agency, wanted.officer
    page = desk_actions.queue(visit.person, agency, officer, wanted.queue, visit.now, wanted.limit, after)
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
        "papers": printable(visit.now),
        "ticking": True,
        "all_ticked": bool(visit.query["chon"]),
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
        "limit": visit.query["so"] or str(PAGE),
    }
    query: asked.DeskQuery = read_query(list(said_.items()), asked.DeskQuery)
    return query


def _address(wanted: asked.DeskQuery, visit: Visit, **other: str) -> str:
    mine = visit.query["toi"]
    officer = "" if mine else wanted.officer or ""
    said_ = {"hang": wanted.queue, "co-quan": wanted.agency or "", "nguoi": officer, "toi": mine}
    said_["so"] = str(wanted.limit) if wanted.limit != PAGE else ""
    return here("/can-bo", **{**said_, **other})


def covered_by(visit: Visit) -> list[str]:
    return [each.absent for each in cover_actions.covering(visit.person, visit.now)]


def row_of(card: dict[str, Any], visit: Visit, covered: list[str]) -> dict[str, Any]:
    """A dossier's card as a line of a list. `covered`: the officers for whom the visitor stands in."""
    due = due_of_card(card, visit.now, desk_actions.soon_until(card["agency"], visit.now), visit.language)
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
    ticked = ticks(visit.form)
    officer = visit.person.subject
    if deed == "phan-cong":
        officer = asked_as(asked.Assignment, {"officer": visit.form["officer"]}).officer
    outcomes = [_one(visit, deed, officer, each) for each in ticked]
    facts = {"outcomes": outcomes, "done": sum(each.is_done for each in outcomes), "back": _back(visit)}
    return Html("desk-many.html", visit.told("Kết quả xử lý nhiều hồ sơ", "What became of each"), facts)


def _back(visit: Visit) -> str:
    return here("/can-bo", hang=visit.form["hang"])


def _one(visit: Visit, deed: str, officer: str, tick: Tick) -> Outcome:
    form = visit.once(lambda _: "/can-bo")
    once = replace(form, key=f"{form.key}:{tick.id}")
    act = Act(visit.person, visit.now, tick.seen, once)
    try:
        plain(tick.id)
        if deed == "tiep-nhan":
            desk_actions.accept(tick.id, act)
        else:
            desk_actions.assign(tick.id, officer, None, act)
    except (Refusal, Lost) as no:
        if not once.recorded():
            return tick.became(no.told(visit.language) if isinstance(no, Refusal) else visit.told(*CHANGED))
    return tick.became("", is_done=True)
