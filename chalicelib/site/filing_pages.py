"""Filing, from its beginning to the end of the form: who applies, then the procedure's questions, one thing a page."""

from typing import Any, Final

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Procedure
from chalicelib.dossiers import actions
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import Draft, Edit
from chalicelib.dossiers.forms import form_faults
from chalicelib.dossiers.people import Delivery
from chalicelib.refusals import Fault, Invalid
from chalicelib.settings import settings
from chalicelib.site import agencies, given, wording
from chalicelib.site.drafting import Filing, communes, opened, save
from chalicelib.site.meanwhile import Meanwhile, differing, flat
from chalicelib.site.pages import Pages
from chalicelib.site.people_given import of_session, person, texts
from chalicelib.site.questions import Question, questions
from chalicelib.site.steps import OWNER, Step, faults_of, named
from chalicelib.site.visits import Facts, Fields, Html, See, Visit, here

pages: Final = Pages(__name__)
SOMEBODY_ELSE: Final = "khac"
PEOPLE: Final = ("applicant", "owner")
ADD: Final = "add:"
REMOVE: Final = "remove:"
AUTOSAVE: Final = "save"


@pages.page("GET", "/nop/{code}", who="citizen")
def start_filing(visit: Visit, code: str) -> Html:
    """What will be needed, before anything is asked; and the drafts that are there already."""
    procedure = catalogue.filable(code, visit.now.date())
    drafts = [each for each in actions.mine(visit.person, 50, "").cards if each["stage"] == "draft"]
    facts = {
        "procedure": procedure,
        "term": wording.term(procedure.processing, procedure.processing_note, visit.language),
        "copies": {each.code: wording.copies(each, visit.language) for each in procedure.components},
        "agencies": [(each, agencies.name(each, visit.now)) for each in procedure.agencies],
        "drafts": [each for each in drafts if each["procedure"] == procedure.code],
        "fees": bool(procedure.fees),
    }
    return Html("filing-start.html", procedure.name, facts)


@pages.page("GET", "/nop/{code}/nguoi-nop", who="citizen")
def ask_applicant(visit: Visit, code: str) -> Html:
    values = of_session(visit.person, settings().PROVINCE_NAME)
    values |= {"agency": visit.query["co-quan"], "for": visit.query["cho"]}
    return _asking_applicant(catalogue.filable(code, visit.now.date()), values, visit)


@pages.page("POST", "/nop/{code}/nguoi-nop", who="citizen")
def begin_filing(visit: Visit, code: str) -> Html | See:
    """The draft is made here: from now on everything is kept."""
    procedure = catalogue.filable(code, visit.now.date())
    try:
        applicant = person(visit.form, "applicant")
        draft = Draft(
            procedure=procedure.code,
            applicant=applicant,
            form={},
            delivery=Delivery(channel=procedure.channels.return_[0]),
            agency=visit.form["agency"] or None,
            language=visit.language,
        )
        following = OWNER[0] if visit.form["for"] == SOMEBODY_ELSE else "tiep"
        once = visit.once(lambda done: f"/ho-so/{done.id}/{following}")
        begun = actions.begin(draft, Act(visit.person, visit.now, None, once))
    except Invalid as no:
        return _asking_applicant(procedure, visit.form, visit, no.faults)
    return See(f"/ho-so/{begun.id}/{following}")


@pages.page("GET", "/ho-so/{dossier_id}/tiep", who="citizen")
def go_on_filing(visit: Visit, dossier_id: str) -> See:
    """To the first step after those about people, whichever the procedure has."""
    filing = opened(visit, dossier_id)
    if isinstance(filing, See):
        return filing
    return See(f"{filing.address}/{next(each.path for each in filing.steps if each.area not in PEOPLE)}")


@pages.page("GET", "/ho-so/{dossier_id}/nguoi-nop", who="citizen")
def show_applicant(visit: Visit, dossier_id: str) -> Html | See:
    filing = opened(visit, dossier_id)
    return (
        filing if isinstance(filing, See) else _applicant(filing, texts(filing.dossier.applicant, "applicant"), visit)
    )


@pages.page("POST", "/ho-so/{dossier_id}/nguoi-nop", who="citizen")
def save_applicant(visit: Visit, dossier_id: str) -> Html | See:
    filing = opened(visit, dossier_id)
    if isinstance(filing, See):
        return filing
    to = filing.following(filing.at("nguoi-nop"), visit)
    try:
        done = save(filing, Edit(applicant=person(visit.form, "applicant")), visit, to, ["applicant"])
    except Invalid as no:
        return _applicant(filing, visit.form, visit, no.faults)
    return _applicant(filing, visit.form, visit, stale=done) if isinstance(done, Meanwhile) else See(to)


@pages.page("GET", "/ho-so/{dossier_id}/to-khai/{part}", who="citizen")
def show_part(visit: Visit, dossier_id: str, part: str) -> Html | See:
    filing = opened(visit, dossier_id)
    if isinstance(filing, See):
        return filing
    return _part(filing, filing.at(f"to-khai/{part}"), filing.dossier.form, visit)


@pages.page("POST", "/ho-so/{dossier_id}/to-khai/{part}", who="citizen")
def save_part(visit: Visit, dossier_id: str, part: str) -> Html | See | Facts:
    """Saved whether it is right or not; one goes on when it is."""
    filing = opened(visit, dossier_id)
    if isinstance(filing, See):
        return filing
    step = filing.at(f"to-khai/{part}")
    schema, before, act = filing.procedure.form, filing.dossier.form, visit.form["act"]
    form = given.answers(schema, step.names, kept(visit.form, act), before)
    asked = questions(schema, form, visit.language)
    faults = [] if act else faults_of(step, list(form_faults(schema, form)))
    to = _next(filing, step, act, faults, form, visit)
    edit = Edit(form=given.patch(before, form))
    done = save(filing, edit, visit, to, [f"form/{name}" for name in step.names])
    if act == AUTOSAVE:
        return _autosaved(done, asked)
    if isinstance(done, Meanwhile):
        return _part(filing, step, form, visit, stale=done)
    if faults and not _are_new(faults, questions(schema, before, visit.language)):
        now = Filing(done, filing.procedure, filing.steps)
        return _part(now, step, form, visit, named(faults, asked, visit.language))
    return See(to)


def _next(filing: Filing, step: Step, act: str, faults: list[Fault], form: dict[str, Any], visit: Visit) -> str:
    own = f"{filing.address}/{step.path}"
    if act or faults:
        review = "xem-lai" if visit.query["ve"] == "xem-lai" else ""
        place = f"#{faults[0].pointer.strip('/').replace('/', '.')}" if faults else ""
        return here(own, ve=review, them=act.removeprefix(ADD) if act.startswith(ADD) else "") + place
    return filing.following(step, visit, form)


def _are_new(faults: list[Fault], before: tuple[Question, ...]) -> bool:
    """Whether they are only about questions that the answers just given have raised: nobody has done wrong yet."""
    unasked = {each.name for each in flat(before) if not each.asked}
    return all(fault.code == "required" and fault.pointer.strip("/").replace("/", ".") in unasked for fault in faults)


def kept(form: Fields, act: str) -> Fields:
    """Without the item of a list that was removed."""
    gone = act.removeprefix(REMOVE) if act.startswith(REMOVE) else None
    return Fields([each for each in form.pairs if gone is None or not f"{each[0]}.".startswith(f"{gone}.")])


def _autosaved(done: Any, asked: tuple[Question, ...]) -> Facts:  # noqa: ANN401
    if isinstance(done, Meanwhile):
        return Facts({"changed": list(done.names)}, status=409)
    return Facts({"version": done.version, "asked": {each.name: each.asked for each in flat(asked)}})


def _part(
    filing: Filing,
    step: Step,
    form: dict[str, Any],
    visit: Visit,
    faults: list[Fault] = [],  # noqa: B006 - never changed
    stale: Meanwhile | None = None,
) -> Html:
    asked = questions(filing.procedure.form, form, visit.language, visit.query["them"])
    there = questions(filing.procedure.form, filing.dossier.form, visit.language) if stale else ()
    facts = filing.facts(step, visit) | {
        "questions": [each for each in asked if each.name.removeprefix("form.") in step.names],
        "communes": communes(visit.now),
        "stale": stale,
        "now_there": differing(there, asked, step.names),
    }
    return Html("filing-form.html", step.title, facts, status=_status(faults, stale), faults=faults)


def _asking_applicant(procedure: Procedure, values: Any, visit: Visit, faults: Any = ()) -> Html:  # noqa: ANN401
    facts = {
        "procedure": procedure,
        "values": values,
        "behind": here(f"/nop/{procedure.code}"),
        "own": f"/nop/{procedure.code}/nguoi-nop",
        "agency": values["agency"],
        "for_whom": values["for"],
        "communes": communes(visit.now),
        "dossier": None,
        "stale": None,
    }
    title = visit.told("Người nộp hồ sơ", "Who applies")
    return Html("filing-applicant.html", title, facts, status=422 if faults else 200, faults=faults)


def _applicant(
    filing: Filing,
    values: Any,
    visit: Visit,
    faults: Any = (),
    stale: Meanwhile | None = None,  # noqa: ANN401
) -> Html:
    step = filing.at("nguoi-nop")
    own = {"values": values, "agency": "", "communes": communes(visit.now), "stale": stale}
    return Html("filing-applicant.html", step.title, filing.facts(step, visit) | own, _status(faults, stale), faults)


def _status(faults: Any, stale: Meanwhile | None) -> int:  # noqa: ANN401
    return 409 if stale else 422 if faults else 200
