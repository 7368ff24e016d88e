"""The steps with one province's stack, in order: each either shows what it promises or raises."""

from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from ops import changes
from ops.local.cloud import client
from ops.local.template import scheduled
from ops.rehearse.journey import answered, expect
from ops.rehearse.town import Town

# What S3 sends when a notification is set up; the function that gets it has nothing to do.
HARMLESS: Final = {"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": '{"Event": "s3:TestEvent"}'}]}
CHANGED: Final = "SendNotices"
MORE_MEMORY: Final = 768
PATIENCE: Final = 120.0
FIRST, SECOND = "rehearsal-1", "rehearsal-2"


def created(town: Town, template: dict[str, Any], archive: Path) -> None:
    expect("a stack of this name before", town.status(), "")
    expect("the stack is new", town.deployed(template, archive, FIRST), True)
    town.filled()
    town.called("CheckDocument", HARMLESS)  # all functions are one archive: when one starts, all do
    _answers(town, FIRST)


def _answers(town: Town, release: str) -> None:
    health = answered(town.anyone.get("/health"))
    expect("health", health, {"status": "ok", "province": town.province.code, "version": release})


def followed(town: Town, dossier: dict[str, Any]) -> None:
    """The history is whole, and anybody with code and proof is told the same."""
    history = answered(town.person("citizen", "binh").get(f"/dossiers/{dossier['id']}/history"))
    expect("the chain of events", history["intact"], True)
    told = answered(town.anyone.post("/status-lookups", {"code": dossier["code"], "proof": "3456"}))
    expect("the status without an account", told["status"], "returned")


def fired(town: Town, template: dict[str, Any]) -> None:
    """Each schedule is enabled and calls its function, which does its work without an error."""
    functions, targets = town.resources, _targets(town)
    for name in scheduled(template):
        expect(f"what the schedule of {name} calls", functions[name] in targets, True)
        town.run(name)


def _targets(town: Town) -> set[str]:
    """The functions that enabled rules of the stack call."""
    events, found = client("events"), set()
    rules = {name for logical, name in town.resources.items() if logical.endswith("Event")}
    for page in events.get_paginator("list_rules").paginate():
        for rule in page["Rules"]:
            if rule["State"] == "ENABLED" and rule["Name"] in rules:
                targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
                found |= {target["Arn"].rpartition(":")[2] for target in targets}
    return found


def updated(town: Town, template: dict[str, Any], archive: Path, dossier_id: str) -> None:
    """By a change set that gives one function more memory and all a new release; nothing else differs after it."""
    more: dict[str, Any] = {**template, "Resources": dict(template["Resources"])}
    function = more["Resources"][CHANGED]
    more["Resources"][CHANGED] = {**function, "Properties": {**function["Properties"], "MemorySize": MORE_MEMORY}}
    before = town.resources
    expect("the stack is new", town.deployed(more, archive, SECOND), False)
    after = town.resources
    expect("the table, bucket and secret", _kept(after), _kept(before))
    memory = client("lambda").get_function_configuration(FunctionName=after[CHANGED])["MemorySize"]
    expect("the memory of the changed function", memory, MORE_MEMORY)
    _answers(town, SECOND)
    expect("the dossier", town.person("citizen", "binh").get(f"/dossiers/{dossier_id}").status, 200)


def _kept(resources: dict[str, str]) -> list[str]:
    return [resources[name] for name in ("Table", "Bucket", "Secrets", "Key")]


def deleted(town: Town, dossier_id: str) -> None:
    """Functions and queues are gone; the table, the bucket and the secret are there with what they held."""
    before = town.resources
    changes.deleted(client("cloudformation"), town.stack, PATIENCE)
    expect("the function", _is_there(before["APIHandler"]), False)
    head = {"pk": {"S": f"D#{dossier_id}"}, "sk": {"S": "DOSSIER"}}
    expect("the dossier in the table", "Item" in client("dynamodb").get_item(TableName=before["Table"], Key=head), True)
    held = client("s3").list_objects_v2(Bucket=before["Bucket"], Prefix="kept/")["KeyCount"]
    expect("documents in the bucket", held > 0, True)
    client("secretsmanager").get_secret_value(SecretId=before["Secrets"])


def _is_there(function: str) -> bool:
    try:
        client("lambda").get_function_configuration(FunctionName=function)
    except ClientError:
        return False
    return True
