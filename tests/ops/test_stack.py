"""What the stack promises of its resources: one key, nothing public, what is kept and bounded, logs without persons."""

import json
import re

import pytest

from ops.package import package
from ops.permissions import functions

OURS = {"Fn::GetAtt": ["Key", "Arn"]}
# Of a request, what an access log may tell: nothing by which a person or a dossier is found.
HARMLESS = {
    *("requestId", "xrayTraceId", "requestTimeEpoch", "httpMethod", "resourcePath", "status"),
    *("responseLength", "responseLatency", "integrationLatency", "error.responseType"),
}
UNRESERVED, AT_FIRST = 100, 1000  # of an account's concurrency


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return package("production", tmp_path_factory.mktemp("package"), with_requirements=False)


def of(packaged: dict, kind: str) -> dict[str, dict]:
    return {name: each.get("Properties", {}) for name, each in packaged["Resources"].items() if each["Type"] == kind}


def test_the_table_is_followed_restorable_and_protected(packaged):
    table = packaged["Resources"]["Table"]
    said = table["Properties"]

    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert said["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert said["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert said["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert said["DeletionProtectionEnabled"] == {"Fn::If": ["IsProduction", True, False]}
    assert said["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": OURS}


def test_the_bucket_is_private_versioned_encrypted_and_locks_single_objects(packaged):
    bucket = packaged["Resources"]["Bucket"]
    said = bucket["Properties"]
    (encryption,) = said["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert bucket["DeletionPolicy"] == "Retain"
    assert set(said["PublicAccessBlockConfiguration"].values()) == {True}
    assert said["VersioningConfiguration"] == {"Status": "Enabled"}
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": OURS}
    assert said["ObjectLockEnabled"] is True
    assert "ObjectLockConfiguration" not in said, "a rule for all would keep what citizens take out, and the quarantine"


def test_the_bucket_speaks_tls_only(packaged):
    (statement,) = packaged["Resources"]["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(statement["Resource"]) == 2


def test_what_nobody_finished_or_checked_vanishes(packaged):
    rules = packaged["Resources"]["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    of_prefix = {rule.get("Prefix", ""): rule for rule in rules}

    assert of_prefix[""]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert of_prefix["quarantine/"]["ExpirationInDays"] <= 14
    assert "ExpirationInDays" not in of_prefix["kept/"]
    assert "papers/" not in of_prefix


def test_every_queue_is_encrypted_and_has_a_place_for_what_it_gives_up(packaged):
    queues = of(packaged, "AWS::SQS::Queue")
    given_up_to = {
        name: queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for name, queue in queues.items()
        if "RedrivePolicy" in queue
    }

    assert {name for name in queues if not name.endswith("DeadLetters")} == set(given_up_to)
    assert len(set(given_up_to.values())) == len(given_up_to)
    assert {json.dumps(queue["KmsMasterKeyId"]) for queue in queues.values()} == {json.dumps(OURS)}
    for name in {*given_up_to.values(), "RelayDeadLetters"}:
        assert queues[name]["MessageRetentionPeriod"] == 14 * 86400, name


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("AWS::SecretsManager::Secret", "KmsKeyId"),
        ("AWS::SNS::Topic", "KmsMasterKeyId"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
    ],
)
def test_whatever_else_keeps_something_is_encrypted_with_the_same_key(packaged, kind, how):
    found = of(packaged, kind)

    assert found
    assert [name for name, said in found.items() if said.get(how) != OURS] == []


def test_the_key_outlives_the_stack_and_changes_its_material(packaged):
    key = packaged["Resources"]["Key"]

    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["PendingWindowInDays"] == 30


def test_the_key_is_used_only_through_the_services_that_keep_our_data(packaged):
    """Without a condition there is only what manages the key, which reads and writes nothing."""
    said = packaged["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"]
    using = re.compile("kms:(Decrypt|Encrypt|GenerateDataKey|ReEncrypt|CreateGrant|\\*)")

    for statement in said:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert statement["Principal"] != "*"
        assert "*" not in "".join(actions)
        assert statement.get("Condition") or not any(using.match(action) for action in actions), statement["Sid"]


def test_a_function_may_use_the_key_only_where_it_uses_the_service(packaged):
    for name in functions(packaged):
        (policy,) = packaged["Resources"][f"{name}Role"]["Properties"]["Policies"]
        statements = policy["PolicyDocument"]["Statement"]
        asks = {action.split(":")[0] for each in statements for action in each["Action"]} & {
            *("dynamodb", "s3", "secretsmanager", "sqs")
        }
        unlocks = [each for each in statements if each["Action"][0].startswith("kms:")]

        assert {each["Condition"]["StringEquals"]["kms:ViaService"]["Fn::Sub"] for each in unlocks} == {
            f"{service}.${{AWS::Region}}.amazonaws.com" for service in asks
        }
        assert all(each["Resource"] == [OURS] for each in unlocks)


def test_who_only_reads_a_service_may_only_decrypt_there(packaged):
    def may(function: str, service: str) -> list[str]:
        (policy,) = packaged["Resources"][f"{function}Role"]["Properties"]["Policies"]
        through = {"Fn::Sub": f"{service}.${{AWS::Region}}.amazonaws.com"}
        (found,) = [
            each["Action"]
            for each in policy["PolicyDocument"]["Statement"]
            if each.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService") == through
        ]
        return found

    assert may("WatchHorizon", "dynamodb") == may("SweepFollowups", "dynamodb") == ["kms:Decrypt"]
    assert may("SendNotices", "sqs") == ["kms:Decrypt"]
    assert may("Relay", "sqs") == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert "kms:Encrypt" in may("SendNotices", "dynamodb")


def test_every_function_has_its_own_measure(packaged):
    found = functions(packaged)
    reserved = sum(each["ReservedConcurrentExecutions"] for each in found.values())

    assert all({"MemorySize", "Timeout"} <= set(each) for each in found.values())
    assert all(each["Tracing"] == "Active" for each in found.values())
    assert (AT_FIRST - UNRESERVED) // reserved == 6, "stack.yaml says how many provinces fit an account"
    for name, each in found.items():
        for event in (each.get("Events") or {}).values():
            if event["Type"] == "SQS":  # a queue read faster than its function may run throws good messages away
                most = event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
                assert 2 <= most <= each["ReservedConcurrentExecutions"], name
            assert event["Type"] != "Schedule" or each["ReservedConcurrentExecutions"] == 1, name


def test_logs_are_kept_for_a_year(packaged):
    groups = of(packaged, "AWS::Logs::LogGroup")

    assert set(groups) == {"AccessLogs", *(f"{name}Logs" for name in functions(packaged))}
    assert {each["RetentionInDays"] for each in groups.values()} == {365}


def test_an_access_log_tells_of_the_route_and_of_no_person(packaged):
    setting = packaged["Resources"]["RestAPI"]["Properties"]["AccessLogSetting"]

    assert json.loads(setting["Format"])
    assert set(re.findall(r"\$context\.([\w.]+)", setting["Format"])) == HARMLESS
    assert setting["DestinationArn"] == {"Fn::GetAtt": ["AccessLogs", "Arn"]}


def test_the_gateway_throttles_traces_and_logs_no_bodies(packaged):
    api = packaged["Resources"]["RestAPI"]["Properties"]
    (every,) = api["MethodSettings"]

    assert (every["ResourcePath"], every["HttpMethod"]) == ("/*", "*")
    assert 0 < every["ThrottlingRateLimit"] <= every["ThrottlingBurstLimit"]
    assert (every["LoggingLevel"], every["DataTraceEnabled"]) == ("OFF", False)
    assert api["TracingEnabled"] is True


def test_the_gateway_checks_the_parameters_of_every_path(packaged):
    body = packaged["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    validators = body["x-amazon-apigateway-request-validators"]
    named = set(re.findall(r"\{(\w+)\}", "".join(body["paths"])))
    checked = {
        parameter["name"]
        for path in body["paths"].values()
        for method in path.values()
        for parameter in method.get("parameters", [])
        if parameter["required"]
    }

    assert validators[body["x-amazon-apigateway-request-validator"]]["validateRequestParameters"] is True
    assert checked == named


def test_what_the_gateway_refuses_by_itself_reads_like_our_own_refusals(packaged):
    answers = packaged["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]

    for name, answer in answers.items():
        body = json.loads(answer["ResponseTemplates"]["application/json"])
        assert {"type", "title", "status", "detail", "code"} <= set(body), name
        typed = answer.get("ResponseParameters", {}).get("Headers", {}).get("Content-Type", "")
        assert typed == "'application/problem+json'" or "application/problem+json" in answer["ResponseTemplates"], name
        assert answer.get("StatusCode", body["status"]) == body["status"]
