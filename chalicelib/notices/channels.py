"""What a channel is: a way to reach a person. E-mail is one; text messages and chat will be others."""

from typing import NamedTuple, Protocol

from chalicelib.dossiers.people import Person


class Letter(NamedTuple):
    """What is to be told. A channel without subjects leaves the subject out."""

    subject: str
    text: str


class Refused(Exception):
    """The channel will never deliver this to that address; the message is the channel's own code for why."""


class NotSent(Exception):
    """Surely not sent, for now: throttled, paused, out of reach."""


class InDoubt(Exception):
    """No clear answer: it may have been sent."""


class Channel(Protocol):
    """A channel: a module with this name and these two functions."""

    NAME: str

    def address_of(self, applicant: Person) -> str | None:
        """Where this person can be reached by it."""

    def send(self, to: str, letter: Letter, reference: str) -> str:
        """The channel's id of the message it took. Raises `Refused`, `NotSent` or `InDoubt`.

        `reference` says nothing of the person or the dossier; it may be shown to the channel's operator.
        """
