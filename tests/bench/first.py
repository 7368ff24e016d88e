"""The commonest first requests of a cold function, as the gateway hands them on, over a local cloud that can answer."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import app
from chalicelib import tokens
from chalicelib.clock.now import now
from chalicelib.payments import records as payments
from chalicelib.site import session_records
from ops.local import cloud
from tests import people
from tests.conftest import SECRETS, environment
from tests.dossiers.conftest import FREE, PAID, a_draft, file, publish
from tests.gateway import event_of
from tests.payments.conftest import notification

LOOK_UP, PROCEDURE, SUBMISSION = "status look-up", "procedure's page", "submission"
NOTIFICATION, DESK = "payment notification", "page of the desk"
Events = dict[str, list[dict[str, Any]]]


@contextmanager
def over_a_cloud(times: int) -> Iterator[Events]:
    """Events by the name of what is asked: of what changes something, one for each time."""
    from chalice.test import Client

    with (
        TemporaryDirectory() as folder,
        cloud.running(Path(folder), keep=False) as endpoint,
        environment(AWS_ENDPOINT_URL=endpoint),
        Client(app.app, stage_name="tests") as client,
    ):
        cloud.create_bare(os.environ, SECRETS)
        publish()
        yield _events(people.Town(people.in_process(client)), times)


def _events(town: people.Town, times: int) -> Events:
    code = file(town.citizen())["code"]
    look_up = event_of("POST", "/status-lookups", body=json.dumps({"code": code, "proof": "3456"}))
    return {
        LOOK_UP: [look_up] * times,
        PROCEDURE: [event_of("GET", "/thu-tuc/{code}", {"code": FREE.code})] * times,
        SUBMISSION: [_submission(town.citizen()) for _ in range(times)],
        NOTIFICATION: [_notification(town.citizen()) for _ in range(times)],
        DESK: [_desk(town.officer("clerk", "H32.10", "an"))] * times,
    }


def _submission(binh: people.Person) -> dict[str, Any]:
    begun = binh.post("/dossiers", a_draft()).body
    headers = {"authorization": f"Bearer {binh.bearer}", "idempotency-key": begun["id"]}
    headers |= {"if-match": f'"{begun["version"]}"'}
    return event_of("POST", "/dossiers/{dossier_id}/submission", {"dossier_id": begun["id"]}, headers)


def _notification(binh: people.Person) -> dict[str, Any]:
    dossier_id = file(binh, PAID.code)["id"]
    wanted = {"provider": "vnpay", "return_url": "http://127.0.0.1:8000/tro-ve"}
    payment_id = binh.post(f"/dossiers/{dossier_id}/payments", wanted).body["payment_id"]
    said = notification(payments.ledger(dossier_id).payments[payment_id])
    return event_of("GET", "/webhooks/payments/vnpay", query=dict(said.query))


def _desk(an: people.Person) -> dict[str, Any]:
    caller = tokens.caller_of(f"Bearer {an.bearer}")
    assert caller
    session = session_records.open_session(caller, people.ISSUER, now())
    return event_of("GET", "/can-bo", headers={"cookie": f"phien={session}"})
