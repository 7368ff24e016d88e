"""The page of all payments the simulated providers know: how each stands, and what may still happen to it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast
from urllib.parse import quote, unquote

from chalicelib.payments.records import known_as
from ops.local.disputes import STATES, Disputes
from ops.local.shown import Shown, button, dong, elsewhere, page, table, text, unknown
from ops.local.simulated import BACK, FATES, Back, Refund, Seen, Simulated, Told

LIST: Final = "/_local/payments"
HEADS: Final = (
    "Khoản thanh toán · Payment",
    "Số tiền · Amount",
    "Đã xảy ra · What happened",
    "Có thể làm tiếp · What may follow",
)


class PaymentList(NamedTuple):
    """`simulated` by the names of their addresses, the bank among them."""

    simulated: Mapping[str, Simulated]
    disputes: Disputes

    def answer(self, method: str, path: str, form: Mapping[str, str]) -> Shown | None:
        """None: it is not this page."""
        if (method, path) == ("GET", "/payments"):
            return self._all()
        name, _, reference = path.removeprefix("/payments/").partition("/")
        if method == "POST" and path.startswith("/payments/"):
            return self._act(name, unquote(reference), form.get("action", ""))
        return None

    def _all(self) -> Shown:
        parts = [f"<h2>{text(double.title)}</h2>{self._table(name, double)}" for name, double in self.simulated.items()]
        begin = "Bắt đầu bằng · Begun by <code>POST /dossiers/{dossier_id}/payments</code>"
        transfer = "<a href=/_local/bank>Chuyển khoản · Make a bank transfer</a>"
        poll = button("/_local/run/PollPayments", "run", "Hệ thống hỏi ngay · The service asks now (PollPayments)")
        return page("Các khoản thanh toán · Payments", f"<p>{begin}<p>{transfer}<p>{poll}{''.join(parts)}")

    def _table(self, name: str, double: Simulated) -> str:
        rows = [self._row(name, double, seen) for seen in reversed(double.known())]
        return table(HEADS, rows) if rows else "<p>Chưa có · None yet.</p>"

    def _row(self, name: str, double: Simulated, seen: Seen) -> tuple[str, ...]:
        payment_id = _payment_id(double, seen)
        ours = f"<br><small class=ref>GET /payments/{text(payment_id)}</small>" if payment_id else ""
        what = f"<b>{text(seen.about)}</b><br><small class=ref>{text(seen.reference)}</small>{ours}"
        claims = self.disputes.of(name, seen.reference)
        what_happened = "".join(map(happened, seen.told)) or "Chưa quyết · Undecided"
        what_happened += "".join(_returned(refund, double.notes["refund"]) for refund in seen.refunds)
        what_happened += "".join(_claimed(claim, payment_id) for claim in claims)
        return what, dong(seen.amount), what_happened, self._buttons(name, double, seen)

    def _buttons(self, name: str, double: Simulated, seen: Seen) -> str:
        where = f"{LIST}/{name}/{quote(seen.reference, safe='')}"
        offered: dict[str, str] = {}
        if not seen.told:
            offered = {fate: label for fate, (label, _) in FATES.items()}
        else:
            offered |= {"tell-again": "Báo lại · Notify again", "pay-again": "Trả nữa · Pay once more"}
        if any(each.paid for each in seen.told):
            offered["dispute"] = "Đòi lại qua ngân hàng · Dispute"
        if any(claim["state"] == "opened" for claim in self.disputes.of(name, seen.reference)):
            offered |= {f"dispute-{state}": f"Tra soát: {STATES[state]}" for state in ("kept", "lost")}
        for refund in seen.refunds:
            if refund.state == "waiting":
                offered |= {f"refund-{to}-{refund.number}": f"Hoàn tiền: {BACK[to]}" for to in ("done", "failed")}
        return "".join(button(where, action, label) for action, label in offered.items())

    def _act(self, name: str, reference: str, action: str) -> Shown:
        double = self.simulated.get(name)
        seen = next((each for each in double.known() if each.reference == reference), None) if double else None
        if double is None or seen is None:
            return unknown()
        kind, _, more = action.partition("-")
        if action in FATES:
            double.decided(reference, action)
        elif action == "pay-again":
            double.paid_again(reference)
        elif action == "tell-again":
            double.told_again(reference)
        elif action == "dispute":
            self.disputes.opened(name, reference, seen.amount)
        elif kind == "dispute":
            self.disputes.ended(name, reference, more)
        elif kind == "refund":
            _pay_back(double, seen, more)
        else:
            return page(double.title, "<p>Yêu cầu không hợp lệ · Bad request.", 400)
        return elsewhere(LIST)


def happened(told: Told) -> str:
    answer = text(told.answer) or "chưa báo · not told"
    what = f"✔ đã trả · paid {dong(told.amount)}" if told.paid else "✘ không trả · not paid"
    number = f", số · number {text(told.number)}" if told.paid else ""
    return f"<p>{what}{number}<br><small>Hệ thống trả lời · The service answered: {answer}</small>"


def _returned(refund: Refund, note: str) -> str:
    number = f"<br><small class=ref>{text(refund.number)}<br>{text(note)}</small>"
    return f"<p>↩ hoàn tiền · refund {dong(refund.amount)}: {BACK[refund.state]}{number}"


def _claimed(claim: Mapping[str, Any], payment_id: str) -> str:
    """The bank's letter, and how a finance officer notes it."""
    body = (
        f'{{"state": "{claim["state"]}", "amount": {claim["amount"]}, "reference": "{claim["number"]}", "reason": "…"}}'
    )
    noted = f"POST /payments/{payment_id or '…'}/disputes {body}"
    told = "Ngân hàng báo bằng thư; cán bộ tài chính ghi nhận · The bank writes a letter; a finance officer notes it:"
    return (
        f"<p>✉ tra soát · dispute <b>{claim['number']}</b> {dong(claim['amount'])}: {STATES[claim['state']]}"
        f"<br><small class=ref>{told}<br>{text(noted)}</small>"
    )


def _payment_id(double: Simulated, seen: Seen) -> str:
    return known_as(double.serves, seen.about if double.serves == "vietqr" else seen.reference)


def _pay_back(double: Simulated, seen: Seen, wanted: str) -> None:
    state, _, number = wanted.partition("-")
    if state in BACK and number in [each.number for each in seen.refunds]:
        double.paid_back(seen.reference, number, cast(Back, state))
