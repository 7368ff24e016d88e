"""A dossier's files as officers bring them: a result's, and papers that people hand over at the desk, scanned."""

from typing import Final

from chalicelib.access import allows
from chalicelib.documents.rules import Document
from chalicelib.dossiers import actions, file_actions
from chalicelib.dossiers.filing import RESULT
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.site import bringing
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Facts, Html, See, Visit

pages: Final = Pages(__name__)
PLACE: Final = "/can-bo/nop-tep"


@pages.page("GET", "/can-bo/tep/{dossier_id}/{document_id}", who="officer")
def save_document(visit: Visit, dossier_id: str, document_id: str) -> See:
    return See(file_actions.fetch(dossier_id, document_id, visit.person, visit.now).url)


@pages.page("POST", "/can-bo/nop-tep/{dossier_id}/giay-to/{component}", who="officer")
def begin_upload_at_desk(visit: Visit, dossier_id: str, component: str) -> See | Facts:
    return bringing.begin(visit, dossier_id, component, f"{PLACE}/{dossier_id}")


@pages.page("GET", "/can-bo/nop-tep/{dossier_id}/tai-len/{document_id}", who="officer")
def choose_file_at_desk(visit: Visit, dossier_id: str, document_id: str) -> Html:
    dossier = actions.look(dossier_id, visit.person)
    listed = dossier.procedure.components
    file = bringing.the_file(visit, dossier_id, document_id)
    name = listed[file.component].name if file.component in listed else file.file_name
    return bringing.choose(visit, file, name, _back(file, dossier, visit))


@pages.page("POST", "/can-bo/nop-tep/{dossier_id}/tai-len/{document_id}", who="officer")
def remove_file_at_desk(visit: Visit, dossier_id: str, document_id: str) -> See:
    dossier = actions.look(dossier_id, visit.person)
    file = bringing.the_file(visit, dossier_id, document_id)
    bringing.remove(visit, dossier_id, document_id)
    return See(_back(file, dossier, visit))


@pages.page("GET", "/can-bo/nop-tep/{dossier_id}/tinh-trang-tep", who="officer")
def tell_files_at_desk(visit: Visit, dossier_id: str) -> Facts:
    return bringing.told(visit, dossier_id)


def _back(file: Document, dossier: Dossier, visit: Visit) -> str:
    """The form for which the file is brought."""
    decided = "quyet-dinh" if allows(visit.person, "decide") else "trinh"
    handed_over = "nop" if dossier.stage == Stage.DRAFT else "nhan-bo-sung"
    deed = decided if file.component == RESULT else handed_over
    return f"/can-bo/ho-so/{file.dossier_id}/{deed}"
