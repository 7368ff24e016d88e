"""The end of a filing: how the result comes back, everything once more, submitted, and what was received."""

from collections.abc import Sequence
from typing import Any, Final

from chalicelib.catalogue.rules import fees_due
from chalicelib.documents.rules import Document
from chalicelib.dossiers import actions, file_actions, filing
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import Edit, WrongAgency
from chalicelib.dossiers.life import Stage
from chalicelib.refusals import Fault, Invalid
from chalicelib.site import wording
from chalicelib.site.drafting import Filing, communes, opened, save
from chalicelib.site.meanwhile import Meanwhile
from chalicelib.site.pages import Pages
from chalicelib.site.people_given import delivery, texts
from chalicelib.site.questions import questions
from chalicelib.site.review import Row, applicant_rows, delivery_rows, form_rows, paper_rows
from chalicelib.site.steps import Step, named, step_of
from chalicelib.site.visits import Html, See, Visit

pages: Final = Pages(__name__)


@pages.page("GET", "/ho-so/{dossier_id}/nhan-ket-qua", who="citizen")
def ask_delivery(visit: Visit, dossier_id: str) -> Html | See:
    found = opened(visit, dossier_id)
    if isinstance(found, See):
        return found
    draft = found.dossier
    applicant = texts(draft.applicant, "delivery")
    known = {
        name: value for name, value in applicant.items() if name.startswith(("delivery.address", "delivery.phone"))
    }
    known["delivery.recipient"] = applicant.get("delivery.full_name", "")
    return _delivery(found, known | texts(draft.delivery, "delivery"), visit)


@pages.page("POST", "/ho-so/{dossier_id}/nhan-ket-qua", who="citizen")
def save_delivery(visit: Visit, dossier_id: str) -> Html | See:
    found = opened(visit, dossier_id)
    if isinstance(found, See):
        return found
    to = found.following(found.at("nhan-ket-qua"), visit)
    try:
        given = delivery(visit.form, "delivery")
        if faults := list(filing.delivery_faults(given, found.procedure)):
            raise Invalid(faults)
        done = save(found, Edit(delivery=given), visit, to, ["delivery"])
    except Invalid as no:
        return _delivery(found, visit.form, visit, no.faults)
    return _delivery(found, visit.form, visit, stale=done) if isinstance(done, Meanwhile) else See(to)


@pages.page("GET", "/ho-so/{dossier_id}/xem-lai", who="citizen")
def review_filing(visit: Visit, dossier_id: str) -> Html | See:
    found = opened(visit, dossier_id)
    return found if isinstance(found, See) else _review(found, visit)


@pages.page("POST", "/ho-so/{dossier_id}/xem-lai", who="citizen")
def submit_filing(visit: Visit, dossier_id: str) -> Html | See:
    found = opened(visit, dossier_id)
    filed = f"/ho-so/{dossier_id}/da-nop"
    if isinstance(found, See):
        return See(filed)
    try:
        actions.submit(dossier_id, Act(visit.person, visit.now, visit.seen, visit.once(lambda _: filed)))
    except WrongAgency:
        raise  # nothing of the draft can be put right: its agency no longer handles the procedure
    except Invalid:
        return _review(found, visit, 422)
    return See(filed)


@pages.page("GET", "/ho-so/{dossier_id}/da-nop", who="citizen")
def show_filed(visit: Visit, dossier_id: str) -> Html | See:
    dossier = actions.look(dossier_id, visit.person)
    if dossier.stage == Stage.DRAFT:
        return See(f"/ho-so/{dossier_id}/xem-lai")
    title = visit.told("Đã nộp hồ sơ", "The dossier is filed")
    return Html("filed.html", title, {"dossier": dossier, "pays": dossier.awaits_payment})


def _delivery(
    found: Filing,
    values: Any,  # noqa: ANN401
    visit: Visit,
    faults: Sequence[Fault] = (),
    stale: Meanwhile | None = None,
) -> Html:
    step = found.at("nhan-ket-qua")
    told = {
        "online": ("Bản điện tử trên trang này", "As a file on this site"),
        "desk": ("Đến nhận tại bộ phận một cửa", "Collected at the desk"),
        "post": ("Qua bưu chính, đến tận nhà", "By post, to your door"),
    }
    channels = [(each, wording.said(told[each], visit.language)) for each in found.procedure.channels.return_]
    own = {"values": values, "channels": channels, "communes": communes(visit.now), "stale": stale}
    status = 409 if stale else 422 if faults else 200
    return Html("filing-delivery.html", step.title, found.facts(step, visit) | own, status, faults)


def _review(found: Filing, visit: Visit, status: int = 200) -> Html:
    papers = file_actions.listed(found.dossier.id, visit.person)
    step = found.at("xem-lai")
    own = {
        "sections": [(each, _rows(found, each, papers, visit)) for each in found.steps[:-1]],
        "lacking": _lacking(found, papers, visit),
        "refused": status == 422,
        "fees": fees_due(found.procedure, found.dossier.form),
    }
    return Html("review.html", step.title, found.facts(step, visit) | own, status)


def _lacking(found: Filing, papers: Sequence[Document], visit: Visit) -> list[tuple[Step, Fault]]:
    """What keeps the draft from being filed, each with where it is put right."""
    try:
        filing.require_complete(found.dossier, found.procedure, papers)
    except Invalid as no:
        asked = questions(found.procedure.form, found.dossier.form, visit.language)
        return [(step_of(each, found.steps), each) for each in named(no.faults, asked, visit.language)]
    return []


def _rows(found: Filing, step: Step, papers: Sequence[Document], visit: Visit) -> list[Row]:
    draft = found.dossier
    if step.area == "applicant":
        return applicant_rows(draft.applicant, visit.language)
    if step.area == "owner":
        return applicant_rows(draft.owner, visit.language)
    if step.area == "delivery":
        return delivery_rows(draft.delivery, visit.language)
    if step.area == "documents":
        return paper_rows({each.code: each.name for each in found.procedure.components}, papers, visit)
    asked = questions(found.procedure.form, draft.form, visit.language)
    own = [each for each in asked if each.name.removeprefix("form.") in step.names]
    return form_rows(own[0].parts if len(own) == 1 and own[0].kind == "group" else own, visit.language)
