"""The main job, end to end, over HTTP on the whole local stack: workers run as deployed, papers go into the store,
money through the simulated provider, the result through the simulated carrier, letters into the mailbox."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import urllib3

from ops.rehearse.journey import journey, until
from ops.rehearse.people import Person, over_http
from tests.local_stack import Started, started, told

pytestmark = [pytest.mark.stack, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


class Province:
    """The people of one running stack."""

    def __init__(self, stack: Started) -> None:
        self.stack, self.send = stack, over_http(stack.url)
        self.back = f"{stack.url}/_local/"

    def person(self, role: str, sub: str, agency: str = "") -> Person:
        printed = told(self.stack.data, "token", "--role", role, "--sub", sub, "--agency", agency)
        return Person(self.send, printed.stdout.strip())

    def pay(self, pay_url: str) -> None:
        urllib3.PoolManager().request("POST", pay_url, fields={"action": "pay"}, encode_multipart=False, redirect=False)

    def run(self, schedule: str) -> None:
        """What the schedule would do by itself within minutes."""
        assert self.send("POST", f"/_local/run/{schedule}", {}, b"").status == 200

    def letters(self) -> list[str]:
        return [letter["subject"] for letter in self.send("GET", "/_local/mail.json", {}, b"").body]


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
    until("letters", lambda: len([subject for subject in province.letters() if dossier["code"] in subject]), 8)
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
