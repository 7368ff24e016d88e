import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from urllib.parse import urlencode

import boto3
import pytest

from ops.local.cloud import REGION
from ops.local.deploy import STACK_NAME
from ops.local.vnpay_double import VnpayDouble
from tests.local_stack import Started, http, processes_of, started, told

pytestmark = [pytest.mark.stack, pytest.mark.slow]


class Cloud:
    """What the test asks of the running stack's cloud, behind the service's back."""

    def __init__(self, stack: Started) -> None:
        port = json.loads((stack.data / "stack.json").read_text())["cloud_port"]
        self.endpoint = f"http://127.0.0.1:{port}"
        stacks = self.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
        self.outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks[0]["Outputs"]}

    def client(self, service: str):
        return boto3.client(service, region_name=REGION, endpoint_url=self.endpoint)

    def resource(self, logical: str) -> str:
        found = self.client("cloudformation").describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=logical)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def runs(self, logical: str) -> int:
        events = self.client("logs").filter_log_events(logGroupName=self.resource(f"{logical}Logs"))["events"]
        return sum("START RequestId" in event["message"] for event in events)

    def waiting(self, queue: str) -> int:
        """Messages that are not worked off yet."""
        said = self.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return int(said["ApproximateNumberOfMessages"]) + int(said["ApproximateNumberOfMessagesNotVisible"])


def until(holds: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def fire_each_mapping(cloud: Cloud) -> dict[str, int]:
    """Give every queue, the bucket and the table something to tell; how often each worker had run before."""
    before = {
        name: cloud.runs(name) for name in ("Relay", "CheckDocument", "SendNotices", "DispatchPost", "FollowMoney")
    }
    cloud.client("dynamodb").put_item(
        TableName=cloud.outputs["TableName"], Item={"pk": {"S": f"T#{time.time_ns()}"}, "sk": {"S": "probe"}}
    )
    cloud.client("s3").put_object(Bucket=cloud.outputs["BucketName"], Key="quarantine/nobody/nothing", Body=b"x")
    for queue in ("NoticesQueueUrl", "PostQueueUrl", "MoneyQueueUrl"):
        cloud.client("sqs").send_message(
            QueueUrl=cloud.outputs[queue], MessageBody=json.dumps({"dossier_id": "nobody", "seq": 1})
        )
    return before


def test_it_answers_as_the_contract_says(local_stack):
    health = json.loads(local_stack.get("/health").data)
    unknown = local_stack.get("/no-such-address", **{"Accept-Language": "en"})
    wrong = http.request("DELETE", local_stack.url + "/health")

    assert (health["status"], health["province"]) == ("ok", "H32")
    assert (unknown.status, json.loads(unknown.data)["code"]) == (404, "not_found")
    assert (wrong.status, json.loads(wrong.data)["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["Allow"]
    assert {answer.headers["Content-Type"] for answer in (unknown, wrong)} == {"application/problem+json"}


def test_a_browser_at_an_address_there_is_not_gets_a_page(local_stack):
    asked = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    shown = local_stack.get("/khong-co/dia-chi-nay", Accept=asked)

    assert (shown.status, shown.headers["Content-Type"]) == (404, "text/html")
    assert "<h1>Không có trang này</h1>" in shown.data.decode()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"TRACE /health HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST /dossiers HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST /dossiers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n", 404),
    ],
)
def test_what_is_no_request_is_refused_as_a_problem(local_stack, request_bytes, status):
    with socket.create_connection(("127.0.0.1", local_stack.port), timeout=10) as connection:
        connection.sendall(request_bytes)
        answer = connection.recv(65536).decode()

    assert f" {status} " in answer.splitlines()[0]
    assert "application/problem+json" in answer


def test_a_kept_connection_does_not_stall(local_stack):
    http.request("GET", local_stack.url + "/health")
    began = time.monotonic()
    for _ in range(50):
        http.request("GET", local_stack.url + "/health")

    assert time.monotonic() - began < 1.5  # 2.2 s with the stall


def test_the_answer_to_head_has_no_body_that_the_next_answer_would_begin_with(local_stack):
    http.request("HEAD", local_stack.url + "/health")

    assert http.request("GET", local_stack.url + "/health").status == 200


def test_every_worker_is_fed_by_its_queue_bucket_or_stream(local_stack):
    cloud = Cloud(local_stack)

    before = fire_each_mapping(cloud)

    for name, runs in before.items():
        assert until(lambda name=name, runs=runs: cloud.runs(name) > runs), f"{name} was not called"


def test_messages_that_come_at_once_wait_for_the_worker_that_runs_and_start_no_other(local_stack):
    cloud = Cloud(local_stack)
    queue, worker = cloud.resource("UploadsQueue"), f"AWS_LAMBDA_FUNCTION_NAME={cloud.resource('CheckDocument')}\0"
    assert until(lambda: cloud.waiting(queue) == 0)
    running, runs = processes_of(local_stack.data, worker), cloud.runs("CheckDocument")
    for number in range(6):
        cloud.client("s3").put_object(Bucket=cloud.outputs["BucketName"], Key=f"quarantine/nobody/{number}", Body=b"x")

    assert until(lambda: cloud.runs("CheckDocument") > runs and cloud.waiting(queue) == 0, 60)
    assert processes_of(local_stack.data, worker) == running


def test_what_the_emulator_drops_from_the_template_is_there(local_stack):
    cloud = Cloud(local_stack)
    table = {"TableName": cloud.outputs["TableName"]}
    backups = cloud.client("dynamodb").describe_continuous_backups(**table)["ContinuousBackupsDescription"]
    lifecycle = cloud.client("s3").get_bucket_lifecycle_configuration(Bucket=cloud.outputs["BucketName"])
    schedule = cloud.client("lambda").get_function_concurrency(FunctionName=cloud.resource("FlagDeadlines"))
    bounce = cloud.client("lambda").get_function_configuration(FunctionName=cloud.resource("RecordBounce"))

    assert cloud.client("dynamodb").describe_time_to_live(**table)["TimeToLiveDescription"]["AttributeName"] == "ttl"
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert "quarantine/" in [rule["Filter"]["Prefix"] for rule in lifecycle["Rules"]]
    assert schedule["ReservedConcurrentExecutions"] == 1
    assert bounce["DeadLetterConfig"]["TargetArn"]


def test_a_token_of_this_stack_is_let_in_and_another_is_not(local_stack, tmp_path):
    from ops.local import keys

    keys.make(tmp_path)
    ours = told(local_stack.data, "token", "--role", "citizen", "--sub", "an").stdout.strip()
    foreign = keys.token(tmp_path, "citizen", "an", {})

    assert local_stack.get("/dossiers", Authorization=f"Bearer {ours}").status == 200
    assert local_stack.get("/dossiers", Authorization=f"Bearer {foreign}").status == 401


def test_the_sample_catalogue_is_there(local_stack):
    assert len(json.loads(local_stack.get("/procedures?limit=100").data)["items"]) >= 30


def test_the_pay_page_takes_only_addresses_our_merchant_signed(local_stack):
    keys = json.loads(told(local_stack.data, "credentials").stdout)["vnpay"]
    order = {
        "vnp_TmnCode": keys["tmn_code"],
        "vnp_Amount": "800000",
        "vnp_OrderInfo": "Le phi",
        "vnp_TxnRef": "nobody-abcdef",
        "vnp_CreateDate": "20260601090000",
        "vnp_ReturnUrl": local_stack.url + "/health?from=vnpay",
    }
    double = VnpayDouble(local_stack.data / "absent.json", keys["tmn_code"], keys["secret"], "")
    address = "/_local/vnpay/pay?" + urlencode(order | {"vnp_SecureHash": double.signed(order)})

    page = local_stack.get(address)
    paid = local_stack.post(address, b"action=pay")
    forged = local_stack.get(address.replace("800000", "100"))

    assert (page.status, "8.000" in page.data.decode()) == (200, True)
    assert (paid.status, "vnp_ResponseCode=00" in paid.headers["Location"]) == (303, True)
    assert forged.status == 400


def test_a_schedule_runs_at_a_press(local_stack):
    cloud = Cloud(local_stack)
    before = cloud.runs("FlagDeadlines")

    assert local_stack.post("/_local/run/FlagDeadlines").status == 200
    assert until(lambda: cloud.runs("FlagDeadlines") > before)


def test_mail_that_a_worker_sends_is_shown(local_stack):
    cloud = Cloud(local_stack)
    cloud.client("sesv2").send_email(
        FromEmailAddress="motcua@khanhhoa.example",
        Destination={"ToAddresses": ["an@example.org"]},
        Content={"Simple": {"Subject": {"Data": "Hồ sơ <1>"}, "Body": {"Text": {"Data": "Đã tiếp nhận."}}}},
    )

    assert json.loads(local_stack.get("/_local/mail.json").data)[0]["subject"] == "Hồ sơ <1>"
    assert "Hồ sơ &lt;1&gt;" in local_stack.get("/_local/mail").data.decode()


def test_a_second_run_on_the_same_folder_is_refused(local_stack):
    refused = told(local_stack.data, "run", "--port", "0")

    assert refused.returncode == 1
    assert re.fullmatch(r"run: .*in use by another `make run`\.\n", refused.stderr)


def test_a_port_in_use_is_one_clear_line(local_stack, tmp_path):
    refused = told(tmp_path / "data", "run", "--port", str(local_stack.port))

    assert refused.returncode == 1
    assert refused.stderr == f"run: Port {local_stack.port} is in use: choose another with PORT=.\n"


def test_what_was_kept_is_there_after_a_restart_on_other_ports_and_the_workers_go_on(tmp_path):
    data = tmp_path / "data"
    with started(data) as first:
        cloud = Cloud(first)
        cloud.client("dynamodb").put_item(
            TableName=cloud.outputs["TableName"], Item={"pk": {"S": "KEPT"}, "sk": {"S": "1"}}
        )
        cloud.client("s3").put_object(Bucket=cloud.outputs["BucketName"], Key="kept/file", Body=b"kept")
        token = told(data, "token", "--role", "citizen", "--sub", "an").stdout.strip()
        old_port = int(cloud.endpoint.rsplit(":", 1)[1])
        assert first.stop(signal.SIGTERM) == 0
        assert until(lambda: not processes_of(data), 5), "processes were left behind"

    with socket.socket() as taken:  # the cloud's old port is gone, so its saved state has to move
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", old_port))
        taken.listen()
        with started(data) as second:
            cloud = Cloud(second)
            item = cloud.client("dynamodb").get_item(
                TableName=cloud.outputs["TableName"], Key={"pk": {"S": "KEPT"}, "sk": {"S": "1"}}
            )
            kept = cloud.client("s3").get_object(Bucket=cloud.outputs["BucketName"], Key="kept/file")
            assert item["Item"]["pk"] == {"S": "KEPT"}
            assert kept["Body"].read() == b"kept"
            assert second.get("/dossiers", Authorization=f"Bearer {token}").status == 200
            worker = cloud.client("lambda").get_function_configuration(FunctionName=cloud.resource("SendNotices"))
            assert worker["Environment"]["Variables"]["PUBLIC_URL"] == second.url
            for name, runs in fire_each_mapping(cloud).items():
                assert until(lambda name=name, runs=runs: cloud.runs(name) > runs), f"{name} no longer runs"


def test_a_restart_without_any_change_takes_little_time(tmp_path):
    data = tmp_path / "data"
    with started(data) as first:
        assert first.stop() == 0

    with started(data, first.port) as second:
        assert second.seconds < 45  # 3 s on an idle machine; a busy one has other tests to run
        assert "Sample catalogue" not in second.log.read_text().split("Stopping")[1]


def test_a_killed_cloud_is_told_of_at_the_next_start(tmp_path):
    data = tmp_path / "data"
    with started(data) as first:
        for process in processes_of(data):
            os.kill(process, signal.SIGKILL)
        assert first.process.wait(10) == 1
        assert "The local cloud ended by itself" in first.log.read_text()

    with started(data) as second:
        assert "The last run was killed" in second.log.read_text()
        assert len(json.loads(second.get("/procedures?limit=100").data)["items"]) >= 30


def test_a_hard_kill_leaves_no_process(tmp_path):
    data = tmp_path / "data"
    with started(data) as stack:
        assert processes_of(data)
        os.kill(stack.process.pid, signal.SIGKILL)
        stack.process.wait()

        assert until(lambda: not processes_of(data), 10), subprocess.getoutput("ps axf")
