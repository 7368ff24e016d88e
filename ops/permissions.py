"""What each function may do, read from `.chalice/permissions.yaml`, and the roles of the stack that say so to AWS."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import yaml

from ops.local.template import ROOT

PERMISSIONS: Final = ROOT / ".chalice" / "permissions.yaml"
ASSUMED_BY_LAMBDA: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
SERVICES: Final = {"Table": "dynamodb", "Bucket": "s3", "Secrets": "secretsmanager", "MailFrom": "ses"}
# What Lambda itself does in the name of a function that a queue or the table's stream feeds.
POLLS: Final = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
FOLLOWS: Final = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
LOGS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
TRACES: Final = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")  # which know no resources: `*` is all they take
# What the stack's key must allow who reads or writes by a service, which asks for it in the caller's name. The table's
# writers as the AWS CDK has them; an upload or a message is decrypted once before it is taken.
DECRYPTS: Final = frozenset({"kms:Decrypt"})
ENCRYPTS: Final = frozenset({"kms:Decrypt", "kms:GenerateDataKey"})
WRITES_ITEMS: Final = ENCRYPTS | {"kms:DescribeKey", "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"}
ENCRYPTED: Final = ("dynamodb", "s3", "secretsmanager", "sqs")
READING: Final = (  # by how their names begin; what deletes whole objects and messages encrypts nothing
    *("BatchGet", "ConditionCheck", "DeleteMessage", "DeleteObject", "Describe", "Get", "List", "Query", "Receive"),
)
LOGS_ARE_KEPT: Final = 365  # days; they hold ids and kinds, never persons
Json = dict[str, Any]
Permissions = dict[str, frozenset[str]]


@cache
def declared() -> dict[str, Permissions]:
    """By function and place, the actions with their service's prefix; what is said together is included."""
    bundles, own = said()
    return {function: _merged([own[function], *(bundles[name] for name in included(function))]) for function in own}


@cache
def said() -> tuple[dict[str, Permissions], dict[str, Permissions]]:
    """What is said together, by its name, and what is said of each function alone."""
    read = _read()
    bundles = {name: _actions(places) for name, places in read["together"].items()}
    own = {
        name: _actions({p: a for p, a in places.items() if p != "with"}) for name, places in read["functions"].items()
    }
    return bundles, own


def included(function: str) -> list[str]:
    named: list[str] = _read()["functions"][function].get("with", [])
    return named


@cache
def _read() -> Json:
    read: Json = yaml.safe_load(PERMISSIONS.read_text(encoding="utf-8"))
    return read


def _actions(places: dict[str, list[str]]) -> Permissions:
    return {place: frozenset(f"{_service(place)}:{each}" for each in actions) for place, actions in places.items()}


def _merged(parts: list[Permissions]) -> Permissions:
    whole: Permissions = {}
    for place, actions in (item for part in parts for item in part.items()):
        whole[place] = whole.get(place, frozenset()) | actions
    return whole


def allows(function: str, place: str, action: str) -> bool:
    return action in declared().get(function, {}).get(place, ())


def add_roles(packaged: Json) -> None:
    """Gives every function of the packaged template a role and a log group of its own."""
    for name, properties in functions(packaged).items():
        properties["Role"] = {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        properties["LoggingConfig"] = {"LogGroup": {"Ref": f"{name}Logs"}}
        packaged["Resources"][f"{name}Logs"] = {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"${{AWS::StackName}}/{name}"},
                "RetentionInDays": LOGS_ARE_KEPT,
                "KmsKeyId": _arn("Key"),
            },
        }
        asked = [*statements(name), *_fed(properties)]
        said = [*asked, *_unlocks(asked), _allow(LOGS, [_arn(f"{name}Logs")]), _allow(TRACES, ["*"])]
        policy = {"PolicyName": "may", "PolicyDocument": {"Version": "2012-10-17", "Statement": said}}
        packaged["Resources"][f"{name}Role"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": ASSUMED_BY_LAMBDA, "Policies": [policy]},
        }


def functions(packaged: Json) -> dict[str, Json]:
    kind = "AWS::Serverless::Function"
    return {name: each["Properties"] for name, each in packaged["Resources"].items() if each["Type"] == kind}


def statements(function: str) -> list[Json]:
    """Places with the same actions share a statement; items of the table are told apart by how their key begins."""
    families: dict[tuple[str, ...], list[str]] = defaultdict(list)
    others: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for place, actions in declared().get(function, {}).items():
        resource, _, part = place.partition(" ")
        if resource == "Table" and not part.startswith("index/"):
            families[tuple(sorted(actions))].append(part)
        else:
            others[tuple(sorted(actions))].append(place)
    return [
        *(_allow(actions, [_arn("Table")], _begins(keys)) for actions, keys in families.items()),
        *(_allow(actions, [arn for place in places for arn in _arns(place)], _from(places))
          for actions, places in others.items()),
    ]  # fmt: skip


def _service(place: str) -> str:
    return SERVICES.get(place.partition(" ")[0], "sqs")


def _allow(actions: Iterable[str], resources: list[Any], condition: Json | None = None) -> Json:
    said: Json = {"Effect": "Allow", "Action": sorted(actions), "Resource": resources}
    return said | ({"Condition": condition} if condition else {})


def _begins(keys: list[str]) -> Json:
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}}


def _unlocks(asked: list[Json]) -> list[Json]:
    """The use of the stack's key that what is asked of each service brings with it."""
    uses: dict[str, frozenset[str]] = defaultdict(frozenset)
    for service, _, action in (each.partition(":") for statement in asked for each in statement["Action"]):
        writes = WRITES_ITEMS if service == "dynamodb" else ENCRYPTS
        if service in ENCRYPTED:
            uses[service] |= DECRYPTS if action.startswith(READING) else writes
    return [_allow(uses[service], [_arn("Key")], _through(service)) for service in sorted(uses)]


def _through(service: str) -> Json:
    return {"StringEquals": {"kms:ViaService": {"Fn::Sub": f"{service}.${{AWS::Region}}.amazonaws.com"}}}


def _from(places: list[str]) -> Json | None:
    return {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}} if "MailFrom" in places else None


def _arns(place: str) -> list[Json]:
    resource, _, part = place.partition(" ")
    if resource == "MailFrom":  # verified itself, or by its domain
        identity = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/"
        domain = {"Domain": {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "MailFrom"}]}]}}
        return [{"Fn::Sub": identity + "${MailFrom}"}, {"Fn::Sub": [identity + "${Domain}", domain]}]
    if resource == "Secrets":
        return [{"Fn::GetAtt": ["Secrets", "Id"]}]  # its ARN
    return [_arn(resource, part)]


def _arn(resource: str, part: str = "") -> Json:
    return {"Fn::Sub": f"${{{resource}.Arn}}/{part}"} if part else {"Fn::GetAtt": [resource, "Arn"]}


def _fed(properties: Json) -> list[Json]:
    """What the function's queue, stream and places for what failed ask of its role."""
    said = []
    for event in (each["Properties"] | {"Type": each["Type"]} for each in properties.get("Events", {}).values()):
        if event["Type"] == "SQS":
            said.append(_allow(POLLS, [event["Queue"]]))
        if event["Type"] == "DynamoDB":
            said.append(_allow(FOLLOWS, [event["Stream"]]))
            said.append(_allow(["dynamodb:ListStreams"], [_arn("Table", "stream/*")]))
            said.append(_allow(["sqs:SendMessage"], [event["DestinationConfig"]["OnFailure"]["Destination"]]))
    if "DeadLetterQueue" in properties:
        said.append(_allow(["sqs:SendMessage"], [properties["DeadLetterQueue"]["TargetArn"]]))
    return said
