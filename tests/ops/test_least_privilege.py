"""Each function may do what it is seen to do, and nothing else.

That it may do enough is checked everywhere: `tests.roles` refuses, in every test, what the role of the function that
runs would refuse. That it may do no more is checked here, by tests that together make every function do all it does.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops import permissions
from ops.local.template import ROOT
from ops.package import package
from tests import roles

JOURNEYS = (ROOT / "tests" / "ops" / "journeys.txt").read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return package("production", tmp_path_factory.mktemp("package"), with_requirements=False)


def said(packaged: dict, function: str) -> list[dict]:
    (policy,) = packaged["Resources"][f"{function}Role"]["Properties"]["Policies"]
    return policy["PolicyDocument"]["Statement"]


def test_every_function_is_given_permissions_and_nothing_else_is(packaged):
    assert set(permissions.functions(packaged)) == set(permissions.declared())


def test_every_event_function_is_known_by_what_its_handler_calls():
    assert set(roles.what_events_do()) == set(permissions.declared()) - {roles.API}


def test_no_two_functions_share_a_role(packaged):
    given = [json.dumps(each["Role"]) for each in permissions.functions(packaged).values()]

    assert len(set(given)) == len(given)


def test_nothing_is_allowed_on_everything_nor_everything_on_something(packaged):
    for function in permissions.functions(packaged):
        for statement in said(packaged, function):
            assert statement["Effect"] == "Allow"
            assert "*" not in "".join(statement["Action"]), function
            if statement["Action"] == sorted(permissions.TRACES):
                continue  # AWS X-Ray knows no resources
            for resource in statement["Resource"]:
                assert resource != "*", function
                assert set(resource) <= {"Fn::GetAtt", "Fn::Sub", "Ref"}, "a resource of this stack, by its name"


def test_a_role_says_what_the_permissions_say(packaged):
    """Read back from the policy: which key each statement is for, which index, which prefix."""
    for function, may in permissions.declared().items():
        told = json.dumps(said(packaged, function))
        for place, actions in may.items():
            part = place.partition(" ")[2]
            assert all(f'"{action}"' in told for action in actions), (function, place)
            assert part in told, (function, place)


def test_items_of_the_table_are_told_apart_by_their_leading_key(packaged):
    for function in permissions.functions(packaged):
        for statement in said(packaged, function):
            if {"Fn::GetAtt": ["Table", "Arn"]} in statement["Resource"]:
                assert statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"], function


def test_nobody_may_read_the_whole_table(packaged):
    told = json.dumps([said(packaged, function) for function in permissions.functions(packaged)])

    assert "dynamodb:Scan" not in told
    assert "dynamodb:PartiQL" not in told


def test_who_is_not_allowed_is_stopped_whatever_catches():
    token = roles.running.set("WatchHorizon")
    try:
        with pytest.raises(roles.NotAllowed, match="WatchHorizon may not dynamodb:DeleteItem on Table D#"):
            roles._note([roles.Use("Table D#*", "dynamodb:DeleteItem")])
    finally:
        roles.running.reset(token)


@pytest.mark.stack
@pytest.mark.slow
def test_no_function_may_do_what_it_is_never_seen_to_do(tmp_path: Path):
    record = tmp_path / "used.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *JOURNEYS]
    environment = {**os.environ, roles.RECORD: str(record), "PYTHONHASHSEED": "0"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout[-3000:]
    seen = {function: {tuple(use) for use in uses} for function, uses in json.loads(record.read_text()).items()}

    left = unused(seen)
    assert not left, f"drop it from .chalice/permissions.yaml, or name in journeys.txt the test that needs it: {left}"


def unused(seen: dict[str, set[tuple[str, str]]]) -> list[tuple[str, str, str]]:
    """A function's own permission that it never used, what is said together and nobody who includes it used."""
    bundles, own = permissions.said()
    alone = [(name, use) for name, may in own.items() for use in uses(may) if use not in seen.get(name, set())]
    for bundle, may in bundles.items():
        including = [name for name in own if bundle in permissions.included(name)]
        together = set().union(*(seen.get(name, set()) for name in including))
        alone += [(bundle, use) for use in uses(may) if use not in together]
        alone += [(name, ("with", bundle)) for name in including if not uses(may) & seen.get(name, set())]
    return sorted((name, *use) for name, use in alone)


def uses(may: permissions.Permissions) -> set[tuple[str, str]]:
    return {(place, action) for place, actions in may.items() for action in actions}
