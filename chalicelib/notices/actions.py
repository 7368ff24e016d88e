"""Tells people what happened to their dossier, once per event and channel, and notes what could not be delivered."""

from datetime import datetime
from typing import Final

from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history import records as history
from chalicelib.history.followups import NOTICES, followed, move_on
from chalicelib.history.rules import Event
from chalicelib.notices import email, mailboxes, own_words, records, rules, wording
from chalicelib.notices.channels import Channel, NotSent, Refused
from chalicelib.notices.facts import facts_of
from chalicelib.notices.records import Note
from chalicelib.notices.rules import NoteState, Notice
from chalicelib.settings import settings
from chalicelib.watching import logger

CHANNELS: Final[list[Channel]] = [email]


class NotYetKnown(Exception):
    """The report speaks of a message whose sending is not recorded yet; come back."""


def follow(dossier_id: str, seq: int, now: datetime) -> None:
    """Tells what has happened to the dossier since it was last told, in order. Safe to repeat, in parallel too.

    Whatever is raised means: come back. No event after it has been told, so the order holds.
    """
    done = followed(dossier_id, NOTICES)
    if done >= seq:
        return
    news = history.events(dossier_id, after=done)
    due = [(event, notice) for event in news if (notice := rules.notice_of(event))]
    if due:
        dossier = dossiers.load(dossier_id)
        for event, notice in due:
            if not rules.is_moot(notice, dossier):
                _tell(event, notice, dossier, now)
    if news:
        move_on(dossier_id, NOTICES, news[-1].seq)


def _tell(event: Event, notice: Notice, dossier: Dossier, now: datetime) -> None:
    for channel in CHANNELS:
        template = wording.template(notice, dossier.language)
        note = Note(dossier.id, event.seq, notice, channel.NAME, template)
        to = channel.address_of(dossier.applicant) if dossier.applicant else None
        if to is None:
            records.not_sent(note, NoteState.NO_ADDRESS, now)
        elif mailboxes.is_suppressed(mailboxes.mailbox(to)):
            records.not_sent(note, NoteState.SUPPRESSED, now)
        else:
            _tell_once(note, to, event, dossier, channel, now)


def _tell_once(note: Note, to: str, event: Event, dossier: Dossier, channel: Channel, now: datetime) -> None:
    facts = facts_of(note.notice, event, dossier, settings().PUBLIC_URL, settings().PROVINCE_NAME)
    letter, template = own_words.letter(note.notice, dossier.language, facts, now)
    note = note._replace(template=template)
    token = records.claim(note, mailboxes.mailbox(to), now)
    if token is None:
        return
    try:
        message_id = channel.send(to, letter, token)
    except Refused as refused:
        logger.error("notice_refused", extra={"dossier_id": note.dossier_id, "seq": note.seq, "why": str(refused)})
        records.failed(note, str(refused), token, now)
    except NotSent:
        records.give_back(note, token)
        raise
    else:
        records.sent(note, message_id, now)


def bounced(notification: str, now: datetime) -> None:
    """Takes note of a bounce or complaint, as SES reports it through SNS. Safe to repeat."""
    report = rules.feedback(notification)
    if report is None:
        return
    note = mailboxes.note_of(report.message_id)
    if note is not None:
        mailboxes.record(report, note, now)
    elif now - report.sent_at < rules.REPORT_MAY_OVERTAKE:
        raise NotYetKnown
    else:
        logger.warning("report_of_unknown_message", extra={"message_id": report.message_id})
