"""A form as it is in force, drawn with facts of nobody: what the people who answer for a template look at."""

from datetime import datetime

from chalicelib.history.rules import digest
from chalicelib.papers import blocks, drawing, files, layout
from chalicelib.papers.actions import PDF, Handed
from chalicelib.papers.forms import Form
from chalicelib.papers.sample import AT, FACTS


def preview(form: Form, province: str, now: datetime, room: str = blocks.HERE) -> Handed:
    """A link to it, marked as a draft; drawn once for each state of the template."""
    facts = {name: FACTS[name] for name in form.fields if name != "title"}
    sheet = layout.as_draft(layout.put(blocks.template(form.kind, province, room), form, facts))
    key = f"drafts/mau/{digest(sheet.model_dump(mode='json'))[:32]}.pdf"
    if not files.is_kept(key):
        files.keep(key, drawing.drawn(sheet, AT), PDF)
    return Handed(files.link(key, PDF, f"mau-{form.kind}.pdf"), now + files.LIFETIME, "")
