"""Full facts for every form, a statement, and what to read a drawn paper back with."""

import io
from typing import Any

from pypdf import PdfReader

from chalicelib.papers import blocks, drawing, layout
from chalicelib.papers.blocks import Sheet
from chalicelib.papers.forms import Form, FormSet, PaperKind, sets
from chalicelib.papers.rules import Statement
from chalicelib.papers.sample import AT, DUE
from chalicelib.papers.sample import FACTS as COMMON

FORMS = [(each, form) for each in sets() for form in each.forms.values()]
STATEMENT = Statement(
    paper_id="a1b2c3d4e5f6g7h2i3j4k5l6m7-4-receipt",
    dossier_code="H32.10-261120-0001",
    procedure="2.000635",
    applicant="******00****",
    document="Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    system="Hệ thống thông tin giải quyết TTHC Khánh Hòa",
    at=AT,
    due_at=DUE,
)
QR = "https://motcua.example/verifications/" + "eyJ" * 150


def named(pair: tuple[FormSet, Form]) -> str:
    return f"{pair[0].code}-{pair[1].number}"


def facts(form: Form, **changes: Any) -> dict[str, Any]:
    """Exactly the fields of the form."""
    return {name: ({**COMMON, **changes})[name] for name in form.fields if name != "title"}


def sheet(form: Form, **changes: Any) -> Sheet:
    return layout.put(blocks.template(form.kind, "H32"), form, facts(form, **changes))


def drawn(form: Form, **changes: Any) -> bytes:
    return drawing.drawn(sheet(form, **changes), AT, None if form.kind == PaperKind.REGISTER else QR)


def read(pdf: bytes) -> str:
    """Its text, however it was broken into lines."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
