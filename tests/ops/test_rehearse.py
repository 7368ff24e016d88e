"""The rehearsal: it shows two provinces whole and apart, and stops, by name, at the first step that does not hold."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops import provinces
from ops.local.template import ROOT
from ops.package import package
from ops.rehearse import rehearsal, steps
from ops.rehearse.checklist import Checklist, StepFailed, not_rehearsed
from ops.rehearse.eased import eased
from ops.rehearse.journey import Unexpected, answered, expect
from ops.rehearse.people import Reply
from tests.conftest import environment

AT_MOST = 600  # seconds, on two cores that others use as well


def rehearsed(*names: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "ops.rehearse", *names]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=AT_MOST)


@pytest.mark.stack
@pytest.mark.slow
def test_two_provinces_side_by_side_are_rehearsed_whole_and_share_nothing() -> None:
    began = time.monotonic()
    done = rehearsed("khanh-hoa", "da-nang")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
    for name in ("khanh-hoa", "da-nang"):
        for step in ("drafts, uploads and submits", "pays at VNPAY", "delivered", "schedule", "refused and logged",
                     "a change set", "retained"):  # fmt: skip
            assert any(line.startswith(f"✓ {name}: ") and step in line for line in done.stdout.splitlines()), step
    assert "✓ khanh-hoa → da-nang: a role of one reaches no table" in done.stdout
    assert "✓ da-nang → khanh-hoa: no token, dossier or code" in done.stdout
    for what, _ in not_rehearsed():
        assert what in done.stdout
    assert time.monotonic() - began < AT_MOST


@pytest.mark.stack
@pytest.mark.slow
def test_a_role_that_lacks_what_its_function_needs_ends_the_rehearsal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def with_too_little(stage: str, out: Path, *, with_requirements: bool) -> dict:
        template = package(stage, out, with_requirements=with_requirements)
        (policy,) = template["Resources"]["APIHandlerRole"]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]:
            statement["Action"] = [each for each in statement["Action"] if each != "dynamodb:Query"] or ["s3:GetObject"]
        return template

    monkeypatch.setattr(rehearsal, "package", with_too_little)
    with environment(AWS_ENDPOINT_URL=""), pytest.raises(StepFailed, match="khanh-hoa: a citizen finds"):
        rehearsal.rehearse([provinces.of("khanh-hoa")], tmp_path)
    assert "✗ khanh-hoa: a citizen finds" in capsys.readouterr().out


def test_an_unknown_province_is_said() -> None:
    done = rehearsed("khong-co")

    assert (done.returncode, done.stdout) == (1, "")
    assert "khong-co" in done.stderr


def test_a_step_that_fails_is_named_with_its_reason_and_what_the_logs_say(capsys: pytest.CaptureFixture[str]) -> None:
    done = Checklist()
    done.errors.append(lambda: ["Relay: it broke"])
    with done.step("the first"):
        pass
    with pytest.raises(StepFailed, match="the second: Unexpected: the colour: red, not blue"), done.step("the second"):
        expect("the colour", "red", "blue")

    assert done.done == ["the first"]
    assert "✗ the second\n    Relay: it broke" in capsys.readouterr().out


def test_an_answer_of_another_status_is_unexpected() -> None:
    assert answered(Reply(200, {}, {"a": 1})) == {"a": 1}
    with pytest.raises(Unexpected, match="503"):
        answered(Reply(503, {}, {}))


def test_only_what_the_local_cloud_cannot_judge_is_taken_out_of_the_template(tmp_path: Path) -> None:
    template = package("production", tmp_path, with_requirements=False)
    before = json.loads(json.dumps(template))["Resources"]
    after = eased(template)["Resources"]
    differing = {name for name in before if json.dumps(before[name]) != json.dumps(after.get(name))}

    assert differing == {"BucketPolicy", "SendNoticesRole"}
    assert template["Resources"] == before


def test_the_changed_function_is_one_of_the_template(tmp_path: Path) -> None:
    template = package("production", tmp_path, with_requirements=False)

    assert template["Resources"][steps.CHANGED]["Properties"]["MemorySize"] != steps.MORE_MEMORY
