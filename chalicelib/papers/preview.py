"""A form as it is in force, drawn with facts of nobody: what the people who answer for a template look at."""

from datetime import datetime
from typing import Any

from chalicelib.history.rules import digest
from chalicelib.papers import drawing, files, layout
from chalicelib.papers.actions import PDF, Handed
from chalicelib.papers.blocks import Template
from chalicelib.papers.forms import Form
from chalicelib.papers.sample import AT, FACTS


def facts_of(form: Form) -> dict[str, Any]:
    return {name: FACTS[name] for name in form.fields if name != "title"}


def preview(form: Form, template: Template, now: datetime) -> Handed:
    """A link to it, marked as a draft; drawn once for each state of the template."""
    return drawn_once(form, template, facts_of(form), now)


def drawn_once(form: Form, template: Template, facts: dict[str, Any], now: datetime) -> Handed:
    """The same for a form of which another room knows sample facts."""
    sheet = layout.as_draft(layout.put(template, form, facts), whole=True)
    key = f"drafts/mau/{digest(sheet.model_dump(mode='json'))[:32]}.pdf"
    if not files.is_kept(key):
        files.keep(key, drawing.drawn(sheet, AT), PDF)
    return Handed(files.link(key, PDF, f"mau-{form.kind}.pdf", "inline"), now + files.LIFETIME, "")
