"""Replays all open dossiers when the calendar was amended: page by page, safe to cut short anywhere and to repeat."""

from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from chalicelib.catalogue import actions as catalogue
from chalicelib.clock.actions import Book, announced, calendar_for, fresh_book
from chalicelib.clock.amended import first_touched
from chalicelib.dossiers import recalendar_records as replays
from chalicelib.dossiers import records, sweeps
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.recalendar import STRETCHES, counted_days, may_concern, naming, recalendared
from chalicelib.dossiers.recalendar_records import Place, Progress
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import SYSTEM
from chalicelib.refusals import Unavailable
from chalicelib.table import Lost
from chalicelib.watching import logger
from chalicelib.web.defects import where

PAGE: Final = 25
WORK_A_RUN: Final = 2000  # pages read and dossiers opened: well within the five minutes a run has
# A container believes its calendar for a minute, a function runs for five: until then somebody may still promise by
# the old edition. So a second round looks at what has changed since the first began.
SETTLED: Final = timedelta(minutes=10)
SKEW: Final = timedelta(minutes=1)

Outcome = Literal["changed", "same", "failed"]


def recalendar(now: datetime) -> Progress:
    """As much as one run may; the next run goes on from there."""
    book = fresh_book(now)
    progress = replays.progress()
    if progress is None or progress.edition != book.edition:
        progress = _begun(book, progress, now)
    work = 0
    while work < WORK_A_RUN and not _rests(progress, now):
        progress, opened = _next(progress, now)
        work += 1 + opened
    return (replays.progress() if work else None) or progress


def _rests(progress: Progress, now: datetime) -> bool:
    """All is done, or the first round is and the second must wait."""
    between = not progress.place.agency and not progress.catching_up
    return progress.done or (between and now < progress.began_at + SETTLED)


def standing(now: datetime) -> Progress:
    """How far the replay under the edition in force has come; it may not have begun."""
    book, progress = fresh_book(now), replays.progress()
    return progress if progress and progress.edition == book.edition else _first(book, progress, now)


def _begun(book: Book, before: Progress | None, now: datetime) -> Progress:
    progress = _first(book, before, now)
    replays.begin(progress, before)
    return progress


def _first(book: Book, before: Progress | None, now: datetime) -> Progress:
    replayed = before.replayed if before else ""
    name, _, number = replayed.partition("+")
    # Another packaged edition may differ anywhere.
    since = first_touched(book.amendments, int(number or 0)) if name == book.base.edition else date.min
    step = before.step + 1 if before else 0
    return Progress(
        edition=book.edition, replayed=replayed, since=since, began_at=now, place=_desk_after(""), step=step
    )


def _desk_after(agency: str) -> Place:
    following = catalogue.agencies(agency, 1)
    return Place(agency=following[0].code if following else "")


def _next(progress: Progress, now: datetime) -> tuple[Progress, int]:
    """One page, or the end of a round; and how many dossiers were opened for it."""
    if progress.place.agency:
        return _page(progress, now)
    if progress.catching_up:
        after = progress.then(done=True, replayed=progress.edition)
    else:
        still = tuple(each for each in progress.failed if _outcome(each, progress, now) == "failed")
        after = progress.then(catching_up=True, place=_desk_after(""), failed=still)
    replays.move_on(progress, after)
    return after, len(progress.failed)


def _page(progress: Progress, now: datetime) -> tuple[Progress, int]:
    place = progress.place
    page = sweeps.of_agency(place.agency, STRETCHES[place.stretch], PAGE, place.position)
    wanted = {card["id"] for card in page.cards if _is_wanted(card, progress)}
    outcomes = {dossier_id: _outcome(dossier_id, progress, now) for dossier_id in sorted(wanted)}
    # Those we change count in the change itself; those that others change meanwhile may come by twice.
    seen = [
        card for card in page.cards if not _since(card, progress.began_at) and outcomes.get(card["id"]) != "changed"
    ]
    failed = [dossier_id for dossier_id, outcome in outcomes.items() if outcome == "failed"]
    following = _place_after(place, page.position)
    ends = {"finished": now} if not following.agency and not progress.catching_up else {}
    after = progress.then(place=following, failed=(*progress.failed, *failed), **ends)
    replays.move_on(progress, after, seen=0 if progress.catching_up else len(seen))
    return after, len(wanted)


def _place_after(place: Place, position: str) -> Place:
    if position:
        return Place(agency=place.agency, stretch=place.stretch, position=position)
    if place.stretch + 1 < len(STRETCHES):
        return Place(agency=place.agency, stretch=place.stretch + 1)
    return _desk_after(place.agency)


def _since(card: dict[str, Any], instant: datetime) -> bool:
    return datetime.fromisoformat(card["changed_at"]) >= instant


def _is_wanted(card: dict[str, Any], progress: Progress) -> bool:
    known = progress.catching_up and not _since(card, progress.began_at - SKEW)
    return not known and may_concern(card, progress.since)


def _outcome(dossier_id: str, progress: Progress, now: datetime) -> Outcome:
    """One dossier that cannot be replayed keeps no other waiting; it is tried again in the second round."""
    try:
        return _replayed(dossier_id, progress, now)
    except (Unavailable, Lost):
        raise  # the table is busy, or somebody else is at it: the next run comes back to this page
    except Exception as error:  # noqa: BLE001 - told, and kept in the progress
        logger.error("dossier not replayed", extra={"dossier_id": dossier_id, **where(error)})
        return "failed"


@again_if_overtaken
def _replayed(dossier_id: str, progress: Progress, now: datetime) -> Outcome:
    dossier, events = records.load_with_past(dossier_id)
    at = max(now, dossier.changed_at)
    change = recalendared(dossier, events, calendar_for(dossier.agency, now), at)
    if change is None:
        return "same"
    records.keep(dossier, _named(change, dossier, now), SYSTEM, at, also=[replays.counted(progress)])
    return "changed"


def _named(change: Change, before: Dossier, now: datetime) -> Change:
    days = counted_days(before, change.after)
    return naming(change, announced(before.calendar_edition, before.agency, *days, now)) if days else change
