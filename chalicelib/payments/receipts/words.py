"""Sums of money in Vietnamese words, as a receipt has them beside the figures. Pure.

Our own, because the library at hand (num2words 0.5.14) leaves out the hundreds that are not there ("một nghìn lẻ mười
lăm" for 1.015, which may be heard as 1.150) and the minus sign.
"""

from typing import Final

DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
AFTER_TENS: Final = {1: "mốt", 4: "tư", 5: "lăm"}
BILLION: Final = 10**9
SCALES: Final = ((10**6, "triệu"), (10**3, "nghìn"), (1, ""))
MOST: Final = 10**15


def number_in_words(number: int) -> str:
    """0 and more, below a million billions; raises `ValueError` for another."""
    if not 0 <= number < MOST:
        raise ValueError("no number that is written in words")
    return _words(number) or DIGITS[0]


def dong_in_words(amount: int) -> str:
    """`amount` in VND, with a capital: `Một trăm hai mươi nghìn đồng chẵn`.

    A sum is even (chẵn) when nothing follows its thousands, the smallest that is paid in notes; zero is not.
    """
    said = f"{number_in_words(amount)} đồng" + (" chẵn" if amount and amount % 1000 == 0 else "")
    return said[0].upper() + said[1:]


def _words(number: int, *, leads: bool = True) -> str:
    """Empty for zero. `leads`: nothing stands before it, so that hundreds it has not are not said."""
    billions, rest = divmod(number, BILLION)
    said = [f"{_words(billions, leads=leads)} tỷ"] if billions else []
    for scale, name in SCALES:
        group, rest = divmod(rest, scale)
        if group:
            said.append(f"{_below_a_thousand(group, leads=leads and not said)} {name}".strip())
    return " ".join(said)


def _below_a_thousand(group: int, *, leads: bool) -> str:
    hundreds, rest = divmod(group, 100)
    if leads and not hundreds:
        return _below_a_hundred(rest)
    said = f"{DIGITS[hundreds]} trăm"
    if not rest:
        return said
    return f"{said} linh {DIGITS[rest]}" if rest < 10 else f"{said} {_below_a_hundred(rest)}"


def _below_a_hundred(number: int) -> str:
    tens, units = divmod(number, 10)
    if tens == 0:
        return DIGITS[units]
    if tens == 1:
        return f"mười {'lăm' if units == 5 else DIGITS[units]}" if units else "mười"
    return f"{DIGITS[tens]} mươi {AFTER_TENS.get(units, DIGITS[units])}" if units else f"{DIGITS[tens]} mươi"
