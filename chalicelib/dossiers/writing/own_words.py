"""The notice that does for every procedure, in the province's own words where it has any, else as it is shipped."""

from datetime import datetime
from typing import Final

from chalicelib.catalogue.result_templates import ResultTemplate
from chalicelib.dossiers.writing import judging
from chalicelib.dossiers.writing.general import general
from chalicelib.wordings import actions
from chalicelib.wordings.rules import number_of, own

SLUG: Final = "result/general"


def template(now: datetime) -> ResultTemplate:
    """In force now; what no longer fits this release is logged, and never holds a result up."""
    edition = actions.current(SLUG, now)
    parts = own(edition)
    wrong = judging.faults(general(), parts) if parts else []
    if wrong:
        actions.failed(f"{SLUG}+{number_of(edition)}", wrong[0].code)
    return general() if wrong else judging.worded(general(), parts)
