"""The templates in force, of letters and of papers: which version, what they say, how they look with sample facts."""

from collections.abc import Mapping
from typing import Any, Final

from chalicelib.access import require
from chalicelib.dossiers.writing import own_words as result_words
from chalicelib.notices import own_words, sample, wording
from chalicelib.notices.own_words import Worded
from chalicelib.notices.rules import Notice
from chalicelib.notices.wording import CLOSING
from chalicelib.papers import own_words as paper_words
from chalicelib.papers.forms import set_on
from chalicelib.papers.preview import facts_of, preview
from chalicelib.refusals import Language, NotFound
from chalicelib.settings import settings
from chalicelib.site import agencies, asking, wordable_letters, wordable_papers, wordable_phrases, wordable_results
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit
from chalicelib.wordings import actions
from chalicelib.wordings.rules import Edition

pages: Final = Pages(__name__)
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")


@pages.page("GET", "/can-bo/quan-tri/mau", who="officer")
def list_templates(visit: Visit) -> Html:
    require(visit.person, "see_templates")
    papers, of_desk = list(wordable_papers.papers(visit)), set_on(visit.now.date())
    slugs = [*wordable_letters.slugs(), *{paper_words.slug(each.form.kind) for each in papers}, result_words.SLUG]
    own = {slug: each for slug, each in actions.latest_of(slugs).items() if each.parts}
    facts = {
        "letters": [(each.value, _shipped_subject(each, visit), _own(each, own)) for each in Notice],
        "closings": _own(CLOSING, own),
        "papers": [(each, own.get(paper_words.slug(each.form.kind))) for each in papers],
        "result": (wordable_results.HOME, visit.told(*wordable_results.TITLE), own.get(result_words.SLUG)),
        "version": wording.VERSION,
        "phrases": _phrases(visit),
        "set": of_desk.name,
        "since": of_desk.valid_from,
    }
    return Html("templates.html", visit.told("Mẫu thư và giấy tờ", "Templates"), facts)


def _phrases(visit: Visit) -> list[tuple[str, str]]:
    """Whose lists of phrases there may be: everybody's and the province's first."""
    province = settings().PROVINCE
    first = [
        (asking.EVERYBODY, visit.told("Mọi cơ quan", "All agencies")),
        (province, visit.told("Các cơ quan của tỉnh", "The province's agencies")),
    ]
    return first + [(code, each.name) for code, each in agencies.agencies(visit.now).items() if code != province]


@pages.page("GET", "/can-bo/quan-tri/mau/cau-mau", who="officer")
def choose_phrases(visit: Visit) -> See:
    """To the phrases of the agency that was chosen."""
    require(visit.person, "see_templates")
    if visit.query["cua"] not in dict(_phrases(visit)):
        raise NotFound
    return See(wordable_phrases.home(visit.query["cua"]))


def _shipped_subject(notice: Notice, visit: Visit) -> str:
    return wording.letter(notice, visit.language, _facts(notice, visit.language)).subject


def _facts(notice: Notice, language: Language) -> dict[str, Any]:
    return next(sample.variations(notice, language, settings().PUBLIC_URL, settings().PROVINCE_NAME))


def _own(name: str, own: Mapping[str, Edition]) -> list[tuple[Language, int]]:
    """The languages in which the province words it itself, and the edition of each."""
    found = [(each, own.get(own_words.slug(name, each))) for each in LANGUAGES]
    return [(language, edition.number) for language, edition in found if edition]


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
    found = next((each for each in wordable_papers.papers(visit) if each.slug == slug), None)
    if found is None:
        raise NotFound
    form = found.form
    template = paper_words.template(form, facts_of(form), visit.now, visit.now, found.room)
    return See(preview(form, template, visit.now).url)
