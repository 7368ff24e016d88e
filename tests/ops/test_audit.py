"""Nothing that a tool finds is passed over in silence, and no excuse outlives what it excused."""

import re
import tomllib

import pytest

from ops import audit, licences, sbom
from ops.audit import Finding, judged
from ops.local.template import ROOT
from ops.locked import locked

OPEN = Finding("CKV_1", "AWS::S3::Bucket.Bucket", "a bucket is open")
LOG = Finding("CKV_1", "AWS::S3::Bucket.Logs", "a bucket is open")


def test_a_finding_without_a_reason_is_wrong():
    assert judged([OPEN], {}) == ["CKV_1 AWS::S3::Bucket.Bucket: a bucket is open"]


def test_a_finding_with_a_reason_is_not():
    assert judged([OPEN, LOG], {"CKV_1": {"because": "so"}}) == []


def test_a_reason_for_one_resource_excuses_no_other():
    reasons = {"CKV_1": {"of": [OPEN.resource], "because": "so"}}

    assert judged([OPEN], reasons) == []
    assert judged([OPEN, LOG], reasons) == ["CKV_1 AWS::S3::Bucket.Logs: a bucket is open"]


def test_a_reason_for_what_nobody_finds_is_wrong_too():
    assert judged([], {"CKV_1": {"because": "so"}}) == ["CKV_1: accepted, and nobody finds it any more"]
    assert judged([OPEN], {"CKV_1": {"of": [OPEN.resource, LOG.resource], "because": "so"}}) == [
        "CKV_1: accepted of AWS::S3::Bucket.Logs, of which nobody finds it"
    ]


@pytest.mark.parametrize("check", audit.accepted())
def test_a_reason_is_a_reason(check):
    reason = audit.accepted()[check]

    assert set(reason) <= {"of", "because"}
    assert len(reason["because"].split()) > 20


def test_what_has_no_answer_at_all_is_no_clean_bill(monkeypatch):
    monkeypatch.setattr(audit, "_told", lambda *_: '{"summary": {"parsing_errors": 1, "passed": 0}}')

    with pytest.raises(audit.ToolFailed):
        audit.checkov(ROOT / "out" / "template.json")


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ('[{"name": "a", "skip_reason": "not found"}]', None),
        ('[{"name": "a", "version": "1", "vulns": []}]', []),
        ('[{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]', ["a 1: CVE-1"]),
        ('[{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "?"}]', ["b: ?"]),
    ],
    ids=["unreachable", "clean", "vulnerable", "one unknown among known"],
)
def test_vulnerabilities_are_told_apart_from_an_index_that_cannot_be_reached(told, known, monkeypatch):
    monkeypatch.setattr(audit, "_told", lambda *_: f'{{"dependencies": {told}}}')

    assert audit.vulnerabilities() == known


def test_everything_is_part_of_what_continuous_integration_runs():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    steps = re.search(r"for step in ([\w ]+);", makefile)[1].split()
    audited = re.search(r"^audit: (.+?) ##", makefile, re.MULTILINE)[1].split()

    assert {"lint", "audit", "test"} <= set(steps)
    assert "template" in audited, "which cfn-lint reads"
    assert "make --no-print-directory check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_rules_of_safety_are_on_for_all_that_is_deployed():
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    excused = {path for path, rules in ruff["per-file-ignores"].items() if any(rule.startswith("S") for rule in rules)}

    assert "S" in ruff["select"]
    assert excused == {"ops/**", "tests/**"}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-audit.txt"])
def test_every_tool_and_library_is_pinned(name):
    lines = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line[:1].isalnum()]

    assert lines
    assert [line for line in lines if not re.match(r"[\w.-]+==[\w.]+(\s|$)", line)] == []


def test_the_page_of_licences_is_what_the_libraries_say():
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page(), "make lock"


def test_every_licence_lets_a_province_use_and_pass_it_on():
    """Names of SPDX; the one with a copyleft (tax codes) is used as it is, and can be replaced by whoever gets it."""
    free = {"MIT", "MIT-0", "MIT-CMU", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PSF-2.0", "HPND"}

    for each in licences.carried():
        choices = set(each.licence.split(" OR "))
        assert choices & free or each == ("python-stdnum", each.version, "LGPL-2.1-or-later"), each


def test_every_library_of_the_lock_is_listed_with_its_licence():
    made = {"components": [{"name": name} for name in [*locked(), "chalice"]], "metadata": {"timestamp": "now"}}

    whole = sbom.licensed(made, licences.carried())

    assert all(each["licenses"] for each in whole["components"])
    assert whole["metadata"]["component"]["name"] == "motcua"
    assert {"license": {"id": "MIT"}} in [each["licenses"][0] for each in whole["components"]]
    assert {"expression": "Apache-2.0 OR BSD-3-Clause"} in [each["licenses"][0] for each in whole["components"]]
