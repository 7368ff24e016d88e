"""A transfer that a bank's app fills in by itself: the text of its VietQR code, and the memo by which it is recognised.

The code is EMV's merchant-presented QR as Napas uses it (account A000000727, QRIBFTTA). The memo alone ties a
transfer to a payment, and banks rewrite memos: so it is short, in letters and digits that are not mistaken for each
other, and ends with a check character. Pure.
"""

import binascii
import hashlib
import re
import unicodedata
from typing import Final, NamedTuple

VERSION, METHOD, ACCOUNT, CURRENCY, AMOUNT, COUNTRY, MORE, CRC = "00", "01", "38", "53", "54", "58", "62", "63"
NAPAS, TO_AN_ACCOUNT, DONG, VIETNAM = "A000000727", "QRIBFTTA", "704", "VN"
STATIC, DYNAMIC = "11", "12"
LONGEST_MEMO: Final = 25
PARTS: Final = (
    (r"[0-9]{6}", "bank_bin"),
    (r"[A-Za-z0-9]{1,19}", "account_number"),
    (rf"[A-Za-z0-9 ]{{0,{LONGEST_MEMO}}}", "memo"),
)

MARK: Final = "MC"
# No 0 O 1 I L U, and no M, so that the mark never begins inside a memo. 29 is a prime: the check character finds
# every single wrong letter and every two that changed places.
ALPHABET: Final = "23456789ABCDEFGHJKNPQRSTVWXYZ"
LETTERS: Final = 10
FOUND: Final = re.compile(rf"(?={MARK}([{ALPHABET}]{{{LETTERS}}})([{ALPHABET}]))")


class Transfer(NamedTuple):
    """What a code asks the payer's bank for. `amount` in VND; None: the payer chooses."""

    bank_bin: str
    account_number: str
    amount: int | None = None
    memo: str = ""


def code(transfer: Transfer) -> str:
    """The text of the QR code. Raises `ValueError` for what a code cannot carry."""
    for (pattern, name), part in zip(PARTS, (transfer.bank_bin, transfer.account_number, transfer.memo), strict=True):
        if not re.fullmatch(pattern, part):
            raise ValueError(name)
    if transfer.amount is not None and not 0 < transfer.amount < 10**12:
        raise ValueError("amount")
    to = _field("00", transfer.bank_bin) + _field("01", transfer.account_number)
    fields = [
        _field(VERSION, "01"),
        _field(METHOD, STATIC if transfer.amount is None else DYNAMIC),
        _field(ACCOUNT, _field("00", NAPAS) + _field("01", to) + _field("02", TO_AN_ACCOUNT)),
        _field(CURRENCY, DONG),
        _field(AMOUNT, str(transfer.amount)) if transfer.amount is not None else "",
        _field(COUNTRY, VIETNAM),
        _field(MORE, _field("08", transfer.memo)) if transfer.memo else "",
    ]
    text = "".join(fields) + CRC + "04"
    return text + crc(text)


def read(text: str) -> Transfer:
    """The transfer a code asks for. Raises `ValueError` when it is damaged, or no VietQR of an account."""
    if not text.isascii() or text[-8:-4] != CRC + "04" or crc(text[:-4]) != text[-4:]:
        raise ValueError("checksum")
    fields = _fields(text)
    account = _fields(fields.get(ACCOUNT, ""))
    to = _fields(account.get("01", ""))
    scheme = (account.get("00"), account.get("02"), fields.get(CURRENCY))
    if scheme != (NAPAS, TO_AN_ACCOUNT, DONG) or not {"00", "01"} <= to.keys():
        raise ValueError("scheme")
    amount = fields.get(AMOUNT)
    return Transfer(
        to["00"], to["01"], None if amount is None else int(amount), _fields(fields.get(MORE, "")).get("08", "")
    )


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE, four upper-case hex digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def memo(payment_id: str) -> str:
    """The memo of a payment, always the same, telling nothing of it."""
    number = int.from_bytes(hashlib.sha256(payment_id.encode()).digest())
    body = "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LETTERS))
    return MARK + body + _check(body)


def memo_in(text: str) -> str:
    """The memo in what a bank made of it; empty when there is none, or more than one and nobody can say which."""
    bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D")).upper()
    squeezed = re.sub(r"[^A-Z0-9]", "", bare)
    found = {MARK + body + check for body, check in FOUND.findall(squeezed) if check == _check(body)}
    return found.pop() if len(found) == 1 else ""


def _check(body: str) -> str:
    """Weighted by place, modulo the alphabet's length."""
    return ALPHABET[sum(place * ALPHABET.index(each) for place, each in enumerate(body, 2)) % len(ALPHABET)]


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    while text:
        tag, length = text[:2], text[2:4]
        value = text[4 : 4 + int(length)]
        if len(value) != int(length) or tag in fields:
            raise ValueError(tag)
        fields[tag], text = value, text[4 + len(value) :]
    return fields
