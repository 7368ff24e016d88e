"""What is done with papers: made and kept when first asked for, handed out, and said of a token whether it stands."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.history import records as history
from chalicelib.history.rules import Event
from chalicelib.papers import drawing, files, layout, own_words, records, tokens
from chalicelib.papers.blocks import Template
from chalicelib.papers.files import How
from chalicelib.papers.forms import Form
from chalicelib.papers.keys import public_keys, signing_key
from chalicelib.papers.records import Revocation
from chalicelib.papers.rules import Paper, Statement, is_issued, name_of, superseding
from chalicelib.settings import settings

PDF = "application/pdf"


class Handed(NamedTuple):
    """A link to the paper's bytes, until when it works, and the token its QR code carries."""

    url: str
    expires_at: datetime
    token: str


class Verified(NamedTuple):
    """What is known of a genuine paper. `superseded_by`: the event told of by the paper that took its place.

    `issued`: not a result that was written, and not decided on.
    """

    statement: Statement
    revocation: Revocation | None
    superseded_by: Event | None
    issued: bool = True

    @property
    def stands(self) -> bool:
        return self.revocation is None and self.superseded_by is None and self.issued


def handed(paper: Paper, now: datetime, how: How = "attachment") -> Handed:
    """Made at the first asking, which takes a twentieth of a second; made twice at once, the bytes are the same."""
    token, key = token_of(paper.statement), key_of(paper.dossier_id, paper.id)
    return kept(key, f"{paper.kind.value}-{paper.seq}.pdf", lambda: made(paper, token, now), token, now, how)


def bytes_of(paper: Paper, now: datetime) -> bytes:
    """As it is kept; made and kept first if nobody has asked for it."""
    key = key_of(paper.dossier_id, paper.id)
    data = files.found(key)
    if data is None:
        data = made(paper, token_of(paper.statement), now)
        files.keep(key, data, PDF)
    return data


def made(paper: Paper, token: str, now: datetime) -> bytes:
    template = own_words.template(paper.form, paper.facts, paper.at, now)
    return drawn(template, paper.form, paper.facts, paper.at, token)


def key_of(dossier_id: str, paper_id: str) -> str:
    return f"papers/{dossier_id}/{paper_id}.pdf"


def kept(key: str, name: str, make: Callable[[], bytes], token: str, now: datetime, how: How = "attachment") -> Handed:
    """A link to what is kept under the key, made if it is not there yet. `name`: the file's, for who saves it."""
    if not files.is_kept(key):
        files.keep(key, make(), PDF)
    return Handed(files.link(key, PDF, name, how), now + files.LIFETIME, token)


def token_of(statement: Statement) -> str:
    key = signing_key()
    return tokens.signed(statement, key.kid, key.private_key)


def drawn(template: Template, form: Form, facts: Mapping[str, Any], at: datetime, token: str) -> bytes:
    """The PDF, its QR code leading to the page on which the token is verified."""
    sheet = layout.put(template, form, facts)
    return drawing.drawn(sheet, at, f"{settings().PUBLIC_URL}/kiem-tra/{token}")


def verified(token: str) -> Verified:
    """Two reads for a genuine token, none for a forged one. Raises `Forged`."""
    statement = tokens.read(token, public_keys())
    revocation = records.revocation(statement.paper_id)
    name = name_of(statement.paper_id)
    if name is None:
        return Verified(statement, revocation, None)
    since = history.events(name.dossier_id, after=name.seq - 1)
    return Verified(statement, revocation, superseding(name, since), is_issued(name, since))
