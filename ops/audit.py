"""Looks at what is deployed with outside tools: each of their findings is repaired, or left for a written reason."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from ops.local.template import ROOT
from ops.locked import LOCK

TOOLS: Final = ROOT / ".venv" / "audit" / "bin"
ACCEPTED: Final = ROOT / ".ci" / "accepted.yaml"
Json = dict[str, Any]


class ToolFailed(Exception):
    """A tool did not get as far as finding anything; the message is its own."""


class Finding(NamedTuple):
    """`resource`: as `<type>.<name>`."""

    check: str
    resource: str
    says: str


def accepted() -> dict[str, Json]:
    read: dict[str, Json] = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8"))
    return read


def judged(findings: Iterable[Finding], reasons: dict[str, Json]) -> list[str]:
    """What is wrong: findings without a reason, reasons without a finding, a resource named in vain."""
    found, wrong = list(findings), []
    for each in found:
        reason = reasons.get(each.check)
        if reason is None or each.resource not in reason.get("of", [each.resource]):
            wrong.append(f"{each.check} {each.resource}: {each.says}")
    for check, reason in reasons.items():
        seen = {each.resource for each in found if each.check == check}
        if not seen:
            wrong.append(f"{check}: accepted, and nobody finds it any more")
        vain = set(reason.get("of", seen)) - seen
        wrong += [f"{check}: accepted of {name}, of which nobody finds it" for name in sorted(vain)]
    return wrong


def checkov(template: Path) -> list[Finding]:
    command = ["checkov", "--file", str(template), "--framework", "cloudformation", "--output", "json"]
    report = json.loads(_told(*command, "--compact", "--quiet", "--skip-download"))
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        raise ToolFailed(f"checkov could not read {template}")
    return [
        Finding(each["check_id"], each["resource"], each["check_name"]) for each in report["results"]["failed_checks"]
    ]


def vulnerabilities() -> list[str] | None:
    """Of the locked libraries, as pip-audit knows them; None where its index cannot be reached."""
    command = ["pip-audit", "--requirement", str(LOCK), "--no-deps", "--disable-pip", "--format", "json"]
    looked: list[Json] = json.loads(_told(*command, "--progress-spinner", "off"))["dependencies"]
    if all("skip_reason" in each for each in looked):
        return None
    return [f"{each['name']} {each['version']}: {vuln['id']}" for each in looked for vuln in each.get("vulns", [])] + [
        f"{each['name']}: {each['skip_reason']}" for each in looked if "skip_reason" in each
    ]


def _told(tool: str, *arguments: str) -> str:
    done = subprocess.run([str(TOOLS / tool), *arguments], capture_output=True, text=True, check=False)
    if not done.stdout.startswith("{"):
        raise ToolFailed(f"{tool}: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(prog="audit", description=__doc__)
    parser.add_argument("template", type=Path)
    wrong = judged(checkov(parser.parse_args().template), accepted())
    known = vulnerabilities()
    if known is None:
        print(
            "pip-audit: its index cannot be reached from here; the libraries stay those of requirements.lock, by hash"
        )
    print("\n".join([*wrong, *(known or [])]) or f"checkov: nothing but what {len(accepted())} written reasons leave")
    return bool(wrong or known)


if __name__ == "__main__":
    sys.exit(main())
