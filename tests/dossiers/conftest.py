"""A small catalogue, and a draft complete enough to be filed."""

import hashlib
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import boto3
import pytest
from pypdf import PdfWriter

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Agency, Channels, Component, Fee, Procedure
from chalicelib.clock.rules import PauseCause, Processing, Unit
from chalicelib.settings import settings
from tests import people

AGENCIES = (
    Agency(code="H32", name="UBND tỉnh Khánh Hòa", level="province"),
    Agency(code="H32.10", name="Sở Tư pháp", level="department", parent="H32"),
    Agency(code="H32.11", name="Sở Xây dựng", level="department", parent="H32"),
)
FORM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["purpose"],
    "properties": {
        "purpose": {"type": "string", "minLength": 3, "title": "Mục đích", "x-title-en": "Purpose"},
        "copies": {"type": "integer", "minimum": 1},
    },
    "examples": [{"purpose": "Bổ túc hồ sơ xin việc", "copies": 2}],
}


def _a_pdf() -> bytes:
    writer, page = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=200, height=200)
    writer.write(page)
    return page.getvalue()


PDF = _a_pdf()
PAPER = Component(code="giay-to", name="Giấy tờ tuỳ thân", original=0, copy=1, required=True)


def a_procedure(code: str, **facts: Any) -> Procedure:
    usual: dict[str, Any] = {
        "name": f"Thủ tục {code}",
        "agencies": ("H32.10",),
        "field": "Hộ tịch",
        "level": 4,
        "service": "full",
        "components": (),
        "form": FORM,
        "processing": Processing(unit=Unit.WORKING_DAY, amount=5),
        "pauses": (PauseCause.SUPPLEMENT, PauseCause.FINANCIAL_OBLIGATION, PauseCause.OTHER_AGENCY),
        "channels": Channels(submit=("online", "desk"), pay=("online", "desk"), return_=("online", "desk", "post")),
        "presence_required": False,
        "visits": 0,
        "source": "test",
        "valid_from": date(2025, 7, 1),
    }
    return Procedure(code=code, **usual | facts)


FREE = a_procedure("1.000001")
PAID = a_procedure("1.000002", fees=(Fee(code="LP1", name="Lệ phí", kind="le_phi", amount=20_000),))
AT_DESK = a_procedure(
    "1.000003",
    level=3,
    fees=(Fee(code="LP1", name="Lệ phí", kind="le_phi", amount=8_000),),
    channels=Channels(submit=("online", "desk"), pay=("desk",), return_=("desk",)),
)
WITH_PAPER = a_procedure("1.000004", components=(PAPER,))
ABOLISHED = a_procedure("1.000005", status="abolished")
OFFLINE = a_procedure(
    "1.000006", level=2, service="information", channels=Channels(submit=("desk", "post"), return_=("desk",)), visits=2
)
PROCEDURES = (FREE, PAID, AT_DESK, WITH_PAPER, ABOLISHED, OFFLINE)


def publish() -> None:
    """Published once, properly; then put back as it was, which is quicker."""
    if PUBLISHED:
        boto3.client("dynamodb").batch_write_item(
            RequestItems={settings().TABLE: [{"PutRequest": {"Item": item}} for item in PUBLISHED]}
        )
        return
    catalogue.keep_agencies(AGENCIES)
    for procedure in PROCEDURES:
        catalogue.publish(procedure, date(2025, 7, 1))
    for pk in ("AGENCIES", "CATALOGUE", *(f"P#{procedure.code}" for procedure in PROCEDURES)):
        found = boto3.client("dynamodb").query(
            TableName=settings().TABLE,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )
        PUBLISHED.extend(found["Items"])


PUBLISHED: list[dict[str, Any]] = []


@pytest.fixture
def town(town: people.Town) -> people.Town:
    publish()
    return town


def an_applicant(**changes: Any) -> dict[str, Any]:
    address = {"line": "12 Lê Lợi", "commune": "Nha Trang", "province": "Khánh Hòa"}
    return {
        "kind": "person",
        "full_name": "Trần Thị Bình",
        "identity_number": "056190001234",
        "phone": "0905123456",
        "email": "binh@example.vn",
        "address": address,
        **changes,
    }


def a_draft(procedure: str = FREE.code, **changes: Any) -> dict[str, Any]:
    return {
        "procedure": procedure,
        "applicant": an_applicant(),
        "form": {"purpose": "Bổ túc hồ sơ"},
        "delivery": {"channel": "online"},
        **changes,
    }


POSTED = {
    "channel": "post",
    "address": {"line": "12 Lê Lợi", "commune": "Nha Trang", "province": "Khánh Hòa"},
    "recipient": "Trần Thị Bình",
    "phone": "0905123456",
}


def file(person: people.Person, procedure: str = FREE.code, **changes: Any) -> dict[str, Any]:
    """Begun and submitted."""
    draft = person.post("/dossiers", a_draft(procedure, **changes))
    assert draft.status == 201, draft
    filed = person.post(f"/dossiers/{draft.body['id']}/submission")
    assert filed.status == 200, filed
    return filed.body


def accepted(town: people.Town, procedure: str = FREE.code, **changes: Any) -> str:
    """A citizen's dossier, accepted by a clerk of the agency; its id."""
    dossier_id: str = file(town.citizen(), procedure, **changes)["id"]
    assert town.officer("clerk", "H32.10").decide(dossier_id, "acceptance").status == 200
    return dossier_id


class Uploaded:
    """A file put into the store, and the event of its arrival."""

    def __init__(self, dossier_id: str, document_id: str) -> None:
        self.dossier_id, self.id = dossier_id, document_id

    def arrive(self) -> None:
        from chalicelib.clock.now import now
        from chalicelib.documents.actions import arrived

        boto3.client("s3").put_object(
            Bucket=settings().BUCKET,
            Key=f"quarantine/{self.dossier_id}/{self.id}",
            Body=PDF,
            ContentType="application/pdf",
        )
        arrived(f"quarantine/{self.dossier_id}/{self.id}", now())


@pytest.fixture
def uploaded() -> Callable[..., Uploaded]:
    def upload(person: people.Person, dossier_id: str, component: str, *, checked: bool = True) -> Uploaded:
        asked = {
            "component": component,
            "file_name": "giấy tờ.pdf",
            "content_type": "application/pdf",
            "size": len(PDF),
            "sha256": hashlib.sha256(PDF).hexdigest(),
        }
        form = person.post(f"/dossiers/{dossier_id}/documents", asked)
        assert form.status == 201, form
        document = Uploaded(dossier_id, form.body["document_id"])
        if checked:
            document.arrive()
        return document

    return upload
