"""The province's own words: an admin reads, changes, previews and keeps them, or goes back; who, when and why stays."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from chalicelib.access import allows, require
from chalicelib.refusals import Fault, Invalid, NotFound
from chalicelib.site import wordable_letters, wordable_papers, wordable_phrases, wordable_results
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.site.wordable import Parts, Preview, Wordable, changed
from chalicelib.wordings import actions
from chalicelib.wordings.rules import SHIPPED, Edition, Typed, UnknownEdition, WordingChangedMeanwhile, number_of, own

pages: Final = Pages(__name__)
FAMILIES: Final[Mapping[str, Callable[[str, Visit], Wordable]]] = {
    wordable_letters.FAMILY: wordable_letters.found,
    wordable_papers.FAMILY: wordable_papers.found,
    wordable_results.FAMILY: wordable_results.found,
    wordable_phrases.FAMILY: wordable_phrases.found,
}
CHANGE, PREVIEW, KEEP, RESTORE = "sua", "xem-truoc", "giu", "tro-lai"


@pages.page("GET", "/can-bo/quan-tri/mau/loi/{family}/{name}", who="officer")
def show_wording(visit: Visit, family: str, name: str) -> Html:
    require(visit.person, "see_templates")
    found = _found(visit, family, name)
    if visit.query["viec"] == CHANGE and allows(visit.person, "keep_templates"):
        now = actions.latest(found.slug)
        return _edited(visit, found, found.texts(own(now)), now)
    return _shown(visit, found)


def _found(visit: Visit, family: str, name: str) -> Wordable:
    if family not in FAMILIES:
        raise NotFound
    return FAMILIES[family](name, visit)


def _shown(visit: Visit, found: Wordable, status: int = 200, faults: Sequence[Fault] = ()) -> Html:
    now, history = actions.latest(found.slug), actions.history(found.slug)
    befores: list[Edition | None] = [*history[1:], _before(found, history)]
    parts = own(now)
    facts = {
        "wordable": found,
        "edition": now if parts else None,
        "texts": found.texts(parts),
        "preview": _looks(found, parts),
        "history": [(each, changed(found, own(old), own(each))) for each, old in zip(history, befores, strict=False)],
        "keeps": allows(visit.person, "keep_templates"),
        "seen": number_of(now),
        "back_to": _number(visit.query["ban"] or visit.form["ban"]),
        "typed": visit.form,
    }
    return Html("wording.html", found.title, facts, status, faults)


def _before(found: Wordable, history: Sequence[Edition]) -> Edition | None:
    """Of the oldest that is shown, the one before it."""
    number = history[-1].number - 1 if history else SHIPPED
    return actions.find(found.slug, number)


def _looks(found: Wordable, parts: Parts) -> Preview | None:
    """None: the words in force no longer fit what this release has; letters and papers then fall back."""
    return None if parts and found.faults(parts) else found.preview(parts)


def _number(said: str) -> int | None:
    return int(said) if said.isdecimal() and len(said) < 7 else None


def _edited(
    visit: Visit,
    found: Wordable,
    texts: Parts,
    now: Edition | None,
    status: int = 200,
    faults: Sequence[Fault] = (),
    meanwhile: Edition | None = None,
) -> Html:
    """`meanwhile`: what somebody else has kept since this was begun, told beside what was typed."""
    before = _seen(found, visit) if meanwhile else None
    facts = {
        "wordable": found,
        "texts": texts,
        "seen": number_of(now),
        "meanwhile": meanwhile,
        "theirs": changed(found, own(before), own(meanwhile)) if meanwhile else [],
    }
    title = visit.told(f"Sửa: {found.title}", f"Change: {found.title}")
    return Html("wording-edit.html", title, facts, status, faults)


def _seen(found: Wordable, visit: Visit) -> Edition | None:
    try:
        return actions.find(found.slug, visit.seen or SHIPPED)
    except UnknownEdition:
        return None


@pages.page("POST", "/can-bo/quan-tri/mau/loi/{family}/{name}/{deed}", who="officer")
def word(visit: Visit, family: str, name: str, deed: str) -> Html | See:
    """Nothing is kept that was not judged, and shown, as it would be sent."""
    require(visit.person, "keep_templates")
    found = _found(visit, family, name)
    if deed not in DEEDS:
        raise NotFound
    return DEEDS[deed](visit, found)


def _typed(visit: Visit, found: Wordable) -> dict[str, str]:
    return found.own({each.name: visit.form[each.name] for each in found.parts})


def _change(visit: Visit, found: Wordable) -> Html:
    return _edited(visit, found, found.texts(_typed(visit, found)), actions.latest(found.slug))


def _preview(visit: Visit, found: Wordable, status: int = 200, faults: Sequence[Fault] = ()) -> Html:
    parts, now = _typed(visit, found), actions.latest(found.slug)
    if number_of(now) != visit.seen:
        return _edited(visit, found, found.texts(parts), now, 409, meanwhile=now)
    if wrong := found.faults(parts):
        return _edited(visit, found, {each.name: visit.form[each.name] for each in found.parts}, now, 422, wrong)
    facts: dict[str, Any] = {
        "wordable": found,
        "texts": found.texts(parts),
        "preview": found.preview(parts),
        "changes": changed(found, own(now), parts),
        "seen": number_of(now),
        "typed": visit.form,
    }
    title = visit.told(f"Xem trước: {found.title}", f"Preview: {found.title}")
    return Html("wording-preview.html", title, facts, status, faults)


def _keep(visit: Visit, found: Wordable) -> Html | See:
    parts = _typed(visit, found)
    if found.faults(parts):
        return _preview(visit, found)
    try:
        return _kept(visit, found, Typed(parts or None, visit.form["reason"]))
    except WordingChangedMeanwhile:
        return See(led) if (led := visit.led_to()) else _preview(visit, found)
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _preview(visit, found, 422, _on_the_form(no.faults))


def _restore(visit: Visit, found: Wordable) -> Html | See:
    number = _number(visit.form["ban"])
    parts = own(actions.find(found.slug, -1 if number is None else number))
    if parts and (wrong := found.faults(parts)):
        return _shown(visit, found, 422, [each._replace(pointer="") for each in wrong])
    try:
        return _kept(visit, found, Typed(parts or None, visit.form["reason"], restores=number))
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _shown(visit, found, 422, _on_the_form(no.faults))


def _on_the_form(faults: Sequence[Fault]) -> list[Fault]:
    return [each if each.pointer == "/reason" else each._replace(pointer="") for each in faults]


def _kept(visit: Visit, found: Wordable, typed: Typed) -> See:
    to = here(found.home, xong="1")
    actions.keep(found.slug, typed, visit.seen, visit.person.subject, visit.now, visit.once(lambda _: to))
    return See(to)


DEEDS: Final[Mapping[str, Callable[[Visit, Wordable], Html | See]]] = {
    CHANGE: _change,
    PREVIEW: _preview,
    KEEP: _keep,
    RESTORE: _restore,
}
