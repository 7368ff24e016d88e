"""What a stranger sent, read so that it cannot be read in two ways: JSON objects and forms, as names and values."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl

from chalicelib.payments.protocol import Empty, Forged

LONGEST: Final = 65_536
MOST_FIELDS: Final = 100
DONG: Final = re.compile(r"[1-9][0-9]{0,11}")


def json_fields(body: bytes) -> dict[str, Any]:
    """The object that is the body. Raises `Empty` when nothing was said, `Forged` for what no signer sends:
    a name twice, text that is no UTF-8, NaN, nesting without end."""
    if not body.strip():
        raise Empty
    if len(body) > LONGEST:
        raise Forged
    try:
        told = json.loads(body.decode(), object_pairs_hook=single, parse_constant=_refused)
        json.dumps(told, ensure_ascii=False).encode()  # a half of a surrogate pair may also be inside a list
    except (ValueError, RecursionError):
        raise Forged from None
    if not isinstance(told, dict):
        raise Forged
    return told


def form_fields(body: bytes) -> dict[str, Any]:
    """The fields of a form, with the same refusals."""
    if not body.strip():
        raise Empty
    if len(body) > LONGEST:
        raise Forged
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Forged from None
    return single(pairs)


def single(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Each name once, everything UTF-8. Raises `Forged`."""
    pairs = list(pairs)
    fields = dict(pairs)
    if len(fields) != len(pairs) or not all(_is_utf8(each) for pair in pairs for each in pair):
        raise Forged
    return fields


def text(value: object) -> str:
    """A value as a signature covers it: text, or a whole number's digits; nothing for what is absent."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Forged


def vnd(value: object) -> int | None:
    """A whole, positive number of đồng, as a number or its plain digits; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    digits = str(value)
    return int(digits) if DONG.fullmatch(digits) else None


def _is_utf8(value: object) -> bool:
    return not isinstance(value, str) or value.encode("utf-8", "replace").decode() == value


def _refused(name: str) -> NoReturn:
    raise ValueError(name)
