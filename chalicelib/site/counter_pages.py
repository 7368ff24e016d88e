"""Filing at the desk: a clerk enters a dossier, on one page, for somebody who is there with their papers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalicelib.access import require
from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Procedure
from chalicelib.catalogue.search import Wanted
from chalicelib.dossiers import actions, filing
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import Draft
from chalicelib.dossiers.people import Delivery, Person
from chalicelib.dossiers.rules import Dossier
from chalicelib.refusals import Fault, Forbidden, Invalid
from chalicelib.settings import settings
from chalicelib.site import given
from chalicelib.site.desk_words import VALUES
from chalicelib.site.drafting import communes
from chalicelib.site.filing_pages import ADD, kept
from chalicelib.site.pages import Pages
from chalicelib.site.people_given import delivery, person
from chalicelib.site.questions import questions
from chalicelib.site.steps import named
from chalicelib.site.visits import Fields, Html, See, Visit, here
from chalicelib.site.wording import said

pages: Final = Pages(__name__)
MOST: Final = 20
FOR_ANOTHER: Final = "khac"
SCAN: Final = "scan"
WHOSE: Final = Fault(
    "/cho",
    "owner_unclear",
    "Đã nhập tên chủ hồ sơ: hãy chọn nộp cho người khác, hoặc xoá tên ấy.",
    "An owner is named: choose somebody else's dossier, or take the name away.",
)


@pages.page("GET", "/can-bo/quay", who="officer")
def choose_procedure_at_desk(visit: Visit) -> Html:
    """What can be filed at the desk of the clerk's own agency."""
    clerk = require(visit.person, "file")
    asked = visit.query["q"][:100]
    known = catalogue.find(Wanted(q=asked), visit.now) if asked else []
    here_ = [each for each in known if clerk.agency in each.agencies and each.status == "in_force"]
    found = [each for each in here_ if "desk" in each.channels.submit][:MOST]
    return Html("counter.html", visit.told("Nộp hồ sơ tại quầy", "File at the desk"), {"found": found})


@pages.page("GET", "/can-bo/quay/{code}", who="officer")
def enter_dossier_at_desk(visit: Visit, code: str) -> Html:
    procedure = _procedure(visit, code)
    here_ = settings().PROVINCE_NAME
    values = {"applicant.address.province": here_, "owner.address.province": here_, "delivery.channel": "desk"}
    return _entering(visit, procedure, values, {})


@pages.page("POST", "/can-bo/quay/{code}", who="officer")
def file_at_desk(visit: Visit, code: str) -> Html | See:
    """Filed when all of it is right, or begun, for the papers to be scanned into it first.

    Whatever happens between the two, the draft can be filed from its own page.
    """
    procedure, act = _procedure(visit, code), visit.form["act"]
    answers = given.answers(procedure.form, procedure.form.get("properties", {}), kept(visit.form, act), {})
    if act not in ("", SCAN):
        return _entering(visit, procedure, visit.form, answers, more=act.removeprefix(ADD))
    begun = Act(visit.person, visit.now, None, visit.once(lambda done: f"/can-bo/ho-so/{done.id}"))
    try:
        dossier = actions.begin(_draft(visit, procedure, answers, to_come=act == SCAN), begun)
    except Invalid as no:
        if led := visit.led_to():
            return See(led)
        return _entering(visit, procedure, visit.form, answers, no.faults)
    if act == SCAN:
        return See(f"/can-bo/ho-so/{dossier.id}/nop")
    actions.submit(dossier.id, Act(visit.person, visit.now, dossier.version))
    return See(here(f"/can-bo/ho-so/{dossier.id}", xong="nop"))


def _procedure(visit: Visit, code: str) -> Procedure:
    """Raises what `filable` refuses, and `Forbidden` for another agency's."""
    clerk = require(visit.person, "file")
    procedure = catalogue.filable(code, visit.now.date(), "desk")
    if clerk.agency not in procedure.agencies:
        raise Forbidden
    return procedure


def _draft(visit: Visit, procedure: Procedure, answers: dict[str, Any], *, to_come: bool) -> Draft:
    """Raises `Invalid` with everything that would keep it from being filed, the people's and the form's at once.

    `to_come`: its papers are, and none of them is missed.
    """
    faults: list[Fault] = []
    applicant = _tried(lambda: person(visit.form, "applicant"), faults)
    owner = _tried(lambda: _owner(visit.form), faults)
    to = _tried(lambda: delivery(visit.form, "delivery"), faults)
    paper = tuple(each.code for each in procedure.components if each.code in visit.form.all("paper"))
    try:
        filing.require_complete(_imagined(visit, procedure, applicant, to, answers, paper), procedure, [])
    except Invalid as no:
        faults += [each for each in no.faults if not (to_come and each.pointer.startswith("/documents/"))]
    if faults or applicant is None or to is None:
        raise Invalid(faults)
    return Draft(
        procedure=procedure.code,
        applicant=applicant,
        owner=owner,
        form=answers,
        delivery=to,
        agency=visit.person.agency,
        language=visit.language,
        paper=paper,
    )


def _owner(form: Fields) -> Person | None:
    """Nobody but the applicant, unless it is said to be another's. Raises `Invalid`."""
    if form["cho"] == FOR_ANOTHER:
        return person(form, "owner")
    if form["owner.full_name"]:
        raise Invalid([WHOSE])  # to pass over a name somebody typed would file it as the wrong person's
    return None


def _imagined(
    visit: Visit,
    procedure: Procedure,
    applicant: Person | None,
    to: Delivery | None,
    answers: dict[str, Any],
    paper: tuple[str, ...],
) -> Dossier:
    """As it would be begun, to be judged before it is."""
    return Dossier(
        id="-",
        procedure=filing.pinned(procedure),
        agency=visit.person.agency,
        citizen_key="",
        channel="desk",
        applicant=applicant,
        form=answers,
        delivery=to or Delivery(channel=procedure.channels.return_[0]),
        paper=paper,
        created_at=visit.now,
        changed_at=visit.now,
        turn_since=visit.now,
    )


def _tried(read: Any, faults: list[Fault]) -> Any:  # noqa: ANN401 - whatever is read
    try:
        return read()
    except Invalid as no:
        faults += no.faults
        return None


def _entering(
    visit: Visit,
    procedure: Procedure,
    values: Mapping[str, str] | Fields,
    answers: dict[str, Any],
    faults: Sequence[Fault] = (),
    more: str = "",
) -> Html:
    asked = questions(procedure.form, answers, visit.language, more)
    facts = {
        "procedure": procedure,
        "values": values,
        "channels": [(each, said(VALUES[each], visit.language).capitalize()) for each in procedure.channels.return_],
        "questions": asked,
        "communes": communes(visit.now),
        "paper": visit.form.all("paper"),
    }
    told = named(faults, asked, visit.language)
    return Html("counter-filing.html", procedure.name, facts, status=422 if told else 200, faults=told)
