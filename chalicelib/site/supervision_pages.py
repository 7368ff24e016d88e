"""What waits for somebody above the desk: letters to sign, what is late and by whom, parcels nobody can move."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from chalicelib.access import Desk, allows, require
from chalicelib.dossiers import cover_actions, desk_actions, supervision
from chalicelib.dossiers.queues import Queue
from chalicelib.postal import actions as post
from chalicelib.postal.rules import State
from chalicelib.refusals import NotFound
from chalicelib.settings import settings
from chalicelib.site import agencies
from chalicelib.site.desk_words import PARCELS, TROUBLES, due_of_card
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.site.wording import said
from chalicelib.web.cursors import cursor_after, position_of

pages: Final = Pages(__name__)
PAGE: Final = 50
AGENCIES: Final = 20  # on a page: three short queries each
OFFICERS: Final = 20
LOOKED_AT: Final = 100  # of each queue, what is due first: enough to act on, however much there is
LISTS: Final = (
    ("qua-han", "Quá hạn", "Overdue", "/can-bo", {"hang": "overdue"}),
    ("cham", "Chậm tiếp nhận", "Late to accept", "/can-bo", {"hang": "to_accept"}),
    ("chua-thu", "Quá hạn chưa có thư xin lỗi", "Overdue without a letter", "/can-bo/thu-xin-loi", {"qua-han": "1"}),
    ("sap", "Sắp đến hạn", "Due soon", "/can-bo", {"hang": "due_soon"}),
)
Cards = list[dict[str, Any]]
WAITING: Final = (State.NEEDS_PERSON, State.RETURNED_TO_SENDER, State.FAILED)


@pages.page("GET", "/can-bo/thu-xin-loi", who="officer")
def list_letters(visit: Visit) -> Html:
    """The letters of apology that wait for the approver, due first."""
    agency, after = visit.query["co-quan"], _after(visit)
    overdue = bool(visit.query["qua-han"])
    cards, following = desk_actions.unsigned_apologies(
        visit.person, agency or None, visit.now, PAGE, after, overdue=overdue
    )
    more = cursor_after(following)
    on = {"qua-han": visit.query["qua-han"], "co-quan": agency}
    facts = {
        "rows": [_row(each, visit) for each in cards],
        "overdue": overdue,
        "signs": "approver" in visit.person.roles,
        "next": here("/can-bo/thu-xin-loi", **on, sau=more) if more else "",
    }
    return Html("letters.html", visit.told("Thư xin lỗi chờ ký", "Letters of apology to sign"), facts)


@pages.page("GET", "/can-bo/giam-sat", who="officer")
def supervise(visit: Visit) -> Html | See:
    """Late, soon late and without a letter, by officer; of the officer's agency, an auditor's of any."""
    agency = visit.query["co-quan"] or None
    require(visit.person, "see_apologies")
    if not agency and not visit.person.agency:
        return See("/can-bo/giam-sat/co-quan")
    late, soon, waiting = (_cards(visit, agency, name) for name in ("overdue", "due_soon", "to_accept"))
    letters, _ = desk_actions.unsigned_apologies(visit.person, agency, visit.now, LOOKED_AT, "", overdue=True)
    unaccepted = [each for each in waiting if _is_past(each["acceptance_due_at"], visit.now)]
    of, whose = agency or visit.person.agency, {"co-quan": agency or ""}
    facts = {
        "lists": list(_lists(visit, whose, late, unaccepted, letters, soon)),
        "officers": _by_officer(visit, agency, late, soon, unaccepted),
        "covers": cover_actions.in_force(of, visit.now),
        "most": LOOKED_AT,
        "whose": whose,
        "of": of,
        "agency": agencies.name(of, visit.now),
        "compares": allows(visit.person, "compare_agencies", Desk(settings().PROVINCE)),
    }
    return Html("supervision.html", visit.told("Giám sát thời hạn", "Supervision of dates"), facts)


def _lists(visit: Visit, whose: dict[str, str], *found: Cards) -> Iterator[tuple[str, str, list[Any], str]]:
    """Each of LISTS with its anchor, name, rows, and the address of the whole of it."""
    for (key, vi, en, path, asked), cards in zip(LISTS, found, strict=True):
        yield key, visit.told(vi, en), [_row(each, visit) for each in cards], here(path, **asked, **whose)


@pages.page("GET", "/can-bo/giam-sat/co-quan", who="officer")
def compare_agencies(visit: Visit) -> Html:
    """The province's agencies beside each other, so many a page; an auditor goes on to each."""
    require(visit.person, "compare_agencies", Desk(settings().PROVINCE))
    known = sorted(agencies.agencies(visit.now).values(), key=lambda each: each.code)
    asked = visit.query["trang"] or "1"
    number = int(asked) if asked.isdecimal() and len(asked) < 5 else 0
    shown = known[(number - 1) * AGENCIES : number * AGENCIES] if number else []
    if not shown and asked != "1":
        raise NotFound
    counted = supervision.of_agencies(visit.person, [each.code for each in shown], visit.now, LOOKED_AT)
    following = here("/can-bo/giam-sat/co-quan", trang=str(number + 1)) if len(known) > number * AGENCIES else ""
    facts = {
        "rows": [
            (each, [_at_most(count) for count in counts]) for each, (_, counts) in zip(shown, counted, strict=True)
        ],
        "opens": bool(visit.person.roles & desk_actions.EVERY_AGENCY),
        "own": visit.person.agency,
        "next": following,
    }
    return Html("agencies-compared.html", visit.told("Giám sát theo cơ quan", "Supervision by agency"), facts)


def _cards(visit: Visit, agency: str | None, name: Queue) -> Cards:
    return desk_actions.queue(visit.person, agency, None, name, visit.now, LOOKED_AT, "").cards


def _is_past(by: str | None, now: datetime) -> bool:
    return by is not None and datetime.fromisoformat(by) < now


def _at_most(count: int) -> str:
    return str(count) if count < LOOKED_AT else f"{LOOKED_AT - 1}+"


def _by_officer(visit: Visit, agency: str | None, *lists: Cards) -> list[tuple[str, list[str]]]:
    """Each officer with how many of each list are theirs, whoever has most first; nobody's under an empty name.

    Where a list goes on beyond what was looked at, those met in it are counted one by one; nobody's can then only be
    said to be at least as many.
    """
    seen = [Counter(each["officer"] for each in cards) for cards in lists]
    counts = {name: [count[name] for count in seen] for count in seen for name in count}
    goes_on = any(len(cards) >= LOOKED_AT for cards in lists)
    if goes_on:
        busiest = sorted((name for name in counts if name), key=lambda name: counts[name], reverse=True)[:OFFICERS]
        exact = supervision.of_officers(visit.person, agency, busiest, visit.now, LOOKED_AT)
        counts = {name: counts[name] for name in counts if not name} | {name: list(count) for name, count in exact}
    ordered = sorted(counts.items(), key=lambda row: row[1], reverse=True)
    return [(name, [_said(count, name, goes_on) for count in row]) for name, row in ordered]


def _said(count: int, name: str, goes_on: bool) -> str:  # noqa: FBT001 - of one list or of all
    return f"≥ {count}" if goes_on and not name else _at_most(count)


@pages.page("GET", "/can-bo/buu-chinh", who="officer")
def list_parcels(visit: Visit) -> Html:
    """The shipments that wait for a person, the longest waiting first."""
    agency = desk_actions.agency_asked(visit.person, "see_shipments", visit.query["co-quan"] or None)
    asked = visit.query["tt"] or State.NEEDS_PERSON.value
    if asked not in WAITING:
        raise NotFound
    found, following = post.waiting(State(asked), agency, _after(visit), PAGE)
    more = cursor_after(following)
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
    due = due_of_card(card, visit.now, desk_actions.soon_until(card["agency"], visit.now), visit.language)
    return {**card, "due": due, "by": datetime.fromisoformat(by) if by else None}


def _after(visit: Visit) -> str:
    return position_of(visit.query["sau"])
