"""A dossier's whole partition as one strongly consistent read found it, and each kind of item in it."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import app as _every_kind_of_item  # noqa: F401 - only kinds that are imported are found
from chalicelib.documents.records import DocumentCount, DocumentItem, document_of
from chalicelib.documents.rules import Document
from chalicelib.dossiers.apology_records import ApologyItem
from chalicelib.dossiers.items import HeadItem
from chalicelib.dossiers.records import dossier_of
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.followups import FollowedItem
from chalicelib.history.records import EventItem, dossier_key, event_of
from chalicelib.history.rules import Event
from chalicelib.payments.fold import Ledger
from chalicelib.payments.records import PaymentItem, ledger_of
from chalicelib.postal.records import ShipmentItem
from chalicelib.table import Item

K = TypeVar("K", bound=Item)


@dataclass(frozen=True)
class Partition:
    id: str
    items: list[Item]

    @classmethod
    def read(cls, dossier_id: str) -> "Partition":
        return cls(dossier_id, list(Item.query(dossier_key(dossier_id), consistent_read=True)))

    def of(self, kind: type[K]) -> list[K]:
        return [item for item in self.items if isinstance(item, kind)]

    @property
    def head(self) -> HeadItem | None:
        return next(iter(self.of(HeadItem)), None)

    @cached_property
    def dossier(self) -> Dossier:
        return dossier_of(self.of(HeadItem)[0])

    @cached_property
    def events(self) -> list[Event]:
        return [event_of(self.id, item) for item in self.of(EventItem)]

    @cached_property
    def documents(self) -> list[tuple[DocumentItem, Document]]:
        return [(item, document_of(item)) for item in self.of(DocumentItem)]

    @property
    def documents_counted(self) -> DocumentCount | None:
        return next(iter(self.of(DocumentCount)), None)

    @cached_property
    def ledger(self) -> Ledger:
        return ledger_of(self.items)

    @property
    def payments(self) -> list[PaymentItem]:
        return self.of(PaymentItem)

    @property
    def shipments(self) -> list[ShipmentItem]:
        return self.of(ShipmentItem)

    @property
    def letter(self) -> ApologyItem | None:
        return next(iter(self.of(ApologyItem)), None)

    @property
    def marks(self) -> dict[str, int]:
        """How far each follow-up has come."""
        return {item.sk.removeprefix("F#"): int(item.seq) for item in self.of(FollowedItem)}
