"""How sums of money are written: 200.000 đồng in Vietnamese, VND 200,000 in English. Pure."""

from typing import Final, Literal

MARKS: Final = {"vi": ".", "en": ","}


def grouped(number: int, language: Literal["vi", "en"] = "vi") -> str:
    """1500000 as 1.500.000; in English as 1,500,000."""
    return f"{number:,}".replace(",", MARKS[language])


def dong(amount: int) -> str:
    return f"{grouped(amount)} đồng"


def vnd(amount: int) -> str:
    return f"VND {grouped(amount, 'en')}"
