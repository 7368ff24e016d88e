"""The world around the service: its clock, stream, queues, schedules and people."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters import base as parameters
from chalice.test import Client

import app
from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue import records as catalogue_records
from chalicelib.catalogue.rules import Fee, Step
from chalicelib.clock import actions as calendars
from chalicelib.clock import outage_actions, outage_records
from chalicelib.clock.outages import OutageDeclared
from chalicelib.clock.rules import ZONE, Processing, Unit
from chalicelib.documents import records as documents
from chalicelib.documents.rules import Document, Reason, State
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.attention import flag
from chalicelib.history.rules import SYSTEM, EventType
from chalicelib.payments import providers, unmatched
from chalicelib.payments import records as payments
from chalicelib.payments.protocol import Begun
from chalicelib.payments.rules import Payment, Statement, Verdict, belongs_to
from chalicelib.postal import records as shipments
from chalicelib.postal import vnpost
from chalicelib.postal.heard import CursorItem
from chalicelib.settings import settings
from chalicelib.table import fresh_id
from chalicelib.web import serving
from chalicelib.wordings import actions as wordings
from ops.local.vnpost_double import VnpostDouble
from tests.conftest import SECRETS, environment
from tests.dossiers.conftest import AGENCIES, PAPER, POSTED, a_draft, a_procedure
from tests.faults.money import Message, accounts, momo_on_loopback
from tests.payments.model.banks import MomoBank
from tests.people import Reply, Town, in_process

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
STEP = Step(name="Thẩm định", processing=Processing(unit=Unit.WORKING_HOUR, amount=8))
FREE = a_procedure("1.900001", components=(PAPER,), steps=(STEP,))
PAID = a_procedure("1.900002", fees=(Fee(code="LP1", name="Lệ phí", kind="le_phi", amount=20_000),))


class Told(NamedTuple):
    """What an operation answers: `good` did it, `again` asks to come back; anything else is a wrong no."""

    good: bool
    again: bool
    said: Any
    code: str | None = None  # of the dossier, where the answer shows it


class World:
    def __init__(self, town: Town, carrier: VnpostDouble, momo: MomoBank) -> None:
        self.town, self.carrier, self.momo, self.now = town, carrier, momo, NINE
        self.mai, self.ha = (town.officer("finance", "H32.10", name) for name in ("mai", "ha"))
        self.binh, self.an = town.citizen(), town.officer("clerk", "H32.10", "an")
        self.dynamodb, self.sqs = boto3.client("dynamodb"), boto3.client("sqs")
        catalogue.keep_agencies(AGENCIES)
        for procedure in (FREE, PAID):
            catalogue.publish(procedure, date(2025, 7, 1))

    def at_nine(self) -> None:
        """The day begins anew; what carriers said on the days of other dossiers is not asked for again."""
        self.now = NINE
        self.carrier.events.clear()
        CursorItem(f"CARRIER#{vnpost.NAME}", "CURSOR").delete()

    def cold(self) -> None:
        """A process that has just begun: it remembers nothing."""
        catalogue_records.pinned.cache_clear()
        catalogue._place.cache_clear()
        calendars._place.cache_clear()
        wordings._known.cache_clear()
        vnpost._tokens.clear()
        for provider in parameters.DEFAULT_PROVIDERS.values():
            provider.clear_cache()

    # ——— what people and machines do ———

    def draft(self, procedure: Any = FREE) -> str:
        dossier_id = str(self.binh.post("/dossiers", a_draft(procedure.code, delivery=POSTED)).body["id"])
        if procedure.components:
            documents.add(a_clean_document(dossier_id, self.now))
        return dossier_id

    def filed(self, procedure: Any = FREE) -> str:
        dossier_id = self.draft(procedure)
        _good(self.binh.post(f"/dossiers/{dossier_id}/submission"))
        return dossier_id

    def warned(self) -> str:
        """Accepted, and flagged as due soon: its letter of apology waits for the approver."""
        dossier_id = self.accepted()
        dossier = dossiers.load(dossier_id)
        dossiers.keep(dossier, flag(dossier, EventType.DUE_SOON, self.now), SYSTEM, self.now)
        return dossier_id

    def accepted(self) -> str:
        dossier_id = self.filed()
        _good(self.an.decide(dossier_id, "acceptance"))
        return dossier_id

    def outage(self) -> str:
        """The hour after nine, declared once whoever asks for it first."""
        if known := outage_records.every():
            return known[0].id
        said = {"from": NINE, "to": NINE + timedelta(hours=1), "reason": "Mất kết nối"}
        return outage_actions.declare(OutageDeclared.model_validate(said), "admin", self.now + timedelta(hours=2)).id

    def being_paid(self, provider: str = "vnpay") -> tuple[Payment, Message]:
        """A fee that is being paid, and the provider's notification that it was; `provider` may only watch for it."""
        dossier_id, serves = self.filed(PAID), providers.adapter(provider).SERVES
        wanted = {"provider": serves, "return_url": "http://127.0.0.1:8000/tro-ve"}
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(providers.adapter(serves), "begin", lambda *_: Begun(pay_url="https://example.vn"))
            begun = _good(self.binh.post(f"/dossiers/{dossier_id}/payments", wanted)).body
        payment = payments.ledger(dossier_id).payments[begun["payment_id"]]
        return payment, Message(provider, payment, self.momo)

    def paid(self) -> Payment:
        """By MoMo, which was told that all is well."""
        payment, message = self.being_paid("momo")
        _good(self.town.anyone.send(message.method, message.address, message.headers, message.body))
        return payment

    def refund_asked(self, payment: Payment) -> str:
        """Of the whole fee: somebody else must approve it."""
        wanted = {"amount": payment.amount, "refundable": payment.amount, "reason": "Nộp thừa"}
        return str(_good(self.mai.post(f"/payments/{payment.id}/refunds", wanted)).body["refund_id"])

    def money_nobody_knows(self) -> str:
        facts = {"verdict": Verdict.SUCCESS, "money_taken": True, "amount": 20_000, "facts": {}}
        said = Statement(order="", provider_reference=fresh_id(), **facts)
        unmatched.keep("vietqr", said, self.now)
        return unmatched._name("vietqr", said)

    def nobody_else_is_spoken_of(self) -> None:
        """Payments of other dossiers no longer wait for their providers."""
        some_day = self.now + timedelta(days=999)
        for payment_id in list(payments.due_for_question(some_day)):
            payments.ask_again(payments.ledger(belongs_to(payment_id)).payments[payment_id], None, some_day)

    def deliver(self, function: str, dossier_id: str, seq: int) -> Told:
        """One message of a queue."""
        record = {"messageId": "1", "body": json.dumps({"dossier_id": dossier_id, "seq": seq})}
        record |= {"receiptHandle": "r", "eventSource": "aws:sqs"}
        return _told_of_batch(getattr(app, function)({"Records": [record]}, None))

    def relay(self, records: list[dict[str, Any]]) -> Told:
        """A batch of the table's stream."""
        return _told_of_batch(app.relay({"Records": records}, None))

    def retry(self) -> Told:
        """The schedule that looks again at parcels whose time has come; each run is minutes after the last."""
        self.now += timedelta(minutes=5)
        try:
            app.retry_dispatch(NO_EVENT, None)
        except Exception as error:  # noqa: BLE001 - Lambda runs it again
            return Told(False, True, error)
        return Told(True, False, None)

    def poll(self) -> Told:
        """The schedule that speaks to payment providers; what dies is taken up by its next run."""
        app.poll_payments(NO_EVENT, None)
        return Told(True, False, None)

    def sweep(self) -> Told:
        app.sweep_followups(NO_EVENT, None)
        return Told(True, False, None)

    def settle(self, dossier_id: str, *, stream_lost: bool = False) -> None:
        """Stream, queues and schedules do their work, hour after hour, until nothing is left to do."""
        version = 0
        for _ in range(6):
            self.now += timedelta(hours=1)
            seen, version = version, dossiers.load(dossier_id).version
            self.sweep() if stream_lost else self.relay(self.streamed(dossier_id, after=seen))
            self._queues(dossier_id)
            if shipments.of_dossier(dossier_id):
                self.retry()
                app.pull_tracking(NO_EVENT, None)
            if dossiers.load(dossier_id).version == version:
                return
        raise AssertionError("it never comes to rest")

    def _queues(self, dossier_id: str) -> None:
        """Delivers what waits for the dossier: the last message first, then the first, late."""
        followed = (
            (settings().NOTICES_QUEUE, "send_notices"),
            (settings().POST_QUEUE, "dispatch_post"),
            (settings().MONEY_QUEUE, "follow_money"),
        )
        for queue, function in followed:
            waiting = sorted(body["seq"] for body in self._drained(queue) if body["dossier_id"] == dossier_id)
            for seq in waiting[-1:] + waiting[:1]:
                if not self.deliver(function, dossier_id, seq).good:
                    self.now += timedelta(hours=1)  # the claim of one who died runs out; the queue comes again
                    assert self.deliver(function, dossier_id, seq).good

    def streamed(self, dossier_id: str, after: int = 0) -> list[dict[str, Any]]:
        """The records of the dossier's events, as the table's stream carries them."""
        keys = {":pk": {"S": f"D#{dossier_id}"}, ":from": {"S": f"E#{after + 1:06d}"}, ":to": {"S": "E#999999"}}
        found = self.dynamodb.query(
            TableName=settings().TABLE,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :from AND :to",
            ExpressionAttributeValues=keys,
        )
        return [
            {"eventName": "INSERT", "dynamodb": {"NewImage": image, "SequenceNumber": image["seq"]["N"]}}
            for image in found["Items"]
        ]

    def _drained(self, queue: str) -> list[dict[str, Any]]:
        bodies: list[dict[str, Any]] = []
        while messages := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            bodies += [json.loads(message["Body"]) for message in messages]
            done = [{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(messages)]
            self.sqs.delete_message_batch(QueueUrl=queue, Entries=done)
        return bodies


@contextmanager
def opened(folder: Path) -> Iterator[World]:
    """Over the cloud the environment names; `folder` is for what the carrier keeps."""
    with ExitStack() as open_:
        carrier, (momo, address) = open_.enter_context(VnpostDouble(folder)), open_.enter_context(momo_on_loopback())
        known = accounts(address, settings().PAYMENTS["vnpay"])
        changed = {"VNPOST_URL": carrier.url, "CARRIER_CA_FILE": str(carrier.ca_file)}
        changed |= {"PAYMENTS": json.dumps(known), "REFUND_TWO_PEOPLE_ABOVE": "15000"}
        open_.enter_context(environment(**changed))
        carrier.takes_duplicates = True  # a carrier that would not notice
        _keep_secrets(SECRETS | {"vnpost": carrier.keys})
        boto3.client("sesv2").create_email_identity(EmailIdentity=settings().MAIL_FROM)
        client = open_.enter_context(Client(app.app, stage_name="tests"))
        world = World(Town(in_process(client)), carrier, momo)
        patched = open_.enter_context(pytest.MonkeyPatch.context())
        for module in (app, serving):
            patched.setattr(module, "now", lambda: world.now)
        carrier.clock = lambda: world.now
        yield world
        _keep_secrets(SECRETS)
        vnpost._connections.cache_clear()
        vnpost._tokens.clear()


def _keep_secrets(secrets: object) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=settings().SECRETS, SecretString=json.dumps(secrets))


NO_EVENT: dict[str, Any] = {
    name: {} if name == "detail" else [] if name == "resources" else ""
    for name in ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources")
}


def a_clean_document(dossier_id: str, at: datetime) -> Document:
    facts: dict[str, Any] = {"component": PAPER.code, "by": "citizen", "file_name": "a.pdf", "size": 10}
    facts |= {"content_type": "application/pdf", "sha256": "0" * 64, "state": State.CLEAN, "reason": Reason.CHECKED}
    return Document(id=fresh_id(), dossier_id=dossier_id, registered_at=at, upload_expires_at=at, **facts)


def _told_of_batch(answer: Any) -> Told:
    return Told(answer == {"batchItemFailures": []}, bool(answer["batchItemFailures"]), answer)


def _good(reply: Reply) -> Reply:
    assert reply.status < 300, reply
    return reply
