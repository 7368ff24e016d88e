"""A form that amends the working calendar, as the API has it; and what was wrong, said of the form's fields. Pure."""

import re
from collections.abc import Iterable
from typing import Any, Final

from chalicelib.clock.amendments import Entered
from chalicelib.clock.hours import WEEKDAYS
from chalicelib.refusals import Fault
from chalicelib.site.visits import Fields

CLOSED: Final = ("nghỉ", "nghi", "off", "closed", "0")
# Where in an amendment a fault lies, and by which of the form's fields it is put right.
PLACES: Final = (
    (r"/(day_off|working_day)/date|/known_until", "/date"),
    (r"/(day_off|working_day)/name/vi", "/name"),
    (r"/(day_off|working_day)/name/en", "/name_en"),
    (r"/day_off/worked_instead", "/worked_instead"),
    (r"/hours/from", "/hours_from"),
    (r"/hours/to", "/hours_to"),
    (r"/hours/week/([a-z]{3})(/.*)?", r"/week_\1"),
    (r"/hours(/week)?", "/week_mon"),
    (r"/source/vi", "/source"),
    (r"/source/en", "/source_en"),
)


def amendment_of(form: Fields) -> dict[str, Any]:
    """Names and sources are said alike in both languages unless the second is given."""
    facts = {"announced_at": form["announced_at"], "source": _both(form, "source")}
    facts |= {"agency": form["agency"]} if form["agency"] else {}
    return {**facts, **_change(form)}


def _change(form: Fields) -> dict[str, Any]:
    match form["change"]:
        case "day_off" | "working_day" as change:
            day: dict[str, Any] = {"date": form["date"], "name": _both(form, "name")}
            instead = form["worked_instead"] if change == "day_off" else ""
            return {change: {**day, **({"worked_instead": instead} if instead else {})}}
        case "hours":
            named = {day: form[f"week_{day}"] for day in WEEKDAYS if form[f"week_{day}"]}
            ends = {"to": form["hours_to"]} if form["hours_to"] else {}
            week = {day: sessions(text) for day, text in named.items()}
            return {"hours": {"from": form["hours_from"], **ends, "week": week}}
        case "known_until":
            return {"known_until": form["date"]}
    return {"replaces": int(form["replaces"]) if form["replaces"].isdecimal() and len(form["replaces"]) < 7 else 0}


def sessions(text: str) -> list[list[str]]:
    """`7:30-11:30, 13:30-17:00`, or a word for a day that is closed; what is not a time is left to be refused."""
    if text.casefold() in CLOSED:
        return []
    parts = [part for part in re.split(r"[,;\n]", text) if part.strip()]
    return [[_clock(edge) for edge in re.split(r"\s*[-–—]\s*", part.strip(), maxsplit=1)] for part in parts]


def _clock(text: str) -> str:
    """As people write times: `7h30`, `7:30`, `07:30`."""
    found = re.fullmatch(r"(\d{1,2})\s*[:hg.]\s*(\d{2})?", text.casefold())
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else text


def _both(form: Fields, name: str) -> dict[str, str]:
    return {"vi": form[name], "en": form[f"{name}_en"] or form[name]}


def of_form(faults: Iterable[Fault]) -> list[Fault]:
    """Each fault once, at the field where it is put right."""
    found = [each._replace(pointer=_place(each.pointer)) for each in faults]
    return list({(each.pointer, each.vi): each for each in found}.values())


def _place(pointer: str) -> str:
    for pattern, field in PLACES:
        if re.fullmatch(pattern, pointer):
            return re.sub(pattern, field, pointer, count=1)
    return pointer


def taking_back(number: str, standing: Iterable[Entered]) -> dict[str, str]:
    """The form as it takes this amendment back: for the same agency, or it would be another's."""
    found = next((each for each in standing if str(each.number) == number), None)
    return {"change": "replaces", "replaces": number, "agency": found.agency or ""} if found else {}
