"""What became of each notice, and how far a dossier's events have been told."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.history.records import dossier_key
from chalicelib.notices.rules import LEASE, TRIES, NoteState, Notice
from chalicelib.table import Item, Lost, Put, Update, absent, commit, fresh_id

IN_DOUBT: Final = "in_doubt"
REPORTS_COME_WITHIN: Final = timedelta(days=90)


class StillSending(Exception):
    """Somebody else is sending this notice just now; come back when their claim has ended."""


class NoteItem(Item, discriminator="note"):
    """One notice on one channel: what became of it, never what it said nor to whom."""

    template = UnicodeAttribute()
    state = UnicodeAttribute()
    at = UnicodeAttribute()
    mailbox = UnicodeAttribute(null=True)
    tries = NumberAttribute(default=0)
    claim = UnicodeAttribute(null=True)
    claimed_until = NumberAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)


class MessageItem(Item, discriminator="message"):
    """From the channel's id of a message to its note."""

    note_pk = UnicodeAttribute()
    note_sk = UnicodeAttribute()

    @staticmethod
    def key(message_id: str) -> str:
        return f"MSG#{message_id}"


class Note(NamedTuple):
    """Which notice of which event of which dossier, on which channel, in which wording."""

    dossier_id: str
    seq: int
    notice: Notice
    channel: str
    template: str

    @property
    def key(self) -> tuple[str, str]:
        return dossier_key(self.dossier_id), f"NOTE#{self.seq:06d}#{self.notice}#{self.channel}"


def not_sent(note: Note, state: NoteState, now: datetime) -> None:
    """A notice that is over before it was sent; if another delivery of the event came first, its word stands."""
    with suppress(Lost):
        commit(Put(NoteItem(*note.key, template=note.template, state=state, at=now.isoformat()), absent()))


def claim(note: Note, box: str, now: datetime) -> str | None:
    """The right to send, for a while; None when this was settled before. Raises `StillSending`.

    Who dies between sending and saying so leaves a claim that runs out: the notice is then sent once more, at most.
    """
    token = fresh_id()
    item = NoteItem(*note.key, template=note.template, state=NoteState.SENDING, at=now.isoformat(), mailbox=box)
    item.tries, item.claim, item.claimed_until = 1, token, _until(now)
    try:
        commit(Put(item, absent()))
    except Lost:
        return _taken_over(NoteItem.get(*note.key, consistent_read=True), note.template, token, now)
    return token


def _taken_over(item: NoteItem, template: str, token: str, now: datetime) -> str | None:
    if item.state != NoteState.SENDING:
        return None
    if (item.claimed_until or 0) > now.timestamp():
        raise StillSending
    spent = item.tries >= TRIES
    mine = [NoteItem.claim.set(token), NoteItem.claimed_until.set(_until(now)), NoteItem.tries.set(item.tries + 1)]
    mine.append(NoteItem.template.set(template))  # worded otherwise meanwhile, it names what this try says
    over = [NoteItem.state.set(NoteState.FAILED), NoteItem.why.set(IN_DOUBT), NoteItem.at.set(now.isoformat())]
    try:
        commit(Update(item, over if spent else mine, _held(item.claim)))
    except Lost:
        raise StillSending from None
    return None if spent else token


def sent(note: Note, message_id: str, now: datetime) -> None:
    """Sent, whoever holds the claim by now; a report of failure will find the note by the message's id."""
    said = [NoteItem.state.set(NoteState.SENT), NoteItem.message_id.set(message_id), NoteItem.at.set(now.isoformat())]
    pk, sk = note.key
    message = MessageItem(MessageItem.key(message_id), "NOTE", note_pk=pk, note_sk=sk)
    message.ttl = int((now + REPORTS_COME_WITHIN).timestamp())
    commit(Update(NoteItem(pk, sk), said), Put(message))


def failed(note: Note, why: str, token: str, now: datetime) -> None:
    said = [NoteItem.state.set(NoteState.FAILED), NoteItem.why.set(why), NoteItem.at.set(now.isoformat())]
    _if_still_ours(note, token, said)


def give_back(note: Note, token: str) -> None:
    """Surely not sent: the next delivery of the event may try at once, and this try does not count."""
    _if_still_ours(note, token, [NoteItem.claimed_until.set(0), NoteItem.tries.add(-1)])


def _if_still_ours(note: Note, token: str, said: Sequence[Action]) -> None:
    with suppress(Lost):
        commit(Update(NoteItem(*note.key), said, _held(token)))


def _until(now: datetime) -> int:
    return int((now + LEASE).timestamp())


def _held(token: str | None) -> Condition:
    condition: Condition = (NoteItem.state == NoteState.SENDING) & (NoteItem.claim == token)
    return condition
