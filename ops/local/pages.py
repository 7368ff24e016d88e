"""What only the local stack answers, under /_local/: the simulated pay page, the mailbox, schedules run at a press."""

import html
import json
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from ops.local.cloud import client
from ops.local.provider import Provider, Refused
from ops.local.vnpay_double import HANOI, VnpayDouble

STYLE: Final = "body{font:16px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap}"
WARNING: Final = "<p style='background:#fe9;padding:.5rem'><b>Mô phỏng · Simulation.</b> Chỉ có trên máy này.</p>"


@dataclass(frozen=True)
class Shown:
    status: int
    body: str
    content_type: str = "text/html; charset=utf-8"
    location: str = ""


@dataclass(frozen=True)
class Pages:
    """`schedules`: the deployed names of the scheduled functions, by their names in the template."""

    vnpay: VnpayDouble
    cloud: str
    schedules: Mapping[str, str]
    provider: Provider

    def answer(self, method: str, target: str, body: bytes) -> Shown:
        where = urlsplit(target)
        path, query = where.path.removeprefix("/_local"), dict(parse_qsl(where.query))
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        pages: dict[tuple[str, str], Callable[[], Shown]] = {
            ("GET", "/"): self._index,
            ("GET", "/vnpay/pay"): lambda: self._pay_page(query),
            ("POST", "/vnpay/pay"): lambda: self._paid(query, form),
            ("POST", "/vnpay/api"): lambda: self._transaction(body),
            ("GET", "/provider/.well-known/openid-configuration"): lambda: _json(self.provider.configuration()),
            ("GET", "/provider/jwks"): lambda: _json(self.provider.public_keys()),
            ("GET", "/provider/authorize"): lambda: self._asked_who(query),
            ("POST", "/provider/authorize"): lambda: self._picked(query, form),
            ("POST", "/provider/token"): lambda: self._token(form),
            ("GET", "/provider/logout"): lambda: Shown(303, "", location=self.provider.client + "/"),
            ("GET", "/mail"): self._mail,
            ("GET", "/mail.json"): lambda: _json(self._letters()),
        } | {("POST", f"/run/{name}"): self._runner(name) for name in self.schedules}
        page = pages.get((method, path))
        return page() if page else Shown(404, _page("Không có trang này", ""))

    def _index(self) -> Shown:
        runs = "".join(f"<form method=post action=/_local/run/{n}><button>{n}</button></form>" for n in self.schedules)
        links = "<p><a href=/_local/mail>Thư đã gửi · Mail</a> · <a href=/docs>API</a></p>"
        return Shown(200, _page("Máy cục bộ · Local stack", f"{links}<h2>Chạy ngay · Run now</h2>{runs}"))

    def _pay_page(self, query: Mapping[str, str]) -> Shown:
        payment = self.vnpay.opened(query)
        if payment is None:
            return Shown(400, _page("VNPAY", "<p>Chữ ký không đúng · The address is not signed by the merchant.</p>"))
        order = payment["order"]
        amount = f"{int(order['vnp_Amount']) // 100:,}".replace(",", ".")
        choices = {
            "pay": "Thanh toán · Pay",
            "cancel": "Huỷ · Cancel",
            "pay-silently": "Trả, mất thông báo · Pay, lose the notice",
        }
        buttons = "".join(f"<button name=action value={value}>{label}</button> " for value, label in choices.items())
        text = f"<p>{html.escape(order['vnp_OrderInfo'])}</p><p><b>{amount} ₫</b></p><form method=post>{buttons}</form>"
        return Shown(200, _page("VNPAY", text))

    def _paid(self, query: Mapping[str, str], form: Mapping[str, str]) -> Shown:
        action = form.get("action")
        if self.vnpay.opened(query) is None or action not in ("pay", "cancel", "pay-silently"):
            return Shown(400, _page("VNPAY", "<p>Yêu cầu không hợp lệ · Bad request.</p>"))
        back = self.vnpay.decided(query["vnp_TxnRef"], pay=action != "cancel", notify=action != "pay-silently")
        return Shown(303, "", location=back)

    def _asked_who(self, query: Mapping[str, str]) -> Shown:
        try:
            return Shown(200, _page("Đăng nhập · Sign in", self.provider.picker(query)))
        except Refused as error:
            return Shown(400, _page("Đăng nhập · Sign in", f"<p>{error}</p>"))

    def _picked(self, query: Mapping[str, str], form: Mapping[str, str]) -> Shown:
        try:
            return Shown(303, "", location=self.provider.picked({**query, **form}))
        except Refused as error:
            return Shown(400, _page("Đăng nhập · Sign in", f"<p>{error}</p>"))

    def _token(self, form: Mapping[str, str]) -> Shown:
        try:
            return _json(self.provider.token(form))
        except Refused as error:
            return replace(_json({"error": str(error)}), status=400)

    def _transaction(self, body: bytes) -> Shown:
        try:
            question = json.loads(body)
        except ValueError:
            question = None
        return _json(self.vnpay.asked(question)) if isinstance(question, dict) else Shown(400, "")

    def _mail(self) -> Shown:
        letters = "".join(
            f"<hr><p><b>{html.escape(each['subject'])}</b><br>{html.escape(', '.join(each['to']))} · {each['at']}</p>"
            f"<pre>{html.escape(each['text'])}</pre>"
            for each in self._letters()
        )
        return Shown(200, _page("Thư đã gửi · Mail", letters or "<p>Chưa có thư nào · None yet.</p>"))

    def _letters(self) -> list[dict[str, Any]]:
        """The newest first."""
        with urllib.request.urlopen(f"{self.cloud}/_ministack/ses/messages", timeout=5) as answer:  # noqa: S310
            accounts = json.load(answer)["messages"]
        sent = sorted((each for account in accounts.values() for each in account), key=lambda m: -m["Timestamp"])
        return [
            {
                "to": each["To"],
                "subject": each["Subject"],
                "text": each["BodyText"] or "",
                "at": datetime.fromtimestamp(each["Timestamp"], HANOI).isoformat(timespec="seconds"),
            }
            for each in sent
        ]

    def _runner(self, name: str) -> Callable[[], Shown]:
        return lambda: self._run(name)

    def _run(self, name: str) -> Shown:
        """The deployed function, with the event its schedule would send."""
        event = json.dumps(
            {
                "source": "aws.events",
                "detail-type": "Scheduled Event",
                "detail": {},
                "account": "0",
                "version": "0",
                "id": "0",
                "region": "",
                "time": "1970-01-01T00:00:00Z",
                "resources": [],
            }
        )
        answer = client("lambda").invoke(FunctionName=self.schedules[name], Payload=event.encode())
        failed = answer.get("FunctionError")
        return Shown(500 if failed else 200, _page(name, f"<p>{'Lỗi · Failed' if failed else 'Xong · Done'}</p>"))


def _page(title: str, content: str) -> str:
    head = f"<!doctype html><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>"
    return f"{head}{WARNING}<h1>{title}</h1>{content}"


def _json(facts: object) -> Shown:
    return Shown(200, json.dumps(facts, ensure_ascii=False), "application/json")
