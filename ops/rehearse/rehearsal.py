"""The whole rehearsal in its order, for one province or for several side by side in one cloud."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import permutations
from pathlib import Path
from typing import Any

from ops import provinces
from ops.local.cloud import aws_environment, running
from ops.package import package
from ops.rehearse import apart, journey, steps
from ops.rehearse.checklist import Checklist
from ops.rehearse.refused import without_a_permission
from ops.rehearse.town import Town, town


def rehearse(wanted: Sequence[provinces.Province], folder: Path) -> None:
    """Raises `StepFailed` at the first step that does not show what it should."""
    done = Checklist()
    with done.step("packages the template of production, code only"):
        template = package("production", folder / "package", with_requirements=False)
    with done.step("cfn-lint finds nothing in it"):
        _linted(folder / "package" / "template.json")
    with running(folder / "cloud", keep=False, guarded=True) as endpoint, ExitStack() as opened:
        os.environ.update(aws_environment(endpoint))
        towns = [opened.enter_context(town(each, folder / each.slug, endpoint)) for each in wanted]
        done.errors += [each.errors for each in towns]
        archive = folder / "package" / "deployment.zip"
        dossiers = {each.name: _lived(done, each, template, archive) for each in towns}
        for one, other in permutations(towns, 2):
            _apart(done, one, other, dossiers)
        for each in towns:
            with done.step(f"{each.name}: a change set gives a function more memory, all a new release"):
                steps.updated(each, template, archive, dossiers[each.name]["id"])
        for number, each in enumerate(towns):
            with done.step(f"{each.name}: deleted; table, documents and secret are retained"):
                steps.deleted(each, dossiers[each.name]["id"])
            for left in towns[number + 1 :]:
                with done.step(f"{left.name}: does not notice"):
                    steps.followed(left, dossiers[left.name])


def _linted(template: Path) -> None:
    done = subprocess.run([str(Path(sys.executable).with_name("cfn-lint")), "-t", str(template)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # fmt: skip
    journey.expect("cfn-lint", (done.returncode, done.stdout + done.stderr), (0, ""))


def _lived(done: Checklist, each: Town, template: dict[str, Any], archive: Path) -> dict[str, Any]:
    """Created, and used as people do; the dossier as it is at the end."""
    with done.step(f"{each.name}: expanded, {each.stack} created by a change set, secret filled, sample loaded"):
        steps.created(each, template, archive)
    with done.step(f"{each.name}: a citizen finds, drafts, uploads and submits"):
        dossier_id = journey.filed(each)["id"]
    with done.step(f"{each.name}: pays at VNPAY, whose signed notification comes"):
        journey.paid(each, dossier_id)
    with done.step(f"{each.name}: accepted, assigned, supplemented, decided"):
        journey.decided(each, dossier_id)
    with done.step(f"{each.name}: posted, delivered, rated"):
        dossier = journey.returned(each, dossier_id)
        steps.followed(each, dossier)
    with done.step(f"{each.name}: each schedule is set, and runs"):
        steps.fired(each, template)
    with done.step(f"{each.name}: without one permission refused and logged, with it again served"):
        without_a_permission(each)
    return dossier


def _apart(done: Checklist, one: Town, other: Town, dossiers: dict[str, dict[str, Any]]) -> None:
    mine, same = dossiers[one.name], dossiers[other.name]
    with done.step(f"{one.name} → {other.name}: no resource in common"):
        apart.names(one, other)
    with done.step(f"{one.name} → {other.name}: no token, dossier or code of one is known to the other"):
        apart.people(one, other, mine, same)
    with done.step(f"{one.name} → {other.name}: no item, document or key of one is kept by the other"):
        apart.kept(one, other, mine["id"])
    with done.step(f"{one.name} → {other.name}: a role of one reaches no table, bucket, secret or queue of the other"):
        apart.reach(one, other)
        apart.queues(one, other)
