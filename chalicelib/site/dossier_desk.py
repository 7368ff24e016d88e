"""Everything an officer sees of a dossier, read for its one page; nothing is changed here."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from chalicelib.access import Caller, allows
from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Procedure
from chalicelib.clock import outage_actions as outages
from chalicelib.documents import actions as documents
from chalicelib.documents import files
from chalicelib.documents.pdf_signature_words import told
from chalicelib.documents.rules import Document, State
from chalicelib.documents.shown import signatures_shown
from chalicelib.dossiers import actions, cover_actions, desk_actions, file_actions, paper_actions
from chalicelib.dossiers.explained import deadline_shown
from chalicelib.dossiers.filing import RESULT
from chalicelib.dossiers.life import NAMES, NEXT, RUNNING, Stage
from chalicelib.dossiers.paper_words import phone
from chalicelib.dossiers.rules import Dossier
from chalicelib.dossiers.status import turn
from chalicelib.dossiers.writing.given import given_out
from chalicelib.history.rules import Event, EventType, broken_at
from chalicelib.papers.forms import PaperKind
from chalicelib.papers.rules import number
from chalicelib.payments import actions as payments
from chalicelib.refusals import Fault, Language
from chalicelib.site import colleagues, supplying, writing
from chalicelib.site.answers_shown import answers
from chalicelib.site.asking import fields, phrases
from chalicelib.site.bringing import Wanted, shown, wanted
from chalicelib.site.called import Called
from chalicelib.site.choices import BY_SLUG, WRITE, Choice, available
from chalicelib.site.desk_words import CAUSES, FACTS, due_in, value
from chalicelib.site.fitting import causes
from chalicelib.site.happened import Happened, happened
from chalicelib.site.provider_names import short_name
from chalicelib.site.questions import Question
from chalicelib.site.questions import questions as asked
from chalicelib.site.rendering import when
from chalicelib.site.steps import named
from chalicelib.site.visits import Fields, Html, Visit
from chalicelib.site.wording import said

MOST_OUTAGES: Final = 20


class Shown(NamedTuple):
    """How the page is to be shown: with which form open, what was typed in it, and what was wrong.

    `draft`: where the paper that would come of it is shown.
    """

    choice: Choice | None = None
    typed: Fields = Fields()
    status: int = 200
    faults: Sequence[Fault] = ()
    seen: int | None = None  # by whoever sent the form: what came after it they are told
    draft: str = ""


AS_IT_IS: Final = Shown()


def page(visit: Visit, dossier_id: str, how: Shown = AS_IT_IS) -> Html:
    """The dossier with its documents beside it; of the bucket only this page lets anything in."""
    dossier, events = actions.past(dossier_id, visit.person)
    papers = file_actions.listed(dossier_id, visit.person)
    procedure = catalogue.pinned(dossier.procedure.code, dossier.procedure.key)
    called = Called(dossier, procedure.form, visit.language, colleagues.of(dossier.agency, visit.now).names)
    person = cover_actions.on(dossier, visit.person, visit.now)
    open_to = available(dossier, person, visit.now)
    choice = how.choice if how.choice in open_to else None
    facts = {
        "dossier": dossier,
        "stage": said(NAMES[dossier.stage], visit.language),
        "turn": turn(dossier, visit.language),
        **_dates(dossier, events, visit),
        **_past(events, called),
        "is_intact": broken_at(events) is None,
        "choices": open_to,
        **_form(how, choice, visit.language),
        "meanwhile": _meanwhile(events, how.seen, called, visit.person.subject),
        "answers": answers(procedure.form, dossier.form, visit.language),
        "asked_for": called.asked_for(),
        **_documents(dossier, papers, visit),
        "given": {each.document: each for each in given_out(events)},
        **_open(dossier, person, visit.person),
        **_money(dossier, visit),
        "papers": [paper_shown(each) for each in paper_actions.listed(dossier_id, visit.person)],
        "said": said,
        "value": value,
        "provider_called": short_name,
        "phone": phone,
        **(_of_choice(choice, dossier, procedure, papers, how, visit) if choice else {}),
        "done": _done(visit),
    }
    title = f"{dossier.code or visit.told('Bản nháp', 'Draft')} · {dossier.procedure.name}"
    bucket = files.origin()
    allow = {"frame-src": (bucket,), "img-src": (bucket,), "connect-src": (bucket,)}
    faults = _named(how.faults, asked(procedure.form, dossier.form, visit.language), visit.language) if choice else ()
    return Html("officer-dossier.html", title, facts, how.status, faults, allow)


def _form(how: Shown, choice: Choice | None, language: Language) -> dict[str, Any]:
    """The one that is open; or one that can be sent no more, with what was written in it."""
    return {
        "choice": choice,
        "lost": how.choice if not choice else None,
        "typed": how.typed,
        "written": _written(how.typed, language),
        "draft": how.draft,
    }


def _dates(dossier: Dossier, events: Sequence[Event], visit: Visit) -> dict[str, Any]:
    by = dossier.acceptance_due_at if dossier.stage == Stage.SUBMITTED else dossier.due_at
    clocks = actions.clocks(dossier, events, visit.now)
    return {
        "due": due_in(dossier.stage, by, visit.now, desk_actions.soon_until(dossier.agency, visit.now), visit.language),
        "deadline": deadline_shown(clocks.clock, dossier, clocks.steps, visit.now, visit.language),
    }


def _open(dossier: Dossier, person: Caller, alone: Caller) -> dict[str, Any]:
    """What else than the choices the officer may do; `alone`: without the covers."""
    return {
        "may_upload": dossier.stage in RUNNING and allows(person, "upload_result", dossier),
        "covered": dossier.officer if dossier.officer in person.covers else "",
        "revokes": allows(alone, "revoke_paper", dossier) and (dossier.stage, EventType.PAPER_REVOKED) in NEXT,
    }


def _past(events: Sequence[Event], called: Called) -> dict[str, Any]:
    """Newest first; what its citizen did while it was a draft stands apart, but for its beginning."""
    filed = next((each.seq for each in events if each.type == EventType.SUBMITTED), 0)
    drafting = [each for each in events if each.type == EventType.EDITED and each.seq < filed]
    told = [each for each in events if each not in drafting]
    return {"events": happened(told[::-1], called), "drafting": happened(drafting[::-1], called)}


def _done(visit: Visit) -> str:
    done = BY_SLUG.get(visit.query["xong"])
    return said(done.done, visit.language) if done and visit.method == "GET" else ""


def _meanwhile(events: Sequence[Event], seen: int | None, called: Called, subject: str) -> list[Happened]:
    """What was done since the version somebody had before them; answers kept with their own form are no news."""
    since = [each for each in events if seen is not None and each.seq > max(seen, 0)]
    news = [each for each in since if each.type != EventType.EDITED or each.actor.id != subject]
    return happened(news, called)


def _named(faults: Sequence[Fault], questions: Sequence[Question], language: Language) -> list[Fault]:
    """Of the dossier's own form as its questions are called, of an officer's as the history calls what it keeps."""
    return [
        each._replace(vi=f"{known[0].capitalize()}: {each.vi}", en=f"{known[1].capitalize()}: {each.en}")
        if all(known := FACTS.get(each.pointer.strip("/"), ("", "")))
        else each
        for each in named(faults, questions, language)
    ]


def _written(typed: Fields, language: Language) -> list[tuple[str, str]]:
    """The words of a form that can be sent no more, for whoever wrote them to keep: a label, which may be empty."""
    named = [(name.split(".")[0], text) for name, text in typed.pairs if text]
    return [(said(FACTS[name], language).capitalize(), text) for name, text in named if name in FACTS]


def _documents(dossier: Dossier, papers: Sequence[Document], visit: Visit) -> dict[str, Any]:
    """The list, and of the one asked for a link to look at it; else of the first that can be shown, a result's."""
    wanted = visit.query["tai-lieu"]
    links = {each.id: documents.link_to_look(each) for each in papers if not wanted or each.id == wanted}
    foremost = sorted(papers, key=lambda each: each.component != RESULT)
    looked_at = next((each for each in foremost if links.get(each.id)), None)
    names = {code: each.name for code, each in dossier.procedure.components.items()}
    return {
        "documents": [(shown(each, visit), names.get(each.component, _result_name(visit)), each) for each in papers],
        "signed": {each.id: signatures_shown(each, visit.language) for each in papers},
        "result_files": {each.id for each in papers if each.component == RESULT},
        "looked_at": looked_at,
        "link": links[looked_at.id] if looked_at else "",
    }


def _result_name(visit: Visit) -> str:
    return visit.told("Tệp kết quả", "Result file")


def _money(dossier: Dossier, visit: Visit) -> dict[str, Any]:
    account = payments.account(dossier.id, visit.person, visit.now)
    sees = allows(visit.person, "see_money", dossier)
    return {"attempts": account.attempts, "fee": account.fee, "sees_money": sees}


def paper_shown(standing: paper_actions.Standing) -> dict[str, Any]:
    paper = standing.paper
    form = paper.forms.form(paper.kind)
    return {
        "id": paper.id,
        "title": form.title,
        "number": number(standing.code, paper.event.seq, form),
        "at": paper.event.at,
        "revoked": standing.revocation.reason if standing.revocation else "",
        "superseded": standing.superseded,
        "stands": not standing.revocation and paper.kind != PaperKind.CONTROL_SLIP,
    }


def _of_choice(
    choice: Choice, dossier: Dossier, procedure: Procedure, papers: Sequence[Document], how: Shown, visit: Visit
) -> dict[str, Any]:
    """What a form needs beside the dossier."""
    language = visit.language
    match choice.slug:
        case "nop":
            return {"wanted": _to_scan(dossier, wanted(procedure.components, papers, visit), visit)}
        case "bo-sung":
            return {
                "fields": list(fields(asked(procedure.form, dossier.form, language))),
                "phrases": phrases(dossier.agency, dossier.language, visit.now),
                "is_second": dossier.accepted_at is not None and dossier.supplements_after_acceptance > 0,
            }
        case "nhan-bo-sung":
            found = supplying.opened(dossier)
            assert found  # noqa: S101 - else it could not be chosen
            form = found.answered(how.typed) if how.typed.pairs else dossier.form
            return supplying.facts(found, form, papers, visit)
        case "tam-dung":
            return {"causes": [(each.value, said(CAUSES[each], language)) for each in causes(dossier)]}
        case "trinh" | "quyet-dinh":
            own = [each for each in papers if each.component == RESULT]
            clean = [each for each in own if each.state is State.CLEAN]
            ended = [each for each in outages.listed(MOST_OUTAGES, "").outages if each.concerns(dossier.agency)]
            known = [(each.id, f"{when(each.begin)} – {when(each.to)}: {each.reason[:60]}") for each in ended]
            results = [(each.id, each.file_name) for each in clean]
            doubts = [(file.file_name, told(each, language)) for file in clean for each in file.doubtful_signatures]
            return {"results": results, "outages": known, "wanted": [_result(own, visit)], "doubts": doubts}
        case _ if choice.slug == WRITE:
            return writing.facts(dossier.id, how.typed, visit)
        case "nhan-viec" | "phan-cong" | "buoc":
            return {"steps": [(each.name, each.name) for each in dossier.procedure.steps]}
    return {}


def _to_scan(dossier: Dossier, papers: Sequence[Wanted], visit: Visit) -> list[Wanted]:
    """What was seen on paper says so, and need not be scanned."""
    seen = visit.told("Đã xem bản giấy tại quầy.", "Seen on paper at the desk.")
    return [each._replace(note=seen, required=False) if each.code in dossier.paper else each for each in papers]


def _result(files: Sequence[Document], visit: Visit) -> Wanted:
    accept, listed = ",".join(file_actions.RESULT_TYPES), [shown(each, visit) for each in files]
    return Wanted(RESULT, _result_name(visit), required=True, note="", accept=accept, files=listed)
