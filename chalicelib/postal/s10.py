"""Item numbers of the Universal Postal Union (S10): their check digit, and whether a code is one. Pure."""

import re
from typing import Final

WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
SHAPE: Final = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])[A-Z]{2}")


def check_digit(serial: str) -> int:
    """The ninth digit for a serial of eight."""
    if not re.fullmatch(r"[0-9]{8}", serial):
        raise ValueError("A serial has exactly eight digits.")
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, serial, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)


def is_item_number(code: str) -> bool:
    """False is a reason to look twice, never to reject: carriers also use codes of their own, and misprint S10."""
    found = SHAPE.fullmatch(code)
    return found is not None and check_digit(found[1]) == int(found[2])
