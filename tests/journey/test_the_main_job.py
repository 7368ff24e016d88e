"""The main job, end to end, over HTTP on the whole local stack: workers run as deployed, papers go into the store,
money through the simulated provider, the result through the simulated carrier, letters into the mailbox."""

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.local_stack import Started, started, told
from tests.people import Person, Reply, Send, over_http

pytestmark = [pytest.mark.stack, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
FILES = ROOT / "examples" / "files"
PROCEDURE, AGENCY = "1.005136", "H32.10"
PAPERS = {"giay-to-quoc-tich": ("giay-to.pdf", "application/pdf"), "anh-4x6": ("anh-4x6.png", "image/png")}
HOME = {"line": "12 Lê Lợi", "commune": "Phường Nha Trang", "province": "Khánh Hòa"}
BINH = {
    "kind": "person",
    "full_name": "Trần Thị Bình",
    "identity_number": "056190001234",
    "phone": "0905123456",
    "email": "binh@example.vn",
    "address": HOME,
}
BY_POST = {"channel": "post", "recipient": "Trần Thị Bình", "phone": "0905123456", "address": HOME}


class Province:
    """The people of one running stack."""

    def __init__(self, stack: Started) -> None:
        self.stack, self.send = stack, over_http(stack.url)

    def person(self, role: str, sub: str, agency: str = "") -> Person:
        printed = told(self.stack.data, "token", "--role", role, "--sub", sub, "--agency", agency)
        return Person(self.send, printed.stdout.strip())

    def run(self, schedule: str) -> None:
        """What the schedule would do by itself within minutes."""
        assert self.send("POST", f"/_local/run/{schedule}", {}, b"").status == 200

    def letters(self) -> list[str]:
        return [letter["subject"] for letter in self.send("GET", "/_local/mail.json", {}, b"").body]


def until(asked: Callable[[], Any], wanted: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while (found := asked()) != wanted:
        assert time.monotonic() < deadline, f"{found} did not become {wanted}"
        time.sleep(0.3)


def upload(person: Person, dossier_id: str, component: str) -> Reply:
    name, kind = PAPERS[component]
    content = (FILES / name).read_bytes()
    asked = {
        "component": component,
        "file_name": name,
        "content_type": kind,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    form = person.post(f"/dossiers/{dossier_id}/documents", asked)
    assert form.status == 201, form
    fields = {**form.body["upload"]["fields"], "file": (name, content, kind)}
    stored = urllib3.PoolManager().request("POST", form.body["upload"]["url"], fields=fields)
    assert stored.status == 201, stored.data
    return form


def pay(send: Send, pay_url: str) -> None:
    """The citizen presses the button on the provider's page."""
    urllib3.PoolManager().request("POST", pay_url, fields={"action": "pay"}, encode_multipart=False, redirect=False)


def journey(province: Province) -> dict[str, Any]:
    """From the first search to the result in the post; answers the dossier as it is at the end."""
    binh = province.person("citizen", "binh")
    an = province.person("clerk", "an", AGENCY)
    minh = province.person("specialist", "minh", AGENCY)
    hoa = province.person("approver", "hoa", AGENCY)

    found = binh.get("/procedures?q=xac%20nhan%20co%20quoc%20tihc%20viet%20nam").body["items"]
    assert found[0]["code"] == PROCEDURE
    procedure = binh.get(f"/procedures/{PROCEDURE}").body

    draft = binh.post("/dossiers", {"procedure": PROCEDURE, "applicant": BINH, "form": {}, "delivery": BY_POST})
    place = f"/dossiers/{draft.body['id']}"
    assert binh.patch(place, {"form": procedure["form"]["examples"][0]}, seen=draft.etag).status == 200

    assert binh.post(f"{place}/submission").status == 422  # the papers are missing
    for component in PAPERS:
        upload(binh, draft.body["id"], component)
    until(lambda: {each["state"] for each in binh.get(f"{place}/documents").body["items"]}, {"clean"})

    filed = binh.post(f"{place}/submission").body
    assert (filed["status"], filed["payment"]["status"], filed["acceptance_due_at"]) == ("submitted", "due", None)
    assert an.decide(filed["id"], "acceptance").body["code"] == "fee_not_paid"

    payment = binh.post(f"{place}/payments", {"provider": "vnpay", "return_url": f"{province.stack.url}/_local/"})
    assert payment.body["amount"] == procedure["fee_total"]
    pay(province.send, payment.body["pay_url"])
    until(lambda: binh.get(place).body["payment"]["status"], "paid")
    assert binh.get(place).body["acceptance_due_at"]

    accepted = an.decide(filed["id"], "acceptance").body
    assert accepted["due_at"] == accepted["first_due_at"]
    assert minh.decide(filed["id"], "assignment", {"officer": "minh"}).body["status"] == "processing"
    request = {"items": [{"field": "purpose", "reason": "Ghi rõ mục đích sử dụng"}]}
    asked = minh.decide(filed["id"], "supplement-requests", request)
    assert asked.body["turn"]["who"] == "citizen"
    binh.patch(place, {"form": {"purpose": "Làm thủ tục thừa kế nhà ở"}}, seen=asked.etag)
    assert binh.post(f"{place}/supplements").body["status"] == "processing"

    assert hoa.decide(filed["id"], "result", {"outcome": "granted", "documents": []}).body["status"] == "finished"
    assert an.decide(filed["id"], "return", {"channel": "post"}).body["turn"]["who"] == "post"

    def status() -> str:
        province.run("PullTracking")
        return str(binh.get(place).body["status"])

    until(status, "returned")
    assert binh.post(f"{place}/rating", {"attitude": 5, "timeliness": 5}).status == 200
    return dict(binh.get(place).body)


def test_a_dossier_from_first_visit_to_the_result_in_the_post(local_stack: Started) -> None:
    province = Province(local_stack)
    dossier = journey(province)

    found = Person(province.send).post("/status-lookups", {"code": dossier["code"], "proof": "3456"}).body
    assert (found["status"], found["delivery"]["status"]) == ("returned", "delivered")
    assert found["delivery"]["tracking_code"].endswith("VN")

    history = province.person("citizen", "binh").get(f"/dossiers/{dossier['id']}/history").body
    assert history["intact"]
    assert [event["type"] for event in history["items"]] == [
        "created", "edited", "submitted", "payment_started", "payment_recorded", "accepted", "assigned",
        "supplement_requested", "edited", "supplement_answered", "decided", "handed_to_post", "dispatched", "delivered",
        "rated",
    ]  # fmt: skip
    # Submitted, paid, accepted, supplement asked, date told again, finished, dispatched, returned: each once.
    until(lambda: len([subject for subject in province.letters() if dossier["code"] in subject]), 8)
    assert len({subject for subject in province.letters() if dossier["code"] in subject}) == 8


def test_the_example_script_does_what_it_says_and_a_restart_forgets_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(data) as stack:
        port = stack.url.rsplit(":", 1)[-1]
        environment = {**os.environ, "PORT": port, "DATA": str(data), "MAKEFLAGS": ""}
        script = subprocess.run(
            ["bash", str(ROOT / "examples" / "journey.sh")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert script.returncode == 0, script.stderr + script.stdout
        dossier_id = script.stdout.split()[-1]
        before = Province(stack).person("citizen", "binh").get(f"/dossiers/{dossier_id}/history").body
    with started(data) as again:
        binh = Province(again).person("citizen", "binh")
        assert binh.get(f"/dossiers/{dossier_id}").body["status"] == "returned"
        assert json.dumps(binh.get(f"/dossiers/{dossier_id}/history").body) == json.dumps(before)
