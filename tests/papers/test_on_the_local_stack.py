"""A paper on the whole local stack: its link opens, its code is verified with the service and without it."""

import json
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest
import urllib3

from ops.local.template import ROOT
from tests.local_stack import Started, told
from tests.papers.examples import read
from tests.people import Person, Send, over_http

pytestmark = [pytest.mark.stack, pytest.mark.slow]
APPLICANT = {
    "kind": "person",
    "full_name": "Trần Thị Bình",
    "identity_number": "056190001234",
    "phone": "0905123456",
    "address": {"line": "12 Lê Lợi", "commune": "Phường Nha Trang", "province": "Khánh Hòa"},
}


def free_procedure(send: Send) -> dict[str, Any]:
    """One of the sample that costs nothing and may be filed at the desk by a person."""
    listed = send("GET", "/procedures?limit=100", {}, b"").body["items"]
    details = (send("GET", f"/procedures/{each['code']}", {}, b"").body for each in listed if not each["fee_total"])
    at_desk = (
        each for each in details if "desk" in each["channels"]["submit"] and "desk" in each["channels"]["return"]
    )
    return next(each for each in at_desk if each["form"].get("examples"))


def accepted(clerk: Person, procedure: dict[str, Any], agency: str) -> str:
    draft = clerk.post(
        "/dossiers",
        {
            "procedure": procedure["code"],
            "agency": agency,
            "applicant": APPLICANT,
            "form": procedure["form"]["examples"][0],
            "delivery": {"channel": "desk"},
            "paper": [each["code"] for each in procedure["components"]],
        },
    )
    assert draft.status == 201, draft
    dossier_id: str = draft.body["id"]
    assert clerk.post(f"/dossiers/{dossier_id}/submission").status == 200
    assert clerk.decide(dossier_id, "acceptance").status == 200
    return dossier_id


def test_a_receipt_is_opened_and_verified(local_stack: Started) -> None:
    send = over_http(local_stack.url)
    procedure = free_procedure(send)
    agency = procedure["agency"]
    clerk = Person(
        send, told(local_stack.data, "token", "--role", "clerk", "--sub", "an", "--agency", agency).stdout.strip()
    )
    dossier_id = accepted(clerk, procedure, agency)
    link = clerk.get(f"/dossiers/{dossier_id}/papers/{dossier_id}-3-receipt")
    assert link.status == 200, link

    opened = urllib3.request("GET", link.body["url"], retries=False)
    assert opened.status == 200, opened.data
    text = read(opened.data)
    assert "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ" in text
    assert "Trần Thị Bình" in text
    assert send("GET", link.body["verification"], {}, b"").body["valid"] is True

    asked = [sys.executable, "-m", "ops.verify", "--data", str(local_stack.data), link.body["token"]]
    alone = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert json.loads(alone.stdout)["dossier_code"] == clerk.get(f"/dossiers/{dossier_id}").body["code"]

    yesterday, tomorrow = (date.today() + timedelta(days=days) for days in (-1, 1))
    register = clerk.get(f"/desk/register?from={yesterday}&to={tomorrow}&format=xlsx")
    assert urllib3.request("GET", register.body["url"], retries=False).data.startswith(b"PK")
    assert "papers" not in told(local_stack.data, "credentials").stdout
