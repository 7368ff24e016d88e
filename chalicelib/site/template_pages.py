"""The templates in force, of letters and of papers: which version, what they say, how they look with sample facts."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from chalicelib.access import require
from chalicelib.notices import sample, wording
from chalicelib.notices.channels import Letter
from chalicelib.notices.rules import Notice
from chalicelib.papers import blocks
from chalicelib.papers.forms import Form, FormSet, set_on
from chalicelib.papers.preview import preview
from chalicelib.payments.receipts import papers as money_papers
from chalicelib.refusals import Language, NotFound
from chalicelib.settings import settings
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit

pages: Final = Pages(__name__)
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")


class Paper(NamedTuple):
    """`slug`: its address; `rests_on`: the set of forms it is one of."""

    slug: str
    form: Form
    room: str
    rests_on: str
    is_own: bool


@pages.page("GET", "/can-bo/quan-tri/mau", who="officer")
def list_templates(visit: Visit) -> Html:
    require(visit.person, "see_templates")
    letters = [(each.value, _letter(each, visit.language).subject) for each in Notice]
    facts = {
        "letters": letters,
        "papers": list(_papers(visit)),
        "version": wording.VERSION,
        "set": _set(visit).name,
        "since": _set(visit).valid_from,
        "identifier": settings().PROVINCE,
    }
    return Html("templates.html", visit.told("Mẫu thư và giấy tờ", "Templates"), facts)


def _letter(notice: Notice, language: Language) -> Letter:
    facts = sample.facts(language, settings().PUBLIC_URL, settings().PROVINCE_NAME)
    return wording.letter(notice, language, facts)


def _set(visit: Visit) -> FormSet:
    return set_on(visit.now.date())


def _papers(visit: Visit) -> Iterator[Paper]:
    of_desk, province = _set(visit), settings().PROVINCE
    for form in of_desk.forms.values():
        yield Paper(form.kind, form, blocks.HERE, of_desk.name, blocks.is_own(form.kind, province))
    for name, form in money_papers.named_forms().items():
        own = blocks.is_own(form.kind, province, money_papers.ROOM)
        yield Paper(name, form, money_papers.ROOM, "", own)


@pages.page("GET", "/can-bo/quan-tri/mau/thu/{notice}", who="officer")
def show_letter_template(visit: Visit, notice: str) -> Html:
    """In both languages: as it would be sent, and the template it is made of."""
    require(visit.person, "see_templates")
    if notice not in set(Notice):
        raise NotFound
    of = Notice(notice)
    shown = [(each, wording.template(of, each), _letter(of, each), wording.wording(of, each)) for each in LANGUAGES]
    return Html("letter-template.html", _letter(of, visit.language).subject, {"shown": shown})


@pages.page("GET", "/can-bo/quan-tri/mau/giay/{slug}", who="officer")
def open_paper_template(visit: Visit, slug: str) -> See:
    require(visit.person, "see_templates")
    found = next((each for each in _papers(visit) if each.slug == slug), None)
    if found is None:
        raise NotFound
    return See(preview(found.form, settings().PROVINCE, visit.now, found.room).url)
