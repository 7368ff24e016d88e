"""What a letter may say: of the whole dossier, only what stands here ever reaches a template. Pure."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final

from chalicelib.clock.rules import ZONE
from chalicelib.dossiers.attention import DRAFT_KEPT, DRAFT_WARNED
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Event, EventType
from chalicelib.notices.rules import Notice

Facts = dict[str, Any]
NAME_TOLD_TO: Final = 80
# Whoever fills in the form types a name and an address, perhaps not their own: no links, no numbers to call.
BAIT: Final = re.compile(r"[/@\\<>\[\]{}|]|\w\.\w|\d{5}")


def facts_of(notice: Notice, event: Event, dossier: Dossier, page: str, province: str) -> Facts:
    """Everything the letter may say. `page` is where a dossier can be looked up."""
    applicant = dossier.applicant
    common = {
        "code": dossier.code,
        "procedure": _line(dossier.procedure.name),
        "name": salutable(applicant.full_name) if applicant else None,
        "organisation": applicant is not None and applicant.kind == "organisation",
        "page": page,
        "province": province,
        "at": event.at,
    }
    return common | PARTICULAR[notice](event, dossier)


def salutable(name: str) -> str | None:
    """The name as it may stand in a letter; None for one that could make our letter somebody's bait."""
    line = _line(name)
    return line if line and len(line) <= NAME_TOLD_TO and not BAIT.search(line) else None


def _submitted(event: Event, dossier: Dossier) -> Facts:
    return {"to_pay": dossier.fee_due if dossier.awaits_payment else 0}


def _payment_received(event: Event, dossier: Dossier) -> Facts:
    return {"amount": event.data["amount"], "too_much": "overpaid" in (event.data["status"], dossier.payment_status)}


def _refunded(event: Event, dossier: Dossier) -> Facts:
    return {"amount": event.data["amount"]}


def _payment_failed(event: Event, dossier: Dossier) -> Facts:
    return {"amount": event.data["amount"]}


def _promised(event: Event, dossier: Dossier) -> Facts:
    return {"due_at": _instant(event.data["due_at"])}


def _supplement_requested(event: Event, dossier: Dossier) -> Facts:
    items = [_item(item, dossier) for item in event.data["items"]]
    return {"items": items, "note": _text(event.data.get("note", ""))}


def _item(item: dict[str, str], dossier: Dossier) -> Facts:
    """A paper by its name in the procedure; an entry of the form by its name, never by what was entered."""
    component = item.get("component")
    listed = dossier.procedure.components.get(component) if component else None
    name = listed.name if listed else component
    return {"component": name, "field": item.get("field", "").strip("/"), "reason": _text(item["reason"])}


def _refused(event: Event, dossier: Dossier) -> Facts:
    return {"reason": _text(event.data["reason"]), "legal_basis": _text(event.data["legal_basis"])}


def _paused(event: Event, dossier: Dossier) -> Facts:
    yours = event.data["cause"] == "financial_obligation"
    return {"reason": _text(event.data["reason"]), "obligation": yours}


def _due_moved(event: Event, dossier: Dossier) -> Facts:
    data = event.data
    return {
        "extended": event.type == EventType.EXTENDED,
        "answered": event.type == EventType.SUPPLEMENT_ANSWERED,
        "calendar": event.type == EventType.CALENDAR_CHANGED,
        "accepting": "due_at" not in data,
        "due_before": _instant(data.get("due_before") or data.get("acceptance_due_before")),
        "due_at": _instant(data["due_at"] if "due_at" in data else data["acceptance_due_at"]),
        "reason": _text(data.get("reason", "")),
        "announcements": [_announcement(each) for each in data.get("announcements", ())],
    }


def _announcement(each: Facts) -> Facts:
    """What amended the calendar: its source, and of an amendment its day and what the changed day is called."""
    day = each["announced_at"]
    return {
        "source": {language: _line(text) for language, text in each["source"].items()},
        "name": {language: _line(text) for language, text in (each["name"] or {}).items()},
        "announced_at": datetime.combine(date.fromisoformat(day), time(), ZONE) if day else None,
    }


def _apologised(event: Event, dossier: Dossier) -> Facts:
    data = event.data
    return {
        "reason": _text(data["reason"]),
        "due_at": _instant(data["due_at"]),
        "promised_at": _instant(data["promised_at"]),
        "late": data["late"],
    }


def _overdue(event: Event, dossier: Dossier) -> Facts:
    return {**_promised(event, dossier), "promised_at": _instant(event.data.get("promised_at"))}


def _finished(event: Event, dossier: Dossier) -> Facts:
    data = event.data
    declined = data["outcome"] == "declined"
    return {
        "declined": declined,
        "reason": _text(data.get("reason", "")) if declined else "",
        "late": data.get("late", False),
        "channel": dossier.delivery.channel,
    }


def _dispatched(event: Event, dossier: Dossier) -> Facts:
    return {"tracking_code": event.data.get("tracking_code")}


def _returned(event: Event, dossier: Dossier) -> Facts:
    return {"channel": "post" if event.type == EventType.DELIVERED else event.data["channel"]}


def _stopped(event: Event, dossier: Dossier) -> Facts:
    return {"reason": _text(event.data["reason"])}


def _nothing_more(event: Event, dossier: Dossier) -> Facts:
    return {}


def _draft_expiring(event: Event, dossier: Dossier) -> Facts:
    return {"expires_at": event.at + (DRAFT_KEPT - DRAFT_WARNED)}


PARTICULAR: Final[dict[Notice, Callable[[Event, Dossier], Facts]]] = {
    Notice.SUBMITTED: _submitted,
    Notice.PAYMENT_RECEIVED: _payment_received,
    Notice.PAYMENT_FAILED: _payment_failed,
    Notice.REFUNDED: _refunded,
    Notice.ACCEPTED: _promised,
    Notice.SUPPLEMENT_REQUESTED: _supplement_requested,
    Notice.REFUSED: _refused,
    Notice.PAUSED: _paused,
    Notice.DUE_MOVED: _due_moved,
    Notice.APOLOGISED: _apologised,
    Notice.OVERDUE: _overdue,
    Notice.FINISHED: _finished,
    Notice.DISPATCHED: _dispatched,
    Notice.RETURNED: _returned,
    Notice.STOPPED: _stopped,
    Notice.WITHDRAWN: _nothing_more,
    Notice.DRAFT_EXPIRING: _draft_expiring,
}


def _instant(given: str | None) -> datetime | None:
    return datetime.fromisoformat(given) if given else None


def _line(text: str) -> str:
    return " ".join(text.split())


def _text(text: str) -> str:
    """What an officer wrote, without blank lines or anything that is not text."""
    lines = (_line("".join(c if c.isprintable() else " " for c in line)) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
