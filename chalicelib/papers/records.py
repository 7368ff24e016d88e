"""Papers that were revoked, in the table: `V#<paper id>`/`REVOKED`, written once, never altered."""

from datetime import datetime
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from chalicelib.table import Item, Put, absent


class RevocationItem(Item, discriminator="revocation"):
    at = UnicodeAttribute()
    reason = UnicodeAttribute()


class Revocation(NamedTuple):
    at: datetime
    reason: str


def revoked(paper_id: str, reason: str, at: datetime) -> Put:
    """The write that revokes; refused when the paper has been revoked already. Who did it, the history says."""
    return Put(RevocationItem(f"V#{paper_id}", "REVOKED", at=at.isoformat(), reason=reason), absent())


def revocation(paper_id: str) -> Revocation | None:
    try:
        item = RevocationItem.get(f"V#{paper_id}", "REVOKED", consistent_read=True)
    except RevocationItem.DoesNotExist:
        return None
    return Revocation(datetime.fromisoformat(item.at), item.reason)


def revocations(paper_ids: list[str]) -> dict[str, Revocation]:
    """Of these papers, those that were revoked."""
    found = RevocationItem.batch_get([(f"V#{each}", "REVOKED") for each in paper_ids], consistent_read=True)
    return {item.pk.removeprefix("V#"): Revocation(datetime.fromisoformat(item.at), item.reason) for item in found}
