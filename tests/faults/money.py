"""The payment providers around the service: accounts with each, their notifications, and a MoMo on loopback."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlencode

from chalicelib.payments.providers import dvcqg, keypay
from chalicelib.payments.rules import Payment
from chalicelib.payments.signing import plain
from tests.payments.conftest import notification
from tests.payments.model.banks import CASSO_KEY, SEPAY_KEY, MomoBank, PayosBank, TransferBank
from tests.payments.providers.test_every_provider import ACCOUNTS

ACCOUNT_NUMBER: Final = "0011000000123"
KEYS: Final = {"access_key": "access-of-tests", "partner_code": "MOMOTEST", "secret": "a-secret-of-the-tests-only-momo"}
# What ends a provider's calls, and what makes it call again, in the provider's own words.
CONTENT: Final[Mapping[str, tuple[Any, ...]]] = {
    **dict.fromkeys(("payos", "sepay", "casso"), (200,)),
    **{"momo": (204,), "vnpay": ("00", "02"), "zalopay": (1, 2), "keypay": (0,), "dvcqg": ("00",)},
}
AGAIN: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("momo", "payos", "sepay", "casso"), 503),
    **{"vnpay": "99", "zalopay": 0, "keypay": -1, "dvcqg": "99"},
}
WORD: Final = {"vnpay": "RspCode", "zalopay": "return_code", "keypay": "return_code", "dvcqg": "MaLoi"}


class Message:
    """A notification as it is sent: again, it is the very same."""

    def __init__(self, provider: str, payment: Payment, momo: MomoBank) -> None:
        self.provider = provider
        self.method, self.query, self.headers, self.body = "POST", "", {"Content-Type": "application/json"}, b""
        if provider == "vnpay":
            self.method, self.query = "GET", "?" + urlencode(notification(payment).query)
        elif provider in ("zalopay", "keypay", "dvcqg"):
            self.body = json.dumps(globals()[f"by_{provider}"](payment), ensure_ascii=False).encode()
        else:
            self._by_bank(payment, momo)

    @property
    def address(self) -> str:
        return f"/webhooks/payments/{self.provider}{self.query}"

    def _by_bank(self, payment: Payment, momo: MomoBank) -> None:
        payos, at = PayosBank({name: str(ACCOUNTS["payos"][name]) for name in ACCOUNTS["payos"]}), payment.created_at
        payos.at(at)
        bank = {"momo": momo, "payos": payos}.get(self.provider) or TransferBank()
        if self.provider in ("momo", "payos"):
            bank.strange(payment.name, payment.amount)
        said = bank.pay(payment.name, payment.amount, "exact", at)
        notice = next(each for each in said if each.provider == self.provider).signed(at)
        self.headers, self.body = {**self.headers, **notice.headers}, notice.body


def by_zalopay(payment: Payment) -> dict[str, Any]:
    account = ACCOUNTS["zalopay"]
    said = {"app_id": account["app_id"], "app_trans_id": payment.name, "amount": payment.amount}
    said |= {"zp_trans_id": 200904000000389, "server_time": 1599189413498, "app_user": "x", "channel": 38}
    text = json.dumps(said)
    mark = hmac.new(str(account["key2"]).encode(), text.encode(), hashlib.sha256).hexdigest()
    return {"data": text, "mac": mark, "type": 1}


def by_keypay(payment: Payment) -> dict[str, Any]:
    signed = {"addition_fee": "0", "client_id": ACCOUNTS["keypay"]["client_id"], "command": "PAY", "version": "3.0"}
    signed |= {"trans_amount": str(payment.amount), "transaction_id": payment.name}
    mark = keypay.check_sum(signed, keypay.TRANSACTION, str(ACCOUNTS["keypay"]["hash_key_2"]))
    return {**signed, "transaction_code": "KP2606010001", "status": 0, "payment_fee": "0", "check_sum": mark}


def by_dvcqg(payment: Payment) -> dict[str, Any]:
    said = {"LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaDoiTac": "H22", "MaThamChieu": payment.name}
    said |= {"SoTien": str(payment.amount), "MaTienTe": "VND", "MaGiaoDich": "PP2606010001", "MaNganHang": "970436"}
    said |= {"ThoiGianGD": "20260601090512", "ThongTinGiaoDich": plain(f"THANH TOAN HO SO {payment.about}")}
    return said | {"MaXacThuc": dvcqg.signature(said, dvcqg.CONFIRM, str(ACCOUNTS["dvcqg"]["secret"]))}


def accounts(momo: str, vnpay: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Of every provider there is; keys and all, since nothing here is secret."""
    told = {name: {part: str(value) for part, value in facts.items()} for name, facts in ACCOUNTS.items()}
    told["sepay"] = {"account_number": ACCOUNT_NUMBER, "secret": SEPAY_KEY}
    told["casso"] = {"account_number": ACCOUNT_NUMBER, "secret": CASSO_KEY}
    return told | {"vnpay": dict(vnpay), "momo": {"api_url": momo, **KEYS}}


@contextmanager
def momo_on_loopback() -> Iterator[tuple[MomoBank, str]]:
    """MoMo, which pays back at once what it takes on, and its address."""
    bank = MomoBank(KEYS)
    bank.double.pays_back_at_once = True

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            asked = {"json": json.loads(self.rfile.read(int(self.headers["Content-Length"])))}
            told = json.dumps(bank.answer("POST", self.path, asked)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield bank, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
