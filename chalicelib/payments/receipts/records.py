"""Receipts as items of the dossier's own partition, `RECEIPT#<kind>#<n>`, each written once with its number drawn."""

from collections.abc import Iterable, Iterator

from chalicelib.dossiers import numbering
from chalicelib.history.records import dossier_key
from chalicelib.payments.receipts.rules import Receipt, Series
from chalicelib.table import Item, Json, Put, Write, absent, as_kept, commit

OF_MONEY = "RECEIPT#"


class FeeReceiptItem(Item, discriminator="fee_receipt"):
    facts = Json()


def issued(dossier_id: str) -> list[Receipt]:
    """Strongly consistent, in the order of their kinds and numbers."""
    found = FeeReceiptItem.query(dossier_key(dossier_id), Item.sk.startswith(OF_MONEY), consistent_read=True)
    return [as_kept(Receipt, item.facts) for item in found]


def last(series: Series) -> int:
    """The last ordinal drawn of the series; 0 when there is none yet."""
    return numbering.last_of(series.symbol)


def issue(receipts: Iterable[tuple[Receipt, Series | None]]) -> None:
    """All of them and the numbers they bear, or none: a number that is drawn is on a receipt, so there are no gaps.

    Without a series the number is not ours. Raises `Lost` when the number, or the receipt's place, is taken.
    """
    commit(*(write for receipt, series in receipts for write in _writes(receipt, series)))


def _writes(receipt: Receipt, series: Series | None) -> Iterator[Write]:
    key = dossier_key(receipt.dossier_id), f"{OF_MONEY}{receipt.kind}#{receipt.n:03d}"
    yield Put(FeeReceiptItem(*key, facts=receipt.model_dump(mode="json")), absent())
    if series:
        yield numbering.drawn(series.symbol, int(receipt.number))
