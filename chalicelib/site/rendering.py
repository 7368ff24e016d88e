"""How a template becomes a page: in both languages, everything escaped, dates and money as people write them."""

import re
import secrets
from datetime import date, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chalicelib.access import allows
from chalicelib.amounts import grouped
from chalicelib.clock.rules import ZONE
from chalicelib.refusals import Fault, Language
from chalicelib.settings import settings
from chalicelib.site import agencies, assets, colleagues
from chalicelib.site.visits import Html, Visit, here

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment
    from markupsafe import Markup

VIETNAMESE: Final = re.compile(r"[À-ÖØ-öø-ỹ]")
# What stands in quotes, and a label before the first colon.
DATA_NAMED: Final = re.compile(r"(?<=“)([^”]*)(?=”)|^([^:“]{1,200})(?=: )")
TEMPLATES: Final = Path(__file__).parent / "templates"
COMPILED: Final = "compiled_pages"  # by packaging (`ops/ahead.py`), and nowhere else


def rendered(page: Html, visit: Visit) -> str:
    """The page for this visit; a fact the template wants and does not get is a defect, never a gap.

    Beside the page's own facts a template has `visit`, `title`, `errors` (a field's name -> what is wrong),
    `faults` (all of them, in order), `once` (a key of its own for the page's form), and of the officers of the
    visitor's agency, or another: `officer_name(account)`, and `colleagues()`, accounts with names; `agency_name(code)`.
    """
    faults = [{"field": field_of(each), "told": each.told(visit.language)} for each in page.faults]
    errors: dict[str, str] = {}
    for each in faults:
        errors.setdefault(each["field"], each["told"])
    return (
        environment(visit.language)
        .get_template(page.template)
        .render(
            {
                **page.facts,
                "visit": visit,
                "title": page.title,
                "faults": faults,
                "errors": errors,
                "once": secrets.token_hex(16),
                "other_language": _other_language(visit),
                **_named(visit),
            }
        )
    )


def field_of(fault: Fault) -> str:
    """The name of the field a fault is about: `/applicant/phone` is `applicant.phone`."""
    return fault.pointer.strip("/").replace("/", ".")


def _named(visit: Visit) -> dict[str, Any]:
    def of(agency: str | None) -> colleagues.Colleagues:
        return colleagues.of(agency or visit.person.agency, visit.now)

    return {
        "officer_name": lambda account, agency=None: of(agency).name(account) if account else account,
        "colleagues": lambda agency=None: of(agency).choices(),
        "agency_name": lambda code: agencies.name(code, visit.now),
    }


def _other_language(visit: Visit) -> str:
    said = {name: value for name, value in visit.query.pairs if name != "lang"}
    return here(visit.path, **said, lang="en" if visit.language == "vi" else "vi")


@cache
def environment(language: Language) -> "Environment":
    """One for each language, so that macros need not be handed it: `t`, and every filter, speak it."""
    from jinja2 import Environment, StrictUndefined

    made = Environment(
        loader=_loader(),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "t": (lambda vi, en: vi) if language == "vi" else (lambda vi, en: en),
        "language": language,
        "asset": assets.address,
        "here": here,
        "tongue": tongue if language == "en" else lambda _: "",
        "allows": allows,
        "province": settings().PROVINCE_NAME,
    }
    made.filters |= {"when": when, "day": day, "dong": dong, "vi": marked if language == "en" else _as_it_is}
    made.filters |= {"told": quoted if language == "en" else _as_it_is}
    return made


def _loader() -> "BaseLoader":
    from jinja2 import FileSystemLoader, ModuleLoader

    compiled = find_spec(COMPILED)
    return ModuleLoader(list(compiled.submodule_search_locations or ())) if compiled else FileSystemLoader(TEMPLATES)


def marked(data: object) -> "Markup | str":
    """Data on an English page, in Vietnamese as it mostly is: marked so, for whoever has the page read aloud."""
    from markupsafe import Markup

    if isinstance(data, Markup) or not VIETNAMESE.search(str(data)):
        return data if isinstance(data, Markup) else str(data)
    return Markup('<span lang="vi">{}</span>').format(data)


def quoted(words: str) -> "Markup | str":
    """Our own English words, in which data is named: `“Giấy khai sinh” is missing`, `Ngày sinh: this is no date`."""
    from markupsafe import Markup

    made, at = Markup(""), 0
    for found in DATA_NAMED.finditer(words):
        made += Markup("{}{}").format(words[at : found.start()], marked(found[0]))
        at = found.end()
    return made + words[at:]


def tongue(data: str) -> "Markup | str":
    """The same of an element that holds nothing but such data."""
    from markupsafe import Markup

    return Markup(' lang="vi"') if VIETNAMESE.search(data) else ""


def when(at: datetime) -> str:
    """An instant in Vietnam: 14:05 02/09/2026."""
    return at.astimezone(ZONE).strftime("%H:%M %d/%m/%Y")


def day(at: date | datetime) -> str:
    """A date, of an instant in Vietnam: 02/09/2026."""
    return (at.astimezone(ZONE) if isinstance(at, datetime) else at).strftime("%d/%m/%Y")


def dong(amount: int) -> str:
    """1.500.000 ₫, held together by spaces that do not break."""
    return grouped(amount) + "\N{NO-BREAK SPACE}₫"


def _as_it_is(data: object) -> object:
    return data
