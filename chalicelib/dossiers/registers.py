"""The register (sổ theo dõi hồ sơ): which dossiers stand in it, and its lines; read from an agency's index."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from chalicelib.dossiers import sweeps
from chalicelib.dossiers.items import HeadItem
from chalicelib.dossiers.paper_words import RETURNED, phone, recorded
from chalicelib.dossiers.queues import Span
from chalicelib.dossiers.records import HEAD
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.records import dossier_key
from chalicelib.refusals import Fault, Invalid
from chalicelib.table import as_kept

MOST_DAYS: Final = 92
MOST_READ: Final = 5000
MOST_LINES: Final = 500
# A dossier goes from these to the closed ones: read in this order, none is missed that closes meanwhile.
OPEN: Final = ("in_progress", "supplement", "paused", "to_return")


class PeriodInvalid(Invalid):
    code = "period_invalid"
    vi = "Hãy chọn khoảng ngày theo thứ tự, không quá {days} ngày."
    en = "Choose a first and a last day in this order, at most {days} days."

    def __init__(self) -> None:
        vi, en = (text.format(days=MOST_DAYS) for text in (self.vi, self.en))
        super().__init__([Fault("/to", self.code, vi, en)], days=MOST_DAYS)


class RegisterTooLarge(Invalid):
    code = "register_too_large"
    vi = "Sổ của khoảng ngày này quá dài để lập một lần. Hãy chọn khoảng ngày ngắn hơn."
    en = "The register of these days is too long to be made at once. Choose fewer days."

    def __init__(self) -> None:
        super().__init__([Fault("/to", self.code, self.vi, self.en)])


def require_period(first: date, last: date) -> None:
    if not 0 <= (last - first).days < MOST_DAYS:
        raise PeriodInvalid


def accepted_within(agency: str, first: date, last: date) -> list[Dossier]:
    """The agency's dossiers accepted on these days, in the order of their acceptance. Raises `RegisterTooLarge`."""
    ids = {card["id"] for card in _cards(agency, first) if _may_be_within(card, first, last)}
    if len(ids) > MOST_LINES:
        raise RegisterTooLarge
    items = HeadItem.batch_get([(dossier_key(each), HEAD) for each in ids], consistent_read=True)
    found = (as_kept(Dossier, item.body) for item in items)
    within = [each for each in found if each.accepted_at and first <= each.accepted_at.date() <= last]
    return sorted(within, key=lambda each: (each.accepted_at, each.code))


def _cards(agency: str, first: date) -> Iterator[dict[str, Any]]:
    """What is open, and what was closed since: nobody is accepted after being closed."""
    spans = [*(Span(f"{place}#", f"{place}$") for place in OPEN), Span(f"closed#{first.isoformat()}", "closed$")]
    left = MOST_READ
    for span in spans:
        position = ""
        while True:
            page = sweeps.of_agency(agency, span, left, position)
            yield from page.cards
            left, position = left - len(page.cards), page.position
            if not position:
                break
            if left <= 0:
                raise RegisterTooLarge


def _may_be_within(card: dict[str, Any], first: date, last: date) -> bool:
    """A card written before cards said so is judged by its dossier."""
    accepted = card.get("accepted_at", f"{first.isoformat()}T")
    return accepted is not None and first.isoformat() <= accepted[:10] <= last.isoformat()


def lines(dossiers: list[Dossier], agency_name: str) -> list[dict[str, Any]]:
    return [_line(place, each, agency_name) for place, each in enumerate(dossiers, 1)]


def _line(place: int, dossier: Dossier, agency_name: str) -> dict[str, Any]:
    person = dossier.owner or dossier.applicant
    where = person.address if person else None
    received, due, finished, returned = (
        at.isoformat() if at else None
        for at in (dossier.accepted_at, dossier.due_at, dossier.finished_at, dossier.returned_at)
    )
    return {
        "number": place,
        "code": dossier.code or "",
        "content": dossier.procedure.name,
        "sets": 1,
        "owner": person.full_name if person else "",
        "address": where.line if where else "",
        "area": f"{where.commune}, {where.province}" if where else "",
        "phone": phone(person.phone) if person else "",
        "agency": agency_name,
        "received_at": received,
        "due_at": due,
        "finished_at": finished,
        "finish_note": _finish_note(dossier),
        "returned_at": returned,
        "delivery": RETURNED[dossier.delivery.channel],
        "recipient": dossier.delivery.recipient or "",
    }


def _finish_note(dossier: Dossier) -> str:
    """Both instants, where the work was finished before that was entered."""
    done, entered, evidence = dossier.finished_at, dossier.finish_recorded_at, dossier.finish_evidence
    return recorded(done, entered, evidence) if done and entered and evidence else ""
