"""A dossier's files as its citizen brings them: chosen, sent straight to the store, followed until they are checked."""

from typing import Final

from chalicelib.dossiers import actions, file_actions
from chalicelib.dossiers.life import Stage
from chalicelib.site import bringing
from chalicelib.site.drafting import opened
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Facts, Html, See, Visit

pages: Final = Pages(__name__)


@pages.page("GET", "/ho-so/{dossier_id}/giay-to", who="citizen")
def show_papers(visit: Visit, dossier_id: str) -> Html | See:
    filing = opened(visit, dossier_id)
    if isinstance(filing, See):
        return See(f"/ho-so/{dossier_id}/bo-sung") if _is_supplement(dossier_id, visit) else filing
    step = filing.at("giay-to")
    files = file_actions.listed(dossier_id, visit.person)
    own = {
        "wanted": bringing.wanted(filing.procedure.components, files, visit),
        "following": filing.following(step, visit),
    }
    return Html("filing-papers.html", step.title, filing.facts(step, visit) | own, allow=bringing.to_the_store())


@pages.page("POST", "/ho-so/{dossier_id}/giay-to/{component}", who="citizen")
def begin_upload(visit: Visit, dossier_id: str, component: str) -> See | Facts:
    return bringing.begin(visit, dossier_id, component, f"/ho-so/{dossier_id}")


@pages.page("GET", "/ho-so/{dossier_id}/tai-len/{document_id}", who="citizen")
def choose_file(visit: Visit, dossier_id: str, document_id: str) -> Html:
    dossier = actions.look(dossier_id, visit.person)
    file = bringing.the_file(visit, dossier_id, document_id)
    return bringing.choose(visit, file, dossier.procedure.components[file.component].name, _list_of(dossier_id, visit))


@pages.page("POST", "/ho-so/{dossier_id}/tai-len/{document_id}", who="citizen")
def remove_file(visit: Visit, dossier_id: str, document_id: str) -> See:
    bringing.remove(visit, dossier_id, document_id)
    return See(_list_of(dossier_id, visit))


@pages.page("GET", "/ho-so/{dossier_id}/tinh-trang-tep", who="citizen")
def tell_files(visit: Visit, dossier_id: str) -> Facts:
    return bringing.told(visit, dossier_id)


def _is_supplement(dossier_id: str, visit: Visit) -> bool:
    return actions.look(dossier_id, visit.person).stage == Stage.SUPPLEMENT_REQUESTED


def _list_of(dossier_id: str, visit: Visit) -> str:
    return f"/ho-so/{dossier_id}/{'bo-sung' if _is_supplement(dossier_id, visit) else 'giay-to'}"
