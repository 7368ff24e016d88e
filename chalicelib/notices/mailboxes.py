"""Which addresses no longer take our letters, by hash; and the reports of failure that say so, each counted once."""

import hashlib
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from chalicelib.notices.records import REPORTS_COME_WITHIN, MessageItem, NoteItem
from chalicelib.notices.rules import Feedback, NoteState
from chalicelib.table import Item, Lost, Put, Update, absent, commit


class MailboxItem(Item, discriminator="mailbox"):
    bounces = NumberAttribute(default=0)
    complaints = NumberAttribute(default=0)
    suppressed = BooleanAttribute(default=False)


class FeedbackItem(Item, discriminator="feedback"):
    """A report that has had its effect."""


def mailbox(address: str) -> str:
    """An address without saying it."""
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()


def is_suppressed(box: str) -> bool:
    try:
        return bool(MailboxItem.get(f"MAILBOX#{box}", "STATE", consistent_read=True).suppressed)
    except DoesNotExist:
        return False


def note_of(message_id: str) -> NoteItem | None:
    """The note of the message the channel knows by this id."""
    try:
        message = MessageItem.get(MessageItem.key(message_id), "NOTE", consistent_read=True)
        return NoteItem.get(message.note_pk, message.note_sk, consistent_read=True)
    except DoesNotExist:
        return None


def record(report: Feedback, note: NoteItem, now: datetime) -> None:
    """The report and its effect together: told again, it counts no second time."""
    seen = FeedbackItem(MessageItem.key(report.message_id), f"FEEDBACK#{report.id}")
    seen.ttl = int((now + REPORTS_COME_WITHIN).timestamp())
    try:
        commit(
            Put(seen, absent()),
            Update(NoteItem(note.pk, note.sk), _of_note(report, now)),
            Update(MailboxItem(f"MAILBOX#{note.mailbox}", "STATE"), _of_mailbox(report)),
        )
    except Lost:
        return


def _of_note(report: Feedback, now: datetime) -> list[Action]:
    """A complaint is made of a letter that arrived; only a bounce did not."""
    if report.complaint:
        return [NoteItem.why.set("complaint")]
    why = "bounced_for_good" if report.lasting else "bounced_for_now"
    return [NoteItem.state.set(NoteState.BOUNCED), NoteItem.why.set(why), NoteItem.at.set(now.isoformat())]


def _of_mailbox(report: Feedback) -> list[Action]:
    counted = MailboxItem.complaints if report.complaint else MailboxItem.bounces
    # An update that makes the item must say its kind itself: no model is written whole here.
    said: list[Action] = [MailboxItem.kind.set(MailboxItem), counted.add(1)]
    return [*said, MailboxItem.suppressed.set(True)] if report.lasting else said
