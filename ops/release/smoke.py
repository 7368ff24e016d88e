"""Whether a deployed stack works: it answers as the new release, its functions start, and a draft can be begun."""

import json
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

import urllib3

from ops import changes, provinces
from ops.local.cloud import client
from ops.rehearse.journey import Unexpected, answered, expect
from ops.rehearse.people import Person, over_http
from ops.rehearse.steps import HARMLESS

PATIENCE: Final = 60.0
# A draft is in no queue, no statistic and has no code; nobody submits this one, and it is discarded.
PLACE: Final = {"line": "1 Đường Thử", "commune": "Phường Thử", "province": "Tỉnh Thử"}
SOMEWHERE: Final = {"recipient": "Người Thử", "phone": "0900000000", "address": PLACE}
NOBODY: Final = {
    **{"kind": "person", "full_name": "Người Thử", "identity_number": "056190000000", "phone": "0900000000"},
    "address": PLACE,
}


def smoke(stack: str, province: provinces.Province, release: str, url: str, token: str) -> list[str]:
    """What was looked at, a line each. `token`: a test citizen's, or empty. Raises `Unexpected`."""
    resources = changes.resources(client("cloudformation"), stack)
    anyone = Person(over_http(url))
    _answers(anyone, {"status": "ok", "province": province.code, "version": release})
    expect("what a stranger may list", anyone.get("/dossiers").status, 401)
    _starts(resources["CheckDocument"])
    looked = [f"/health tells release {release}", "a stranger is sent to sign in", "what queues feed starts"]
    return [
        *looked,
        _draft(Person(anyone.send, token)) if token else "NO DRAFT WAS TRIED: give a test citizen's TOKEN=",
    ]


def _answers(anyone: Person, wanted: dict[str, str]) -> None:
    """Within a minute: the gateway takes a moment to send requests to what is new."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            reply = anyone.get("/health")
            if (reply.status, reply.body) == (200, wanted):
                return
            told = f"{reply.status} {str(reply.body)[:300]}"
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            told = type(error).__name__
        if time.monotonic() > deadline:
            raise Unexpected(f"/health answers {told}, not {wanted}")
        time.sleep(2)


def _starts(function: str) -> None:
    answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(HARMLESS).encode())
    told = answer["Payload"].read()
    if answer.get("FunctionError") or b'"itemIdentifier"' in told:
        raise Unexpected(f"{function} does not work: {told[:300]!r}")


def _draft(citizen: Person) -> str:
    procedure = next(_filed_online(citizen), None)
    if procedure is None:
        return "NO DRAFT WAS TRIED: no procedure is filed online yet"
    delivery = {"channel": procedure["channels"]["return"][0], **SOMEWHERE}
    asked = {"procedure": procedure["code"], "applicant": NOBODY, "form": {}, "delivery": delivery}
    draft = answered(citizen.post("/dossiers", asked), 201)
    expect("the draft read again", answered(citizen.get(f"/dossiers/{draft['id']}"))["status"], "draft")
    # A release from before there was a way to discard one, gone back to, lets it expire by itself.
    gone = citizen.ask("DELETE", f"/dossiers/{draft['id']}").status == HTTPStatus.NO_CONTENT
    return f"draft {draft['id']} begun, read again, and " + ("discarded" if gone else "never submitted; it will expire")


def _filed_online(citizen: Person) -> Iterator[dict[str, Any]]:
    for each in answered(citizen.get("/procedures"))["items"]:
        procedure = answered(citizen.get(f"/procedures/{each['code']}"))
        if "online" in procedure["channels"]["submit"]:
            yield procedure
