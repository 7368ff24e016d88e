"""Two provinces side by side in one account: nothing of one is seen, named or reached by the other."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from ops.local.cloud import REGION, client
from ops.rehearse.journey import Unexpected, answered, expect
from ops.rehearse.people import Person
from ops.rehearse.town import Town

# One per account and region, by AWS's design: whichever stack is deployed last provides it (stack.yaml); and the
# gateway's stage, whose name is one within its own API.
ALIKE: Final = {"GatewayAccount", "RestAPIv1Stage"}
REACHING: Final = "APIHandlerRole"


def names(one: Town, other: Town) -> None:
    """No resource of one is a resource of the other."""
    mine, theirs = one.resources, other.resources
    shared = {name for name in mine if name not in ALIKE and mine[name] in theirs.values()}
    expect("resources that both have", shared, set())


def people(one: Town, other: Town, dossier: Mapping[str, Any], same: Mapping[str, Any]) -> None:
    """A token of one is nobody in the other; the same citizen and the same clerk see only what is theirs there."""
    stranger = Person(other.anyone.send, one.person("citizen", "binh").bearer)
    expect("the other province's token", stranger.get("/dossiers").status, 401)
    for who in (other.person("citizen", "binh"), other.person("clerk", "an", "H32.10")):
        expect("the other province's dossier", who.get(f"/dossiers/{dossier['id']}").status, 404)
    listed = answered(other.person("citizen", "binh").get("/dossiers"))["items"]
    if dossier["id"] in json.dumps(listed):
        raise Unexpected("the citizen's list shows the other province's dossier")
    if same["code"] == dossier["code"]:  # both numbered their first dossier of the day alike
        found = answered(other.anyone.post("/status-lookups", {"code": dossier["code"], "proof": "3456"}))
        expect("the status by the same code", found["status"], same["status"])
    else:
        _unknown(other, dossier["code"])


def _unknown(other: Town, code: str) -> None:
    found = other.anyone.post("/status-lookups", {"code": code, "proof": "3456"})
    expect("the status by the other's code", found.status, 404)


def kept(one: Town, other: Town, dossier_id: str) -> None:
    """No item, object or secret of one names the other's dossier or keys."""
    theirs = other.resources
    items = client("dynamodb").get_paginator("scan").paginate(TableName=theirs["Table"])
    if any(dossier_id in json.dumps(page["Items"], default=str) for page in items):
        raise Unexpected("the other province's table knows the dossier")
    objects = client("s3").get_paginator("list_objects_v2").paginate(Bucket=theirs["Bucket"])
    if any(dossier_id in each["Key"] for page in objects for each in page.get("Contents", [])):
        raise Unexpected("the other province's bucket has a file of the dossier")
    secrets = [
        client("secretsmanager").get_secret_value(SecretId=each.resources["Secrets"])["SecretString"]
        for each in (one, other)
    ]
    mine, other_ones = ({keys["secret"] for keys in _read(text) if "secret" in keys} for text in secrets)
    expect("secrets that both have", mine & other_ones, set())


def _read(secret: str) -> list[dict[str, str]]:
    return list(json.loads(secret).values())


def reach(one: Town, other: Town) -> None:
    """With the role of one's API every kind of store answers at home, and refuses at the other's."""
    clients = _as_role(one, REACHING)
    for what, ask in _asked(clients, one.resources):
        ask_allowed(what, ask)
    for what, ask in _asked(clients, other.resources):
        refusal = _refusal(ask)
        if "AccessDenied" not in refusal and "AuthorizationError" not in refusal:
            raise Unexpected(f"{what} of the other province is not refused: {refusal or 'answered'}")


def ask_allowed(what: str, ask: Callable[[], object]) -> None:
    refusal = _refusal(ask)
    if "AccessDenied" in refusal:
        raise Unexpected(f"{what} of one's own province is refused: {refusal}")


def _refusal(ask: Callable[[], object]) -> str:
    try:
        ask()
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error}"
    return ""


def _as_role(town: Town, role: str) -> Callable[[str], Any]:
    arn = client("iam").get_role(RoleName=town.resources[role])["Role"]["Arn"]
    assumed = client("sts").assume_role(RoleArn=arn, RoleSessionName="rehearsal")["Credentials"]

    def of(service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=REGION,
            endpoint_url=town.endpoint,
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )

    return of


def _asked(of: Callable[[str], Any], names: Mapping[str, str]) -> Iterator[tuple[str, Callable[[], object]]]:
    key = {"pk": {"S": "D#nobody"}, "sk": {"S": "DOSSIER"}}
    yield "the table", lambda: of("dynamodb").get_item(TableName=names["Table"], Key=key)
    yield "the bucket", lambda: of("s3").get_object(Bucket=names["Bucket"], Key="kept/nobody/nothing")
    yield "the secret", lambda: of("secretsmanager").get_secret_value(SecretId=names["Secrets"])


def queues(one: Town, other: Town) -> None:
    """The role of one's relay may speak to its own queues, and to none of the other's."""
    of = _as_role(one, "RelayRole")
    said = json.dumps({"dossier_id": "nobody", "seq": 1})
    for queue in ("NoticesQueue", "PostQueue", "MoneyQueue"):
        address = other.resources[queue]
        refusal = _refusal(lambda address=address: of("sqs").send_message(QueueUrl=address, MessageBody=said))  # type: ignore[misc]
        if "AccessDenied" not in refusal:
            raise Unexpected(f"{queue} of the other province is not refused: {refusal or 'answered'}")
