"""One dossier's whole life with a paper, a fee and a parcel, step by step, as the outside world brings it about."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

import boto3

import app
from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Fee
from chalicelib.payments import records as payments
from chalicelib.settings import settings
from tests.dossiers.conftest import PAPER, PDF, POSTED, a_draft, a_procedure
from tests.faults.money import Message
from tests.faults.world import NO_EVENT, World
from tests.people import Person, Reply

FEE = Fee(code="LP1", name="Lệ phí", kind="le_phi", amount=20_000)
PROCEDURE = a_procedure("1.900009", components=(PAPER,), fees=(FEE,))
FOLLOWED = {"send_notices": "NOTICES_QUEUE", "dispatch_post": "POST_QUEUE", "follow_money": "MONEY_QUEUE"}


class Step(NamedTuple):
    """`most`: requests to AWS it may cost, as the design says. `times`: how often it comes in a life."""

    name: str
    most: int | None
    run: Callable[[], object]
    times: int = 1


class Life:
    def __init__(self, world: World) -> None:
        self.world, self.id, self.etag, self.code, self.seen = world, "", "", "", 0
        self.binh, self.an = world.binh, world.an
        self.lan, self.minh, self.chi = (
            world.town.officer(role, "H32.10", name)
            for role, name in (("supervisor", "lan"), ("specialist", "minh"), ("approver", "chi"))
        )
        self.said: Message

    def steps(self) -> Iterator[Step]:
        """In order; what is asked only to go on is asked between them, and belongs to none."""
        yield Step("draft", 2, self._draft)
        yield Step("autosave", 2, self._autosave, 4)
        yield Step("upload asked for", 2, self._upload)
        self._arrives()
        yield Step("  checked and kept", None, self._checked)
        self._sees(self.binh)
        yield Step("submission", 4, self._submitted)
        yield from self._follow_ups()
        yield Step("payment begun", None, self._begun)
        self._provider_signs()
        yield Step("payment notification", 3, self._notified)
        yield Step("  repeated", 1, self._notified)
        yield from self._follow_ups()
        yield Step("status look-up", 2, self._looked_up, 6)
        yield Step("one page of the desk", 2, lambda: good(self.an.get("/desk/dossiers?queue=to_accept")), 10)
        yield Step("dossier read by an officer", 1, lambda: good(self.an.get(f"/dossiers/{self.id}")), 6)
        yield Step("acceptance", 3, self._decided(self.an, "acceptance"))
        yield Step("assignment", 3, self._decided(self.lan, "assignment", {"officer": "minh"}))
        yield Step("proposal", 3, self._decided(self.minh, "result", {"outcome": "granted", "documents": []}))
        yield Step("decision", 3, self._decided(self.chi, "result", {"outcome": "granted", "documents": []}))
        yield Step("given to the post", 3, self._decided(self.an, "return", {"channel": "post"}))
        yield from self._follow_ups()
        yield Step("track asked for", None, lambda: app.pull_tracking(NO_EVENT, None), 3)
        yield from self._follow_ups()
        yield Step("own dossier read", 1, lambda: good(self.binh.get(f"/dossiers/{self.id}")), 6)

    # ——— the citizen ———

    def _draft(self) -> None:
        self._keep(self.binh.post("/dossiers", a_draft(PROCEDURE.code, delivery=POSTED)))
        self.id = self.body["id"]

    def _autosave(self) -> None:
        form = {"form": {"purpose": f"Bổ túc hồ sơ {secrets.randbelow(99)}"}}
        self._keep(self.binh.patch(f"/dossiers/{self.id}", form, seen=self.etag))

    def _upload(self) -> None:
        facts = {"component": PAPER.code, "file_name": "a.pdf", "content_type": "application/pdf", "size": len(PDF)}
        facts["sha256"] = hashlib.sha256(PDF).hexdigest()
        self.document = good(self.binh.post(f"/dossiers/{self.id}/documents", facts)).body["document_id"]

    def _arrives(self) -> None:
        self.key = f"quarantine/{self.id}/{self.document}"
        boto3.client("s3").put_object(Bucket=settings().BUCKET, Key=self.key, Body=PDF, ContentType="application/pdf")

    def _checked(self) -> None:
        body = {"Records": [{"s3": {"object": {"key": self.key}}}]}
        message = {"messageId": "1", "body": json.dumps(body), "receiptHandle": "r", "eventSource": "aws:sqs"}
        _worked(app.check_document({"Records": [message]}, None))

    def _submitted(self) -> None:
        self._keep(self.binh.post(f"/dossiers/{self.id}/submission", seen=self.etag))
        self.code = self.body["code"]

    def _begun(self) -> None:
        wanted = {"provider": "vnpay", "return_url": "http://127.0.0.1:8000/tro-ve"}
        begun = good(self.binh.post(f"/dossiers/{self.id}/payments", wanted)).body
        self.payment_id = begun["payment_id"]

    def _provider_signs(self) -> None:
        payment = payments.ledger(self.id).payments[self.payment_id]
        self.said = Message("vnpay", payment, self.world.momo)

    def _notified(self) -> None:
        assert good(self.world.town.anyone.get(self.said.address)).body["RspCode"] in ("00", "02")

    def _looked_up(self) -> None:
        good(self.world.town.anyone.post("/status-lookups", {"code": self.code, "proof": "3456"}))

    # ——— the officers ———

    def _decided(self, officer: Person, what: str, body: dict[str, Any] | None = None) -> Callable[[], None]:
        self._sees(officer)
        return lambda: self._keep(officer.post(f"/dossiers/{self.id}/{what}", body, seen=self.etag))

    def _sees(self, person: Person) -> None:
        self._keep(person.get(f"/dossiers/{self.id}"))

    # ——— what follows by itself ———

    def _follow_ups(self) -> Iterator[Step]:
        records = self.world.streamed(self.id, after=self.seen)
        self.seen += len(records)
        yield Step("stream: events relayed", None, lambda: self.world.relay(records))
        for function, queue in FOLLOWED.items():
            for body in self.world._drained(getattr(settings(), queue)):
                yield Step(f"queue: {function}", None, self._delivered(function, body["seq"]))

    def _delivered(self, function: str, seq: int) -> Callable[[], None]:
        return lambda: _worked(self.world.deliver(function, self.id, seq).said)

    def _keep(self, reply: Reply) -> None:
        self.body, self.etag = good(reply).body, reply.etag


def publish() -> None:
    catalogue.publish(PROCEDURE, date(2025, 7, 1))


def good(reply: Reply) -> Reply:
    assert reply.status < 300, reply
    return reply


def _worked(answer: Any) -> None:  # noqa: ANN401
    assert answer == {"batchItemFailures": []}, answer
