"""The templates in force, of letters and of papers: which version, what they say, how they look with sample facts."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from chalicelib.access import require
from chalicelib.notices import own_words, sample, wording
from chalicelib.notices.own_words import Worded
from chalicelib.notices.rules import Notice
from chalicelib.notices.wording import CLOSING
from chalicelib.papers import blocks
from chalicelib.papers.forms import Form, FormSet, set_on
from chalicelib.papers.preview import preview
from chalicelib.payments.receipts import papers as money_papers
from chalicelib.refusals import Language, NotFound
from chalicelib.settings import settings
from chalicelib.site import wordable_letters
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit
from chalicelib.wordings import actions
from chalicelib.wordings.rules import Edition

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
    own = {slug: each for slug, each in actions.latest_of(wordable_letters.slugs()).items() if each.parts}
    facts = {
        "letters": [(each.value, _shipped_subject(each, visit), _own(each, own)) for each in Notice],
        "closings": _own(CLOSING, own),
        "papers": list(_papers(visit)),
        "version": wording.VERSION,
        "set": _set(visit).name,
        "since": _set(visit).valid_from,
        "identifier": settings().PROVINCE,
    }
    return Html("templates.html", visit.told("Mẫu thư và giấy tờ", "Templates"), facts)


def _shipped_subject(notice: Notice, visit: Visit) -> str:
    return wording.letter(notice, visit.language, _facts(notice, visit.language)).subject


def _facts(notice: Notice, language: Language) -> dict[str, Any]:
    return next(sample.variations(notice, language, settings().PUBLIC_URL, settings().PROVINCE_NAME))


def _own(name: str, own: Mapping[str, Edition]) -> list[tuple[Language, int]]:
    """The languages in which the province words it itself, and the edition of each."""
    found = [(each, own.get(own_words.slug(name, each))) for each in LANGUAGES]
    return [(language, edition.number) for language, edition in found if edition]


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
    shown = [(each, _in_force(of, each, visit)) for each in LANGUAGES]
    title = next(worded.letter.subject for language, worded in shown if language == visit.language)
    letters = [(language, worded.template, worded.letter) for language, worded in shown]
    return Html("letter-template.html", title, {"shown": letters, "notice": notice})


def _in_force(notice: Notice, language: Language, visit: Visit) -> Worded:
    return own_words.letter(notice, language, _facts(notice, language), visit.now)


@pages.page("GET", "/can-bo/quan-tri/mau/giay/{slug}", who="officer")
def open_paper_template(visit: Visit, slug: str) -> See:
    require(visit.person, "see_templates")
    found = next((each for each in _papers(visit) if each.slug == slug), None)
    if found is None:
        raise NotFound
    return See(preview(found.form, settings().PROVINCE, visit.now, found.room).url)
