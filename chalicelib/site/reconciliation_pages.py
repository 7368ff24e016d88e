"""Reconciliations as pages: a statement handed in as a file or pasted, what differs, and what to do about it."""

import base64
from itertools import groupby
from typing import Final

from chalicelib.access import allows
from chalicelib.payments import providers
from chalicelib.payments.reconciling import actions
from chalicelib.payments.reconciling.actions import Asked
from chalicelib.payments.reconciling.routes import LARGEST_FILE, NewReconciliation
from chalicelib.payments.reconciling.shown import PAGE
from chalicelib.payments.reconciling.statement_words import told
from chalicelib.payments.reconciling.words import KINDS, STATUSES, meaning
from chalicelib.refusals import Invalid, Language
from chalicelib.settings import settings
from chalicelib.site.deciding import asked_as
from chalicelib.site.pages import Pages
from chalicelib.site.provider_names import short_name
from chalicelib.site.visits import Fields, Html, See, Visit, here
from chalicelib.web.cursors import cursor_after, offset_of, position_of

pages: Final = Pages(__name__)
LARGEST_FORM: Final = 2 * LARGEST_FILE  # base64 in a form: `+` and `/` take three characters each


def _providers(language: Language) -> list[tuple[str, str]]:
    """Those in whose name payments are made, and which therefore have statements."""
    known = [each for each in settings().PAYMENTS if providers.configured(each)]
    return [(each, short_name(each, language)) for each in known if each == providers.adapter(each).SERVES]


@pages.page("GET", "/can-bo/doi-soat", who="officer")
def list_reconciliation_runs(visit: Visit) -> Html:
    return _listed(visit)


def _listed(visit: Visit, status: int = 200, no: Invalid | None = None) -> Html:
    known = _providers(visit.language)
    provider = visit.query["qua"] or (known[0][0] if known else "")
    after = position_of(visit.query["sau"])
    runs, following = actions.listed(provider, visit.person, PAGE, after)
    facts = {
        "runs": runs,
        "providers": known,
        "provider": provider,
        "reconciles": allows(visit.person, "reconcile"),
        "typed": visit.form,
        "next": here("/can-bo/doi-soat", qua=provider, sau=cursor_after(following)) if following else "",
    }
    title = visit.told("Đối soát", "Reconciliation")
    return Html("reconciliations.html", title, facts, status, no.faults if no else ())


@pages.page("POST", "/can-bo/doi-soat", who="officer", largest=LARGEST_FORM)
def hand_in_statement(visit: Visit) -> Html | See:
    """The file as the script read it, in base64; or, without a script, a CSV pasted as text."""
    try:
        asked = asked_as_statement(visit.form)
        whole = actions.reconcile(asked, visit.person, visit.now, visit.once(lambda done: _address(done.run.id)))
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _listed(visit, 422, no)
    return See(_address(whole.run.id))


def asked_as_statement(form: Fields) -> Asked:
    """What a form says of a statement; raises `Invalid`."""
    pasted = base64.b64encode(form["pasted"].encode()).decode()
    is_file = bool(form["content"])
    facts = {
        "provider": form["provider"],
        "from": form["from"],
        "to": form["to"],
        "format": "xlsx" if is_file and form["name"].lower().endswith(".xlsx") else "csv",
        "file": form["content"] or pasted,
    }
    said = asked_as(NewReconciliation, facts, LARGEST_FORM)
    return Asked(said.provider, said.first, said.last, said.format, said.file)


@pages.page("GET", "/can-bo/doi-soat/{run_id}", who="officer")
def show_reconciliation_run(visit: Visit, run_id: str) -> Html:
    whole = actions.look(run_id, visit.person)
    first, language = offset_of(visit.query["sau"]), visit.language
    following = first + PAGE
    facts = {
        "run": whole.run,
        "totals": [
            (each, KINDS[each.kind].told(language), STATUSES[each.status].told(language)) for each in whole.totals[:200]
        ],
        "alike": [
            (tuple(part.told(language) for part in what), list(each))
            for what, each in groupby(whole.differences[first:following], meaning)
        ],
        "through": short_name(whole.run.provider, language),
        "unreadable": [told(each, language) for each in whole.unreadable[:PAGE]],
        "next": here(_address(run_id), sau=cursor_after(str(following))) if following < len(whole.differences) else "",
    }
    title = visit.told("Kết quả đối soát", "Outcome of a reconciliation")
    return Html("reconciliation.html", title, facts)


@pages.page("GET", "/can-bo/doi-soat/{run_id}/bang", who="officer")
def save_reconciliation_book(visit: Visit, run_id: str) -> See:
    return See(actions.book(run_id, visit.person, visit.now).url)


def _address(run_id: str) -> str:
    return f"/can-bo/doi-soat/{run_id}"
