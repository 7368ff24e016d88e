"""Replays all open dossiers when the calendar was amended: page by page, safe to cut short anywhere and to repeat."""

from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from aws_lambda_powertools import Logger

from chalicelib.catalogue import actions as catalogue
from chalicelib.clock.actions import Book, calendar_for, fresh_book
from chalicelib.clock.amended import first_touched
from chalicelib.dossiers import recalendar_records as replays
from chalicelib.dossiers import records, sweeps
from chalicelib.dossiers.recalendar import STRETCHES, may_concern, recalendared
from chalicelib.dossiers.recalendar_records import Place, Progress
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.history import records as history
from chalicelib.history.rules import SYSTEM
from chalicelib.refusals import Unavailable
from chalicelib.table import Lost
from chalicelib.web.defects import where

PAGE: Final = 25
PAGES_A_RUN: Final = 100
# A container believes its calendar for a minute, a function runs for five: until then somebody may still promise by
# the old edition. So a second round looks at what has changed since the first began.
SETTLED: Final = timedelta(minutes=10)
SKEW: Final = timedelta(minutes=1)

Outcome = Literal["changed", "same", "failed"]
logger: Final = Logger(service="motcua")


def recalendar(now: datetime) -> Progress:
    """As much as one run may; the next run goes on from there."""
    book = fresh_book(now)
    progress = replays.progress()
    if progress is None or progress.edition != book.edition:
        progress = _begun(book, progress, now)
    for _ in range(PAGES_A_RUN):
        if progress.done or (not progress.place.agency and now < progress.began_at + SETTLED):
            break
        progress = _next(progress, now)
    return replays.progress() or progress


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


def _next(progress: Progress, now: datetime) -> Progress:
    """One page, or the end of a round."""
    if progress.place.agency:
        return _page(progress, now)
    if progress.catching_up:
        after = progress.then(done=True, replayed=progress.edition)
    else:
        still = tuple(each for each in progress.failed if _outcome(each, progress, now) == "failed")
        after = progress.then(catching_up=True, place=_desk_after(""), failed=still)
    replays.move_on(progress, after)
    return after


def _page(progress: Progress, now: datetime) -> Progress:
    place = progress.place
    page = sweeps.of_agency(place.agency, STRETCHES[place.stretch], PAGE, place.position)
    outcomes = {card["id"]: _looked_at(card, progress, now) for card in page.cards}
    # Those we change count in the change itself; those that others change meanwhile may come by twice.
    seen = [card for card in page.cards if not _since(card, progress.began_at) and outcomes[card["id"]] != "changed"]
    failed = [dossier_id for dossier_id, outcome in outcomes.items() if outcome == "failed"]
    following = _place_after(place, page.position)
    ends = {"finished": now} if not following.agency and not progress.catching_up else {}
    after = progress.then(place=following, failed=(*progress.failed, *failed), **ends)
    replays.move_on(progress, after, seen=0 if progress.catching_up else len(seen))
    return after


def _place_after(place: Place, position: str) -> Place:
    if position:
        return Place(agency=place.agency, stretch=place.stretch, position=position)
    if place.stretch + 1 < len(STRETCHES):
        return Place(agency=place.agency, stretch=place.stretch + 1)
    return _desk_after(place.agency)


def _since(card: dict[str, Any], instant: datetime) -> bool:
    return datetime.fromisoformat(card["changed_at"]) >= instant


def _looked_at(card: dict[str, Any], progress: Progress, now: datetime) -> Outcome:
    known = progress.catching_up and not _since(card, progress.began_at - SKEW)
    return "same" if known or not may_concern(card, progress.since) else _outcome(card["id"], progress, now)


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
    dossier = records.load(dossier_id)
    at = max(now, dossier.changed_at)
    events = history.events(dossier_id, until=dossier.version)
    change = recalendared(dossier, events, calendar_for(dossier.agency, now), at)
    if change is None:
        return "same"
    records.keep(dossier, change, SYSTEM, at, also=[replays.counted(progress)])
    return "changed"
