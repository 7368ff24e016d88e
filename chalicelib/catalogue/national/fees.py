"""Fees and charges, from cells such as "Phí : 2.000.000 Đồng (điều kiện)": what can be computed, what is only said."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from chalicelib.catalogue.national.said import Doubt, distinct, on_one_line, shortened
from chalicelib.catalogue.rules import Fee

# Due from no filing until a person writes, as a schema, when it is: a conditional fee is never simply added.
UNTIL_DECIDED: Final[dict[str, Any]] = {"not": {}}
ENTRY: Final = re.compile(r"\n(?=\s*(?:Phí|Lệ phí|File đính kèm)\s*:)", re.IGNORECASE)
SAID: Final = re.compile(r"(Phí|Lệ phí)\s*:\s*(.*?)\s*(?:Đồng|VNĐ|VND)\s*(?:\((.*)\))?\s*", re.IGNORECASE | re.DOTALL)
CURRENCY: Final = re.compile(r"\b(USD|EUR|đô la|euro)\b", re.IGNORECASE)
ATTACHED: Final = re.compile(r"File đính kèm\s*:", re.IGNORECASE)
AMOUNT: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12}")
ZERO: Final = {"0", "o", "không"}
NAMES: Final[dict[str, Literal["phi", "le_phi"]]] = {"phí": "phi", "lệ phí": "le_phi"}


class Charged(NamedTuple):
    kind: Literal["phi", "le_phi"]
    amount: int
    condition: str


class Cell(NamedTuple):
    """One cell: the fees read from it, the words that go with them, the doubts."""

    charged: tuple[Charged, ...]
    notes: tuple[str, ...]
    doubts: tuple[Doubt, ...]


class Fees(NamedTuple):
    fees: tuple[Fee, ...]
    notes: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def fees(rows: Sequence[dict[str, str]], channel_rows: Sequence[dict[str, str]]) -> Fees:
    """Filing online may not cost more than at the desk: a channel that is silent is taken to say what the others do."""
    mine = _cells(channel_rows) or _cells(rows)
    if not mine:
        return Fees((), (), (Doubt("fee_not_stated", "Không ghi mức phí, lệ phí: cần xác nhận có thu hay không."),))
    cell = read_cell(mine[0])
    doubts = list(cell.doubts)
    if any(_comparable(read_cell(other)) != _comparable(cell) for other in _cells(rows)):
        told = " / ".join(distinct(on_one_line(each) for each in _cells(rows)))
        doubts.append(Doubt("fee_differs", f"Mức phí, lệ phí ghi khác nhau: {shortened(told)}"))
    ambiguous = any(doubt.code in ("fee_differs", "fee_several") for doubt in doubts)
    return Fees(_as_fees(cell.charged, ambiguous), cell.notes, tuple(doubts))


def _cells(rows: Sequence[dict[str, str]]) -> list[str]:
    return [row["phi_le_phi"] for row in rows if row.get("phi_le_phi")]


def read_cell(text: str) -> Cell:
    entries = [entry.strip() for entry in ENTRY.split(text) if entry.strip()]
    read = [(entry, _charged(entry)) for entry in entries]
    charged = tuple(each for _, each in read if isinstance(each, Charged) and each.amount)
    doubts = [each for _, each in read if isinstance(each, Doubt)]
    notes = tuple(entry for entry, each in read if not isinstance(each, Charged) or each.condition)
    conditional = [entry for entry, each in read if isinstance(each, Charged) and each.condition]
    if conditional:
        doubts.append(Doubt("fee_conditional", f"Phí, lệ phí tuỳ trường hợp: {shortened('; '.join(conditional))}"))
    unconditional = [each.kind for each in charged if not each.condition]
    if len(unconditional) != len(set(unconditional)):
        doubts.append(Doubt("fee_several", f"Nhiều mức thu không nêu điều kiện: {shortened(text)}"))
    return Cell(charged, notes, tuple(doubts))


def _charged(entry: str) -> Charged | Doubt | None:
    """None: an attached file, kept as a note."""
    if ATTACHED.match(entry):
        return None
    found = SAID.fullmatch(entry)
    amount = _amount(found[2]) if found else None
    if found and amount is not None:
        return Charged(NAMES[on_one_line(found[1]).lower()], amount, on_one_line(found[3] or ""))
    if CURRENCY.search(entry):
        return Doubt("fee_foreign_currency", f"Mức thu bằng ngoại tệ, không tự quy đổi: {shortened(entry)}")
    return Doubt("fee_unreadable", f"Mức thu không đọc được thành số tiền: {shortened(entry)}")


def _amount(said: str) -> int | None:
    if said.lower() in ZERO:
        return 0
    return int(re.sub(r"[.,]", "", said)) if AMOUNT.fullmatch(said) else None


def _as_fees(charged: Sequence[Charged], ambiguous: bool) -> tuple[Fee, ...]:
    return tuple(
        Fee(
            code=f"{each.kind.replace('_', '-')}-{place}",
            name="Phí" if each.kind == "phi" else "Lệ phí",
            kind=each.kind,
            amount=each.amount,
            condition=each.condition,
            when=UNTIL_DECIDED if each.condition or ambiguous else None,
        )
        for place, each in enumerate(charged, start=1)
    )


def _comparable(cell: Cell) -> object:
    unread = {_folded(note) for note in cell.notes}
    return {(each.kind, each.amount, _folded(each.condition)) for each in cell.charged}, unread


def _folded(text: str) -> str:
    return on_one_line(text).lower().rstrip(". ")
