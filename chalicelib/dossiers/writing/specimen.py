"""A result as a template would make it, with facts of nobody: what the people who answer for the template look at."""

from datetime import datetime
from typing import Final

from chalicelib.catalogue.result_templates import FACTS, ResultTemplate
from chalicelib.dossiers.paper_facts import Issuer
from chalicelib.dossiers.writing import rules
from chalicelib.dossiers.writing.general import ROOM
from chalicelib.papers import blocks
from chalicelib.papers.actions import Handed
from chalicelib.papers.layout import TO_FILL_IN
from chalicelib.papers.preview import drawn_once
from chalicelib.papers.sample import AT
from chalicelib.papers.sample import FACTS as KNOWN
from chalicelib.settings import settings

SAMPLE: Final = {
    **{"code": KNOWN["code"], "procedure": KNOWN["content"], "procedure_code": KNOWN["procedure"]},
    **{"agency": KNOWN["unit"], "field": KNOWN["field"], "place": KNOWN["place"], "superior": KNOWN["superior"]},
    **{"applicant": KNOWN["applicant"], "owner": KNOWN["owner"], "owner.address": KNOWN["address"]},
    **{"applicant.address": KNOWN["address"], "applicant.phone": KNOWN["phone"]},
    **dict.fromkeys(("submitted_on", "accepted_on", "decided_on", "due_on"), f"{AT:%d/%m/%Y}"),
}


def preview(template: ResultTemplate, now: datetime) -> Handed:
    """A link to it, marked as a draft; what an officer adds stands in it by its label, in brackets."""
    said = {name: SAMPLE.get(name, f"[{vi}]") for name, (vi, _) in FACTS.items()}
    said |= {each.name: f"[{each.label}]" for each in template.blanks}
    by = Issuer(KNOWN["superior"], KNOWN["unit"], KNOWN["place"], "", settings().PUBLIC_URL)
    facts = rules.papers_facts(rules.Words(template, said, by, "", AT), TO_FILL_IN)
    frame = blocks.template(rules.form_of(template).kind, settings().PROVINCE, ROOM)
    return drawn_once(rules.form_of(template), frame, facts, now)
