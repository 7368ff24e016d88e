"""What waits for somebody above the desk: letters to sign, what is late and by whom, parcels nobody can move."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from chalicelib.access import require
from chalicelib.dossiers import desk_actions
from chalicelib.dossiers.queues import Queue
from chalicelib.postal import actions as post
from chalicelib.postal.rules import State
from chalicelib.refusals import NotFound
from chalicelib.site.desk_words import PARCELS, TROUBLES, due_of_card
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.site.wording import said
from chalicelib.web.cursors import cursor_after, position_of

pages: Final = Pages(__name__)
PAGE: Final = 50
LOOKED_AT: Final = 100  # of each queue, what is due first: enough to act on, however much there is
WAITING: Final = (State.NEEDS_PERSON, State.RETURNED_TO_SENDER, State.FAILED)


@pages.page("GET", "/can-bo/thu-xin-loi", who="officer")
def list_letters(visit: Visit) -> Html:
    """The letters of apology that wait for the approver, due first."""
    agency, after = visit.query["co-quan"], _after(visit)
    overdue = bool(visit.query["qua-han"])
    cards, following = desk_actions.unsigned_apologies(
        visit.person, agency or None, visit.now, PAGE, after, overdue=overdue
    )
    more = cursor_after(following) if following else ""
    on = {"qua-han": visit.query["qua-han"], "co-quan": agency}
    facts = {
        "rows": [_row(each, visit) for each in cards],
        "overdue": overdue,
        "signs": "approver" in visit.person.roles,
        "next": here("/can-bo/thu-xin-loi", **on, sau=more) if more else "",
    }
    return Html("letters.html", visit.told("Thư xin lỗi chờ ký", "Letters of apology to sign"), facts)


@pages.page("GET", "/can-bo/giam-sat", who="officer")
def supervise(visit: Visit) -> Html:
    """Late, soon late and without a letter, by officer; of the officer's agency, an auditor's of any."""
    agency = visit.query["co-quan"] or None
    require(visit.person, "see_apologies")
    late, soon, waiting = (_cards(visit, agency, name) for name in ("overdue", "due_soon", "to_accept"))
    letters, _ = desk_actions.unsigned_apologies(visit.person, agency, visit.now, LOOKED_AT, "", overdue=True)
    unaccepted = [each for each in waiting if _is_past(each["acceptance_due_at"], visit.now)]
    lists: Sequence[tuple[str, str, list[dict[str, Any]], str]] = (
        ("qua-han", visit.told("Quá hạn", "Overdue"), late, "/can-bo?hang=overdue"),
        ("cham", visit.told("Chậm tiếp nhận", "Late to accept"), unaccepted, "/can-bo?hang=to_accept"),
        (
            "chua-thu",
            visit.told("Quá hạn chưa có thư xin lỗi", "Overdue without a letter"),
            letters,
            "/can-bo/thu-xin-loi?qua-han=1",
        ),
        ("sap", visit.told("Sắp đến hạn", "Due soon"), soon, "/can-bo?hang=due_soon"),
    )
    facts = {
        "lists": [(key, name, [_row(each, visit) for each in cards], there) for key, name, cards, there in lists],
        "officers": _by_officer(late, soon, unaccepted),
        "most": LOOKED_AT,
        "agency": agency or visit.person.agency,
    }
    return Html("supervision.html", visit.told("Giám sát thời hạn", "Supervision of dates"), facts)


def _cards(visit: Visit, agency: str | None, name: Queue) -> list[dict[str, Any]]:
    return desk_actions.queue(visit.person, agency, None, name, visit.now, LOOKED_AT, "").cards


def _is_past(by: str | None, now: datetime) -> bool:
    return by is not None and datetime.fromisoformat(by) < now


def _by_officer(*lists: list[dict[str, Any]]) -> list[tuple[str, list[int]]]:
    """Each officer with how many of each list are theirs, whoever has most first; nobody's under an empty name."""
    counts = [Counter(each["officer"] for each in cards) for cards in lists]
    names = {name for count in counts for name in count}
    return sorted(((name, [count[name] for count in counts]) for name in names), key=lambda row: row[1], reverse=True)


@pages.page("GET", "/can-bo/buu-chinh", who="officer")
def list_parcels(visit: Visit) -> Html:
    """The shipments that wait for a person, the longest waiting first."""
    agency = desk_actions.agency_asked(visit.person, "see_shipments", visit.query["co-quan"] or None)
    asked = visit.query["tt"] or State.NEEDS_PERSON.value
    if asked not in WAITING:
        raise NotFound
    found, following = post.waiting(State(asked), agency, _after(visit), PAGE)
    more = cursor_after(following) if following else ""
    facts = {
        "shipments": found,
        "state": asked,
        "states": [(each.value, said(PARCELS[each], visit.language)) for each in WAITING],
        "troubles": {each: said(words, visit.language) for each, words in TROUBLES.items()},
        "next": here("/can-bo/buu-chinh", **{"tt": asked, "co-quan": visit.query["co-quan"]}, sau=more) if more else "",
    }
    return Html("parcels.html", visit.told("Bưu gửi cần người xử lý", "Parcels that need somebody"), facts)


@pages.page("POST", "/can-bo/buu-chinh/{dossier_id}/{number}", who="officer")
def retry_parcel(visit: Visit, dossier_id: str, number: str) -> See:
    """Tried again within minutes; the carrier is asked before anything is ordered."""
    n = int(number) if number.isdecimal() and len(number) <= 6 else 0
    post.retry_now(visit.person, dossier_id, n, visit.now, visit.once(lambda _: "/can-bo/buu-chinh?xong=1"))
    return See("/can-bo/buu-chinh?xong=1")


def _row(card: dict[str, Any], visit: Visit) -> dict[str, Any]:
    by = card["acceptance_due_at"] if card["stage"] == "submitted" else card["due_at"]
    due = due_of_card(card, visit.now, visit.language)
    return {**card, "due": due, "by": datetime.fromisoformat(by) if by else None}


def _after(visit: Visit) -> str:
    return position_of(visit.query["sau"]) if visit.query["sau"] else ""
