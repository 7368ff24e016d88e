"""Whether what was paid has its receipts, receipts have their payment, and each series bears every number once."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from threading import Lock
from typing import Final

from chalicelib.dossiers import numbering
from chalicelib.dossiers.items import CounterItem
from chalicelib.history.followups import MONEY, tell
from chalicelib.payments.following import ARRIVALS
from chalicelib.payments.receipts import actions
from chalicelib.payments.receipts.records import FeeReceiptItem
from chalicelib.payments.receipts.rules import Receipt
from chalicelib.table import Update, as_kept, commit
from ops.care.check_history import set_mark
from ops.care.findings import Finding
from ops.care.partition import Partition

SETTLED: Final = timedelta(hours=1)  # a number drawn that long ago was kept before this look at the table began
LAST: Final = 10**8  # no series comes that far
SHOWN: Final = 10


class Numbers:
    """The numbers of each series, as all parts of the table show them: one bit each, and the last that is settled."""

    def __init__(self, now: datetime) -> None:
        self._settled_at = now - SETTLED
        self._taken: dict[str, bytearray] = {}
        self._settled: dict[str, int] = {}
        self._twice: list[Finding] = []
        self._lock = Lock()

    def take(self, receipts: Iterable[Receipt]) -> None:
        """Those that bear a number of ours."""
        for receipt in receipts:
            if receipt.symbol:
                self._take(receipt)

    def _take(self, receipt: Receipt) -> None:
        number = int(receipt.number)
        if not 0 < number < LAST:
            raise ValueError
        with self._lock:
            taken = self._taken.setdefault(receipt.symbol, bytearray())
            taken.extend(bytes(max(0, number // 8 + 1 - len(taken))))
            if taken[number // 8] >> number % 8 & 1:
                facts = f"on the receipt of {receipt.payment_id}, and on another"
                self._twice.append(Finding("receipt_number_twice", f"{receipt.symbol} {receipt.number}", facts))
            taken[number // 8] |= 1 << number % 8
            if receipt.issued_at <= self._settled_at:
                self._settled[receipt.symbol] = max(number, self._settled.get(receipt.symbol, 0))

    def findings(self) -> Iterator[Finding]:
        yield from self._twice
        for symbol, taken in sorted(self._taken.items()):
            lacking = [n for n in range(1, self._settled.get(symbol, 0)) if not taken[n // 8] >> n % 8 & 1]
            if lacking:
                yield Finding("receipt_numbers_missing", symbol, _ranges(lacking))
            last, drawn = len(taken) * 8 - 8 + taken[-1].bit_length() - 1, numbering.last_of(symbol)
            if drawn < last:
                facts = f"counts to {drawn}, and {last} is on a receipt"
                yield Finding("receipt_counter_behind", symbol, facts, partial(_count_to, symbol, last, drawn))


def findings(found: Partition, now: datetime) -> Iterator[Finding]:
    issued = receipts_of(found)
    for receipt in issued:
        if receipt.payment_id not in found.ledger.payments:
            yield Finding("receipt_without_payment", receipt.paper_id, f"{receipt.total} VND")
    reached = found.marks.get(MONEY, 0)
    arrived = [event.seq for event in found.events if event.type in ARRIVALS and event.seq <= reached]
    owed = actions.owed(found.dossier, actions.held(found.ledger, now), issued) if arrived else None
    if owed:
        facts = f"{owed[0].payment.provider}, {owed[0].payment.amount} VND: {', '.join(owed[1])}"
        yield Finding("receipt_missing", owed[0].payment.id, facts, partial(_issue, found, arrived[0], reached))


def receipts_of(found: Partition) -> list[Receipt]:
    return [as_kept(Receipt, item.facts) for item in found.of(FeeReceiptItem)]


def _issue(found: Partition, n: int, reached: int) -> None:
    """What follows for money is followed again from the arrival on; a receipt that exists is made no second time."""
    commit(set_mark(found.id, MONEY, n - 1, reached))
    tell(found.id, len(found.events), (MONEY,))


def _count_to(symbol: str, last: int, drawn: int) -> None:
    counted = CounterItem.value == drawn
    counted = counted if drawn else counted | CounterItem.value.does_not_exist()
    commit(Update(numbering.counter(symbol), [CounterItem.kind.set(CounterItem), CounterItem.value.set(last)], counted))


def _ranges(numbers: list[int]) -> str:
    """3, 5–9: the first of them, and how many there are."""
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), key=lambda both: both[1] - both[0])]
    said = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs[:SHOWN])
    return f"{len(numbers)} of them: {said}{' …' if len(runs) > SHOWN else ''}"
