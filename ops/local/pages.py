"""What only the local stack answers, under /_local/: simulated payments, sign-in, mailbox, schedules at a press."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ops.local import schedules
from ops.local.bank_double import BankDouble
from ops.local.disputes import Disputes
from ops.local.doors import Doors
from ops.local.pay_pages import PayPages
from ops.local.payment_list import PaymentList
from ops.local.provider import Provider
from ops.local.shown import Shown, as_json, page, text, unknown
from ops.local.sign_in_pages import SignInPages
from ops.local.simulated import Simulated
from ops.local.vnpay_double import HANOI


@dataclass(frozen=True)
class Pages:
    """`schedules`: the deployed names of the scheduled functions, by their names in the template."""

    doors: Doors
    bank: BankDouble
    disputes: Disputes
    cloud: str
    schedules: Mapping[str, str]
    sign_in: Provider

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Shown:
        """`headers`: names in lower case."""
        where = urlsplit(target)
        path, query = where.path.removeprefix("/_local"), dict(parse_qsl(where.query))
        form = dict(parse_qsl(body.decode("utf-8", "replace"))) if method == "POST" else {}
        providers: dict[str, Simulated] = dict(self.doors._asdict())
        return (
            SignInPages(self.sign_in).answer(method, path, query, form)
            or self.doors.answer(method, path, headers, body)
            or PayPages(providers, self.bank).answer(method, path, query, form)
            or PaymentList({**providers, "bank": self.bank}, self.disputes).answer(method, path, form)
            or self._other(method, path)
        )

    def _other(self, method: str, path: str) -> Shown:
        name = path.removeprefix("/run/")
        match method, path:
            case "GET", "" | "/":
                return self._index()
            case "GET", "/mail":
                return self._mail()
            case "GET", "/mail.json":
                return as_json(self._letters())
            case "POST", _ if path == f"/run/{name}" and name in self.schedules:
                return schedules.run(name, self.schedules[name])
        return unknown()

    def _index(self) -> Shown:
        links = {
            "/_local/payments": "Các khoản thanh toán ở cổng mô phỏng · Payments at the simulated providers",
            "/_local/bank": "Chuyển khoản ngân hàng · Make a bank transfer",
            "/_local/mail": "Thư đã gửi · Mail",
            "/docs": "API",
        }
        listed = "".join(f"<li><a href={address}>{label}</a>" for address, label in links.items())
        runs = f"<h2>Chạy ngay · Run now</h2>{schedules.buttons(self.schedules)}"
        return page("Máy cục bộ · Local stack", f"<ul>{listed}</ul>{runs}")

    def _mail(self) -> Shown:
        letters = "".join(
            f"<hr><p><b>{text(each['subject'])}</b><br>{text(', '.join(each['to']))} · {each['at']}</p>"
            f"<pre>{text(each['text'])}</pre>"
            for each in self._letters()
        )
        return page("Thư đã gửi · Mail", letters or "<p>Chưa có thư nào · None yet.</p>")

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
