"""What a form's fields say, as the answers of a procedure's form; what is not understood stays as typed. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date
from typing import Any, Final

from chalicelib.catalogue.form_words import Kind, Schema, kind_of, properties, way_to
from chalicelib.site.questions import Asking
from chalicelib.site.visits import Fields

DAY: Final = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})|(\d{2})(\d{2})(\d{4})")
WHOLE: Final = re.compile(r"-?\d{1,15}")
BROKEN: Final = re.compile(r"-?\d{1,15}\.\d{1,9}")
MOST_ITEMS: Final = 100
EMPTY: Final[dict[Kind, Callable[[], Any]]] = {"group": dict, "address": dict, "list": list, "several": list}
# No JSON value, not even null.
NOTHING: Final = object()


def answers(schema: Schema, names: Iterable[str], form: Fields, before: Mapping[str, Any]) -> dict[str, Any]:
    """The whole form with the answers of these questions as given now; the others stay as they were."""
    asking, kept = Asking(schema, "vi"), dict(before)
    own = properties(asking, [schema])
    for name in names:
        given = _read(asking, own[name], f"form.{name}", form, required=name in schema.get("required", ()))
        kept.pop(name, None)
        if given is not NOTHING:
            kept[name] = given
    return _without(asking.rules([schema], kept).never, kept)


def answers_at(schema: Schema, paths: Iterable[str], form: Fields, before: Mapping[str, Any]) -> dict[str, Any]:
    """The whole form with only what stands at these paths (`child.full_name`) as given now."""
    after: dict[str, Any] = deepcopy(dict(before))
    for path in paths:
        if way := way_to(Asking(schema, "vi"), schema, path.split(".")):
            _put(after, path.split("."), _read(Asking(schema, "vi"), way[-1][1], f"form.{path}", form, required=False))
    return after


def _put(whole: Any, path: list[str], value: Any) -> None:
    """Where the way to it is not there, there is nothing to put right; nor is an item of a list taken away."""
    *way, last = path
    for part in way:
        if isinstance(whole, list):
            if not part.isdecimal() or int(part) >= len(whole):
                return
            whole = whole[int(part)]
        elif isinstance(whole, dict):
            whole = whole.setdefault(part, {})
    if isinstance(whole, dict):
        whole.pop(last, None)
        if value is not NOTHING:
            whole[last] = value
    elif isinstance(whole, list) and last.isdecimal() and int(last) < len(whole) and value is not NOTHING:
        whole[int(last)] = value


def patch(before: Any, after: Any) -> Any:
    """The JSON merge patch (RFC 7396) that makes `after` of `before`."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return after
    gone = {name: None for name in before if name not in after}
    changed = {name: value for name, value in after.items() if name not in before or before[name] != value}
    return gone | {name: patch(before.get(name), value) for name, value in changed.items()}


def day(text: str) -> str:
    """2/9/1990 as 1990-09-02; what is no date stays as it is."""
    found = DAY.fullmatch(text)
    if found is None:
        return text
    said = [int(each) for each in found.groups() if each is not None]
    try:
        return date(said[2], said[1], said[0]).isoformat()
    except ValueError:
        return text


def number(text: str, kind: Kind) -> int | float | str:
    """1.500.000 and 2,5 as Vietnamese write them; what is no number stays as it is."""
    bare = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", bare):
        bare = bare.replace(".", "")
    bare = bare.replace(",", ".")
    if WHOLE.fullmatch(bare):
        return int(bare)
    return float(bare) if kind == "number" and BROKEN.fullmatch(bare) else text


def _read(asking: Asking, schema: Schema, name: str, form: Fields, *, required: bool) -> Any:
    kind = kind_of(asking, schema)
    if kind in ("group", "address"):
        found = _group(asking, schema, name, form)
        return found if found or required else NOTHING
    if kind == "list":
        items = _items(asking, asking.resolved(schema.get("items", {})), name, form)
        return items if items or required else NOTHING
    if kind == "several":
        ticked = form.all(name)
        return ticked if ticked or required else NOTHING
    return _plain(asking, kind, schema, form[name])


def _plain(asking: Asking, kind: Kind, schema: Schema, text: str) -> Any:
    if not text:
        return NOTHING
    if kind in ("yesno", "declaration"):
        return {"true": True, "false": False}.get(text, text)
    if kind == "date":
        return day(text)
    if kind in ("integer", "number"):
        return number(text, kind)
    if kind == "choice":
        return next((value for value, _ in asking.options(schema) if str(value) == text), text)
    return text


def _group(asking: Asking, schema: Schema, name: str, form: Fields) -> dict[str, Any]:
    """Empty when nothing at all was said; else with every group and list it must have, so that each lack is told."""
    parts = properties(asking, [schema])
    read = {part: _read(asking, said, f"{name}.{part}", form, required=False) for part, said in parts.items()}
    found = {part: value for part, value in read.items() if value is not NOTHING}
    must = asking.rules([schema], found).required & parts.keys() if found else set()
    for part in must - found.keys():
        if made := EMPTY.get(kind_of(asking, parts[part])):
            found[part] = made()
    return _without(asking.rules([schema], found).never, found)


def _items(asking: Asking, item: Schema, name: str, form: Fields) -> list[Any]:
    """Those in which something was said, in the order of their numbers."""
    places = {rest.split(".")[0] for each, _ in form.pairs if (rest := each.removeprefix(f"{name}.")) != each}
    numbers = sorted(int(place) for place in places if re.fullmatch(r"\d{1,3}", place))[:MOST_ITEMS]
    read = [_read(asking, item, f"{name}.{place}", form, required=False) for place in numbers]
    return [each for each in read if each is not NOTHING]


def _without(names: set[str], answers: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if name not in names}
