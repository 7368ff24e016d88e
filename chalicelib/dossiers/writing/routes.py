"""Results written from a template, over HTTP: the template filled in, a draft of the paper, and the paper kept."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.catalogue.result_templates import LONGEST_TEXT
from chalicelib.documents.rules import TooManyDocuments
from chalicelib.dossiers.life import NotInThisStage
from chalicelib.dossiers.rules import Dossier, SomebodyElseWasFaster, UnknownDossier
from chalicelib.dossiers.shown import DossierShown, act_of, shown
from chalicelib.dossiers.writing import actions
from chalicelib.dossiers.writing.actions import Offered, Said
from chalicelib.dossiers.writing.rules import NoResultTemplate, Which, WrittenTooLong
from chalicelib.refusals import Forbidden
from chalicelib.shapes import Shape
from chalicelib.web import Call, Query, Request, Routes

routes = Routes(__name__)
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class TemplateAsked(Query):
    template: Which | None = None


class ResultWriting(Request):
    """`texts`: by the name of each blank of the template, what the officer adds."""

    template: Which | None = None
    texts: Annotated[dict[Name, Annotated[str, Field(max_length=LONGEST_TEXT)]], Field(max_length=20)] = {}

    @property
    def said(self) -> Said:
        return Said(self.template, self.texts)


class BlankShown(Shape):
    """`text`: what is suggested."""

    name: str
    label: str
    hint: str
    required: bool
    longest: int
    text: str


class ParagraphShown(Shape):
    style: Literal["plain", "heading"]
    text: str


class TemplateShown(Shape):
    """The template with the dossier's facts in it; a blank stands in it by its label, in brackets."""

    template: Which
    has_own: bool
    title: str
    subject: str
    paragraphs: list[ParagraphShown]
    blanks: list[BlankShown]


class DraftLink(Shape):
    """`url` shows the PDF for a few minutes."""

    url: str
    expires_at: datetime


READING = (UnknownDossier, NotInThisStage, NoResultTemplate, Forbidden)


@routes.on(
    "GET",
    "/dossiers/{dossier_id}/result-template",
    query=TemplateAsked,
    answer=TemplateShown,
    who="officer",
    refuses=READING,
)
def read_result_template(call: Call, dossier_id: str) -> TemplateShown:
    """What the dossier's result may be written from: the procedure's own template, or the general notice."""
    return _shown(actions.offered(dossier_id, call.query.template, call.person, call.now), call)


def _shown(it: Offered, call: Call) -> TemplateShown:
    blanks = [
        BlankShown(
            name=each.name,
            label=(each.label_en if call.language == "en" else "") or each.label,
            hint=each.hint,
            required=each.required,
            longest=each.longest,
            text=it.texts[each.name],
        )
        for each in it.template.blanks
    ]
    body = [ParagraphShown(**each._asdict()) for each in it.paragraphs]
    return TemplateShown(
        template=it.which,
        has_own=it.has_own,
        title=it.template.title,
        subject=it.subject,
        paragraphs=body,
        blanks=blanks,
    )


@routes.on(
    "POST",
    "/dossiers/{dossier_id}/result-drafts",
    body=ResultWriting,
    answer=DraftLink,
    who="officer",
    refuses=(*READING, WrittenTooLong),
)
def draft_result(call: Call, dossier_id: str) -> DraftLink:
    """A link to the result as it would be, marked as a draft; nothing of the dossier changes."""
    handed = actions.draft(dossier_id, call.body.said, call.person, call.now)
    return DraftLink(url=handed.url, expires_at=handed.expires_at)


@routes.on(
    "POST",
    "/dossiers/{dossier_id}/result-papers",
    body=ResultWriting,
    answer=DossierShown,
    show=shown,
    who="officer",
    once=True,
    if_match="required",
    refuses=(*READING, SomebodyElseWasFaster, WrittenTooLong, TooManyDocuments),
)
def write_result(call: Call, dossier_id: str) -> Dossier:
    """Write the result: a numbered PDF among the dossier's result documents, to be proposed or decided on."""
    return actions.write(dossier_id, call.body.said, act_of(call))
