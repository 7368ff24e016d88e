"""The stack of `make run`: deployed with its parameters, its secret filled, its catalogue loaded, a worker checked."""

import json
import os
from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import ClientError

from ops.changes import DeployFailed
from ops.local import cloud, deploy, keys
from ops.local.carrier import KeptCarrier
from ops.local.data import Data
from ops.local.provider import sign_in_facts
from ops.local.template import stage_environment

# What S3 sends when a notification is set up; the function that gets it has nothing to do.
HARMLESS: Final = {"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": '{"Event": "s3:TestEvent"}'}]}
MAIL_FROM: Final = "motcua@khanhhoa.example"


def deployed(data: Data, template: dict[str, Any], carrier: KeptCarrier, port: int) -> dict[str, str]:
    """The stack as it should be now, its keys, its catalogue; the functions' names by their names in the template."""
    is_new = deploy.deploy(template, data.folder / "package" / "deployment.zip", _parameters(data, carrier, port))
    functions = deploy.resources()
    kept = keys.credentials(data.folder)
    secrets = kept | {"vnpost": carrier.keys | kept["vnpost"]}
    cloud.client("secretsmanager").put_secret_value(
        SecretId=deploy.outputs()["SecretsId"], SecretString=json.dumps(secrets)
    )
    with suppress(ClientError):  # it is verified already
        cloud.client("sesv2").create_email_identity(EmailIdentity=MAIL_FROM)
    os.environ.update(deploy.function_environment("APIHandler"))
    if is_new:
        _load_sample()
    _check_worker(functions["CheckDocument"])
    if not is_new:  # the stream does not outlive a stop: what it had not told yet is found by the sweep
        cloud.client("lambda").invoke(FunctionName=functions["SweepFollowups"], InvocationType="Event", Payload=b"{}")
    return functions


def _parameters(data: Data, carrier: KeptCarrier, port: int) -> dict[str, str]:
    here = f"http://127.0.0.1:{port}"
    stage = stage_environment("local")
    return {
        "Stage": "local",
        "Province": stage["PROVINCE"],
        "ProvinceName": stage["PROVINCE_NAME"],
        "Release": stage["RELEASE"],
        "PublicUrl": here,
        "Issuers": keys.issuers(data.folder, sign_in_facts(port)),
        "Payments": stage["PAYMENTS"].replace("http://127.0.0.1:8000", here),
        "RefundTwoPeopleAbove": stage["REFUND_TWO_PEOPLE_ABOVE"],
        "VnpostUrl": carrier.url,
        "VnpostStatuses": stage["VNPOST_STATUSES"],
        "VnpostTrackPage": stage["VNPOST_TRACK_PAGE"],
        "CarrierCaFile": str(carrier.ca_file),
        "SignatureRootsFile": os.environ.get("MOTCUA_SIGNATURE_ROOTS", ""),
        "Clamd": os.environ.get("MOTCUA_CLAMD", ""),
        "MailFrom": MAIL_FROM,
    }


def _load_sample() -> None:
    from chalicelib.clock.now import now
    from ops import load_sample

    outcomes = load_sample.load(load_sample.SAMPLE, now().date())
    print(f"Sample catalogue: {sum(outcomes.values())} procedures", flush=True)


def _check_worker(function: str) -> None:
    """All functions are one archive: when one cannot start none can, and every message would wait unseen."""
    answer = cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(HARMLESS).encode())
    told = answer["Payload"].read()
    if answer.get("FunctionError") or b'"itemIdentifier"' in told:
        raise DeployFailed(f"The deployed functions do not work: {told[:300].decode('utf-8', 'replace')}")
