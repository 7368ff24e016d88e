"""What is done with papers: made and kept when first asked for, handed out, and said of a token whether it stands."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.history import records as history
from chalicelib.history.rules import Event
from chalicelib.papers import blocks, drawing, files, layout, records, tokens
from chalicelib.papers.keys import public_keys, signing_key
from chalicelib.papers.records import Revocation
from chalicelib.papers.rules import Paper, Statement, named, superseding
from chalicelib.settings import settings

PDF = "application/pdf"


class Handed(NamedTuple):
    """A link to the paper's bytes, until when it works, and the token its QR code carries."""

    url: str
    expires_at: datetime
    token: str


class Verified(NamedTuple):
    """What is known of a genuine paper. `superseded_by`: the event told of by the paper that took its place."""

    statement: Statement
    revocation: Revocation | None
    superseded_by: Event | None

    @property
    def stands(self) -> bool:
        return self.revocation is None and self.superseded_by is None


def handed(paper: Paper, now: datetime) -> Handed:
    """Made at the first asking, which takes a twentieth of a second; made twice at once, the bytes are the same."""
    key, token = f"papers/{paper.dossier_id}/{paper.id}.pdf", token_of(paper)
    if not files.is_kept(key):
        files.keep(key, made(paper, token), PDF)
    return Handed(files.link(key, PDF, f"{paper.kind.value}-{paper.seq}.pdf"), now + files.LIFETIME, token)


def token_of(paper: Paper) -> str:
    key = signing_key()
    return tokens.signed(paper.statement, key.kid, key.private_key)


def made(paper: Paper, token: str) -> bytes:
    sheet = layout.put(blocks.template(paper.kind, settings().PROVINCE), paper.form, paper.facts)
    return drawing.drawn(sheet, paper.at, f"{settings().PUBLIC_URL}/verifications/{token}")


def verified(token: str) -> Verified:
    """Two reads for a genuine token, none for a forged one. Raises `Forged`."""
    statement = tokens.read(token, public_keys())
    name = named(statement.paper_id)
    revocation = records.revocation(statement.paper_id)
    return Verified(statement, revocation, superseding(name, history.events(name.dossier_id, after=name.seq)))
