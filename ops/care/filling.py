"""Fills a stack of nobody's with dossiers in every state, by the service's own actions; for drills only."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from typing import Any, Final

from chalicelib.access import Caller
from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Agency, Channels, Component, Fee, Procedure
from chalicelib.clock.rules import PauseCause, Processing, Unit
from chalicelib.documents import actions as documents
from chalicelib.documents.files import client
from chalicelib.documents.uploads import NewDocument
from chalicelib.dossiers import actions, clock_actions, desk_actions, file_actions, records
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import Draft
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.results import Result
from chalicelib.dossiers.rules import SupplementItem
from chalicelib.notices import actions as notices
from chalicelib.payments import actions as payments
from chalicelib.payments import following as money
from chalicelib.payments.hearing import heard
from chalicelib.payments.protocol import Start
from chalicelib.payments.records import ledger
from chalicelib.payments.rules import Source, Statement, Verdict
from chalicelib.postal import actions as post
from chalicelib.settings import settings
from ops.local.template import ROOT

PAPER: Final = ROOT / "examples" / "files" / "giay-to.pdf"
HOME: Final = {"line": "1 Đường Thử", "commune": "Phường Thử", "province": "Khánh Hòa"}
SOMEBODY: Final = {
    **{"kind": "person", "full_name": "Người Thử", "identity_number": "056190000000", "phone": "0900000000"},
    **{"email": "drill@example.invalid", "address": HOME},
}
AT_HOME: Final = {"channel": "post", "recipient": "Người Thử", "phone": "0900000000", "address": HOME}
NEEDED: Final = Component(code="giay-to", name="Giấy tờ thử", original=0, copy_=1, required=True)
FORM: Final = {"type": "object", "properties": {"purpose": {"type": "string"}}, "examples": [{"purpose": "Thử"}]}


def _procedure(code: str, **facts: Any) -> Procedure:
    return Procedure(
        **{"code": code, "name": f"Thủ tục thử {code}", "agencies": (_agency(),), "field": "Thử", "level": 4},
        **{"service": "full", "components": (NEEDED,), "form": FORM, "presence_required": False, "visits": 0},
        processing=Processing(unit=Unit.WORKING_DAY, amount=5),
        pauses=(PauseCause.SUPPLEMENT, PauseCause.FINANCIAL_OBLIGATION, PauseCause.OTHER_AGENCY),
        channels=Channels(submit=("online",), pay=("online", "desk"), return_=("online", "desk", "post")),
        source="drill",
        valid_from=date(2025, 7, 1),
        **facts,
    )


def _agency() -> str:
    return f"{settings().PROVINCE}.10"


class Filling:
    """Everything happens at `at`, but for what time does by itself, which happened before. No two papers are alike."""

    def __init__(self, at: datetime) -> None:
        self.at, self.paper, self.made = at, PAPER.read_bytes(), 0
        self.citizen = Caller("citizen", "drill", "drill-citizen")
        self.free, self.paid = _procedure("9.000001"), _procedure("9.000002", fees=(_FEE,))
        province = Agency(code=settings().PROVINCE, name=settings().PROVINCE_NAME, level="province")
        catalogue.keep_agencies(
            (province, Agency(code=_agency(), name="Sở Thử", level="department", parent=province.code))
        )
        for procedure in (self.free, self.paid):
            catalogue.publish(procedure, procedure.valid_from)

    def fill(self, count: int) -> Iterator[str]:
        """So many dossiers, state after state; the ids of each as it is made and followed up."""
        for story in islice(cycle(self.stories().values()), count):
            dossier_id = story()
            self.follow(dossier_id)
            yield dossier_id

    def stories(self) -> dict[str, Callable[[], str]]:
        """By the state in which each leaves its dossier."""
        return {
            Stage.EXPIRED: self.expired,
            Stage.DRAFT: self.draft,
            Stage.SUBMITTED: self.submitted,
            "awaiting payment": self.unpaid,
            "paid": self.paid_for,
            Stage.NOT_ACCEPTED: lambda: self._decided(self.submitted(), "clerk", desk_actions.refuse, "Thử", "Thử"),
            Stage.ACCEPTED: self.accepted,
            Stage.PROCESSING: self.processing,
            Stage.SUPPLEMENT_REQUESTED: self.supplement,
            Stage.AWAITING_OBLIGATION: lambda: self.paused(PauseCause.FINANCIAL_OBLIGATION),
            Stage.SUSPENDED: lambda: self.paused(PauseCause.OTHER_AGENCY),
            Stage.WITHDRAWN: self.withdrawn,
            Stage.STOPPED: lambda: self._decided(self.accepted(), "approver", desk_actions.stop, "Thử"),
            Stage.FINISHED: self.finished,
            "in the post": self.posted,
            Stage.RETURNED: lambda: self._decided(self.finished(), "clerk", desk_actions.return_result, "online"),
        }

    def follow(self, dossier_id: str) -> None:
        """What queues would do, until nothing is left to do."""
        seen = 0
        while seen != (version := records.load(dossier_id).version):
            seen = version
            for follow in (notices.follow, post.follow, money.follow):
                follow(dossier_id, version, self.at)

    # ——— stories ———

    def draft(self, procedure: Procedure | None = None, delivery: dict[str, Any] | None = None) -> str:
        return self._begun(self.at, procedure or self.free, delivery)

    def expired(self) -> str:
        dossier_id = self._begun(self.at - timedelta(days=40), self.free, None)
        for days in (10, 5):  # warned after 27 days, erased three days later
            clock_actions.expire_drafts(self.at - timedelta(days=days))
        return dossier_id

    def submitted(self, procedure: Procedure | None = None, delivery: dict[str, Any] | None = None) -> str:
        dossier_id = self.draft(procedure, delivery)
        self.upload(dossier_id)
        actions.submit(dossier_id, self._act(self.citizen))
        return dossier_id

    def upload(self, dossier_id: str) -> str:
        """A paper of its own bytes, put where the browser would put it, and checked."""
        self.made += 1
        content = self.paper + b"%%%d\n" % self.made
        facts = {"component": NEEDED.code, "file_name": "giay-to.pdf", "content_type": "application/pdf"}
        new = NewDocument(**facts, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        form = file_actions.request_upload(dossier_id, new, self.citizen, self.at, None)
        key = f"quarantine/{dossier_id}/{form.document_id}"
        client().put_object(Bucket=settings().BUCKET, Key=key, Body=content, ContentType=new.content_type)
        documents.arrived(key, self.at)
        return form.document_id

    def unpaid(self) -> str:
        dossier_id = self.submitted(self.paid)
        start = Start(return_url=f"{settings().PUBLIC_URL}/", ip="127.0.0.1", language="vi")
        payments.start(dossier_id, "vnpay", start, self.citizen, self.at)
        return dossier_id

    def paid_for(self) -> str:
        dossier_id = self.unpaid()
        for payment in ledger(dossier_id).payments.values():
            told = {"order": payment.name, "amount": payment.amount, "provider_reference": f"drill-{payment.id}"}
            said = Statement(**told, verdict=Verdict.SUCCESS, money_taken=True, facts={})
            heard("vnpay", said, Source.NOTIFICATION, self.at)
        return self._decided(dossier_id, "clerk", desk_actions.accept)

    def accepted(self, delivery: dict[str, Any] | None = None) -> str:
        return self._decided(self.submitted(delivery=delivery), "clerk", desk_actions.accept)

    def processing(self) -> str:
        return self._decided(self.accepted(), "specialist", desk_actions.assign, "drill-specialist", None)

    def supplement(self) -> str:
        asked = [SupplementItem(component=NEEDED.code, reason="Thử")]
        return self._decided(self.processing(), "specialist", desk_actions.ask_supplement, asked, "")

    def paused(self, cause: PauseCause) -> str:
        return self._decided(self.processing(), "specialist", desk_actions.suspend, cause, "Thử")

    def withdrawn(self) -> str:
        dossier_id = self.accepted()
        actions.withdraw(dossier_id, "Thử", self._act(self.citizen))
        return dossier_id

    def finished(self, delivery: dict[str, Any] | None = None) -> str:
        granted = Result(outcome="granted")
        return self._decided(self.accepted(delivery), "approver", desk_actions.give_result, granted)

    def posted(self) -> str:
        return self._decided(self.finished(AT_HOME), "clerk", desk_actions.return_result, "post")

    # ——— parts of them ———

    def _begun(self, at: datetime, procedure: Procedure, delivery: dict[str, Any] | None) -> str:
        facts = {"applicant": SOMEBODY, "form": {"purpose": "Thử"}, "delivery": delivery or {"channel": "online"}}
        draft = Draft.model_validate({"procedure": procedure.code, **facts})
        return actions.begin(draft, Act(self.citizen, at)).id

    def _decided(self, dossier_id: str, role: str, decide: Callable[..., object], *said: object) -> str:
        officer = Caller("officer", f"drill-{role}", "", frozenset({role}), _agency())
        decide(dossier_id, *said, self._act(officer))
        return dossier_id

    def _act(self, caller: Caller) -> Act:
        return Act(caller, self.at)


_FEE: Final = Fee(code="LP1", name="Lệ phí thử", kind="le_phi", amount=20_000)
