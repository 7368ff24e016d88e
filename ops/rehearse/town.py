"""One province's stack on the rehearsal's cloud, its people, its simulated provider and carrier."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from ops import changes
from ops.local import deploy, keys
from ops.local.carrier import KeptCarrier
from ops.local.cloud import client
from ops.local.schedules import EVENT
from ops.local.template import ROOT, stage_environment
from ops.local.vnpay_double import VnpayDouble
from ops.provinces import Province
from ops.rehearse.eased import eased
from ops.rehearse.journey import Unexpected
from ops.rehearse.people import Person, over_http

GATEWAY_STAGE: Final = "v1"
SECONDS_PER_PARCEL_STEP: Final = 0.5


class Town:
    """`folder`: its keys and the memory of its doubles. `endpoint`: of the cloud it shares with others."""

    def __init__(self, province: Province, folder: Path, endpoint: str, carrier: KeptCarrier) -> None:
        self.province, self.folder, self.endpoint, self.carrier = province, folder, endpoint, carrier
        self.name, self.stack = province.slug, province.stack
        self.back = f"{endpoint}/paid"

    def deployed(self, template: dict[str, Any], archive: Path, release: str) -> bool:
        """By a change set; whether the stack is new."""
        return deploy.deploy(eased(template), archive, self.parameters(release), self.stack)

    def parameters(self, release: str) -> dict[str, str]:
        stage = stage_environment("local")
        pays = {"vnpay": json.loads(stage["PAYMENTS"])["vnpay"]}
        return {
            "Stage": "local",
            "Province": self.province.code,
            "ProvinceName": self.province.name,
            "Release": release,
            "PublicUrl": self.endpoint,
            "Issuers": keys.issuers(self.folder),
            "Payments": json.dumps(pays),
            "VnpostUrl": self.carrier.url,
            "VnpostStatuses": stage["VNPOST_STATUSES"],
            "CarrierCaFile": str(self.carrier.ca_file),
            "MailFrom": self.mail_from,
        }

    @property
    def mail_from(self) -> str:
        return f"motcua@{self.name}.example"

    def filled(self) -> None:
        """Its secret, its sender's identity, its catalogue: what an operator does once."""
        kept = keys.credentials(self.folder)
        secrets = kept | {"vnpost": self.carrier.keys | kept["vnpost"]}
        client("secretsmanager").put_secret_value(SecretId=self.resources["Secrets"], SecretString=json.dumps(secrets))
        client("sesv2").create_email_identity(EmailIdentity=self.mail_from)
        environment = {**os.environ, **deploy.function_environment("APIHandler", self.stack)}
        loading = [sys.executable, "-m", "ops.load_sample"]
        done = subprocess.run(loading, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unexpected(f"the sample was not loaded: {done.stderr[-500:]}")

    @property
    def resources(self) -> dict[str, str]:
        return deploy.resources(self.stack)

    @property
    def url(self) -> str:
        return f"{self.endpoint}/_aws/execute-api/{self.resources['RestAPI']}/{GATEWAY_STAGE}"

    def person(self, role: str, sub: str, agency: str = "") -> Person:
        return Person(over_http(self.url), keys.token(self.folder, role, sub, {"agency": agency}))

    @property
    def anyone(self) -> Person:
        return Person(over_http(self.url))

    def pay(self, pay_url: str) -> None:
        kept = keys.credentials(self.folder)["vnpay"]
        notified = f"{self.url}/webhooks/payments/vnpay"
        vnpay = VnpayDouble(self.folder / "vnpay.json", kept["tmn_code"], kept["secret"], notified)
        query = dict(parse_qsl(urlsplit(pay_url).query))
        if not vnpay.opened(query):
            raise Unexpected("the pay page's address is not signed with the province's key")
        vnpay.decided(query["vnp_TxnRef"], "pay")
        (payment,) = [each for each in vnpay.known() if each.reference == query["vnp_TxnRef"]]
        if '"00"' not in payment.told[0].answer:
            raise Unexpected(f"the provider's notification was answered {payment.told[0].answer[:300]}")

    def run(self, schedule: str) -> None:
        self.called(schedule, EVENT)

    def called(self, function: str, event: Mapping[str, Any]) -> bytes:
        """The deployed function, by its name in the template; what it fails with ends the step."""
        name = self.resources[function]
        answer = client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        told: bytes = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise Unexpected(f"{function} failed: {told[:500]!r}")
        return told

    def log_of(self, function: str) -> str:
        events = client("logs").filter_log_events(logGroupName=self.resources[f"{function}Logs"])["events"]
        return "\n".join(each["message"] for each in events)

    def errors(self) -> list[str]:
        """What the functions' logs say of failures, the last few of each."""
        functions = [name.removesuffix("Logs") for name in self.resources if name.endswith("Logs")]
        logs = {name: self.log_of(name).splitlines() for name in functions if name != "Access"}
        return [f"{name}: {line[:1500]}" for name, lines in logs.items() for line in _bad(lines)[-2:]]

    def status(self) -> str:
        return changes.status(client("cloudformation"), self.stack)


def _bad(lines: list[str]) -> list[str]:
    return [line for line in lines if '"level":"ERROR"' in line or "AccessDenied" in line or "Traceback" in line]


@contextmanager
def town(province: Province, folder: Path, endpoint: str) -> Iterator[Town]:
    """With keys of its own, and its carrier running."""
    folder.mkdir()
    keys.make(folder)
    kept = keys.credentials(folder)["vnpost"]
    with KeptCarrier(folder, 0, kept, SECONDS_PER_PARCEL_STEP) as carrier:
        yield Town(province, folder, endpoint, carrier)
