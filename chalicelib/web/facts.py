"""What a body or a query says, as plain facts: text composed, numbers exact, nothing that readers take differently."""

import json
import math
import unicodedata
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from chalicelib.refusals import Invalid, Malformed, TooLarge
from chalicelib.web.faults import faults_of

LARGEST_BODY: Final = 256 * 1024
DEEPEST: Final = 64  # levels; what is deeper was made to exhaust whoever reads it
EXACT: Final = 2**53 - 1  # the whole numbers on which all readers of JSON agree (RFC 7493)


def read_body(raw: bytes, model: type[BaseModel], largest: int = LARGEST_BODY) -> tuple[Any, Any]:
    """The body as the model, and as plain normalised facts. An empty body is an empty object."""
    if len(raw) > largest:
        raise TooLarge(limit=largest)
    try:
        facts = normalised(_json(raw.decode() or "{}"))
        return model.model_validate_json(json.dumps(facts)), facts
    except ValidationError as error:
        raise Invalid(faults_of(error)) from None
    except (ValueError, RecursionError):
        raise Malformed from None


def read_query(pairs: list[tuple[str, str]], model: type[BaseModel]) -> Any:  # noqa: ANN401
    """A name without a value says nothing: a page's search form sends all its fields, the empty ones too."""
    try:
        return model.model_validate({name: normalised(value) for name, value in pairs if value})
    except ValidationError as error:
        raise Invalid(faults_of(error)) from None
    except ValueError:
        raise Malformed from None


def normalised(facts: Any, level: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """Text in NFC, everywhere; text that is no text (lone surrogates, NUL) is refused."""
    if level > DEEPEST:
        raise ValueError("nested too deep")
    match facts:
        case str():
            facts.encode()
            if "\x00" in facts:
                raise ValueError("NUL in text")
            return unicodedata.normalize("NFC", facts)
        case list():
            return [normalised(each, level + 1) for each in facts]
        case dict():
            return _named_once([(normalised(name), normalised(each, level + 1)) for name, each in facts.items()])
    return facts


def _json(text: str) -> Any:  # noqa: ANN401
    """JSON that every reader understands alike (RFC 7493): no NaN, no infinities, no name twice."""
    return json.loads(
        text, object_pairs_hook=_named_once, parse_int=_exact, parse_float=_finite, parse_constant=_finite
    )


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("a name twice")
    return named


def _exact(digits: str) -> int:
    number = int(digits)
    if abs(number) > EXACT:
        raise ValueError("a whole number beyond what all readers keep")
    return number


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number
