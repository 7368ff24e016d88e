"""The national payment platform (Nền tảng thanh toán trực tuyến, Cổng DVCQG), message version 1.0.6; only this file
knows its words.

Amounts are plain đồng, times yyyyMMddHHmmss in Hanoi, 24 hours. MaXacThuc is a plain SHA-256 over fields joined by
bars with the secret last: a bar inside a field could shift its neighbours, so none is ever sent or believed.
Not known: whether a CONFIRM is repeated, and when; MaLoi beside 00 and 99; what signs the answers to INIT, QUERY and
GET_BILL, which TLS alone vouches for; any interface for refunds. So payments are asked about until they are settled.
Source: two provinces' implementations that agree (the platform's own document is not public).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field

from chalicelib.clock.rules import ZONE
from chalicelib.payments import strict, wire
from chalicelib.payments.fee_bill import Beneficiary, content, fee_bill
from chalicelib.payments.protocol import Begun, Forged, Notice, Outcome, Reply, Silent, Start, Unreadable
from chalicelib.payments.rules import Frozen, Payment, Statement, Verdict
from chalicelib.payments.signing import same, sha256

TITLE: Final = ("Nền tảng thanh toán Cổng Dịch vụ công quốc gia", "National Public Service Portal payment platform")
SERVES: Final = "dvcqg"
VERSION: Final = "1.0.6"
BAR: Final = "|"
DONE, OTHER = "00", "99"
SUCCEEDED: Final = (Outcome.RECORDED, Outcome.REPEATED, Outcome.IGNORED)
STATES: Final = {"1": Verdict.SUCCESS, "3": Verdict.PENDING, "4": Verdict.FAILURE}
PDF: Final = b"%PDF-"
# The fields MaXacThuc covers, in its order; the secret comes after them.
INIT: Final = (
    *("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan"),
    *("MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip"),
)
CONFIRM: Final = (
    *("LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang"),
    *("ThoiGianGD", "ThongTinGiaoDich"),
)
ASKED: Final = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")
ECHOED: Final = ("MaDoiTac", "MaThamChieu", "ThoiGianGD", "MaXacThuc")
LONGEST_ECHO: Final = 255
KEPT: Final = (
    *("MaLoi", "TrangThaiGD", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang"),
    "ThoiGianGD",
)


class Account(Frozen):
    """The province as the platform knows it, where it is asked, and the account that fees go into.

    `access_token`: of the province's LGSP, when the platform is reached through one. `bill_domain`: where receipts may
    be fetched from, beside the host that is asked for them.
    """

    init_url: str
    query_url: str
    bill_url: str
    bill_domain: str = ""
    partner: str = Field(pattern=r"^[^|]+$")
    beneficiary_number: str
    beneficiary_bank: str
    beneficiary_name: str
    secret: str = Field(min_length=1, repr=False)
    access_token: str = Field(default="", repr=False)


def begin(payment: Payment, start: Start, account: Account) -> Begun:
    """INIT. It has no field for a way back: where the payer returns to is agreed with the platform."""
    into = Beneficiary(number=account.beneficiary_number, bank=account.beneficiary_bank, name=account.beneficiary_name)
    fields = {
        **_about("INIT", payment, account),
        "SoTien": str(payment.amount),
        "LoaiHinhThanhToan": "PAY",
        "MaKenhThanhToan": "1",
        "MaThietBi": "1",
        "NgonNgu": "vi-VN",
        "MaTienTe": "VND",
        "MaNganHang": "PAYMENT",
        "ThongTinGiaoDich": content(payment),
        "Ip": start.ip,
    }
    bill = fee_bill(payment, start, into)
    told = _asked(account.init_url, {**_signed(fields, INIT, account), "ThongTinBienLai": bill}, account)
    url = told.get("UrlThanhToan")
    if told.get("MaLoi", DONE) != DONE or not isinstance(url, str) or urlsplit(url).scheme != "https":
        raise Silent(f"the answer is {told.get('MaLoi')!r}")
    return Begun(pay_url=url)


def signature(fields: Mapping[str, Any], order: tuple[str, ...], secret: str) -> str:
    """MaXacThuc. Raises `Forged` for a field that no signer would have sent: a bar in it, or no text at all."""
    values = [strict.text(fields.get(name)) for name in order]
    if any(BAR in value for value in values):
        raise Forged
    return sha256(BAR.join([*values, secret]))


def read(notice: Notice, account: Account) -> Statement:
    """CONFIRM. The currency is signed too: an amount in another one is no amount of đồng."""
    told = strict.json_fields(notice.body)
    if not same(signature(told, CONFIRM, account.secret), told.get("MaXacThuc")):
        raise Forged
    if told.get("LoaiBanTin") != "CONFIRM" or not told.get("MaLoi") or not told.get("MaThamChieu"):
        raise Unreadable
    return _statement(told, Verdict.SUCCESS if told["MaLoi"] == DONE else Verdict.FAILURE, account)


def answer(outcome: Outcome, notice: Notice, account: Account | None) -> Reply:
    """MaXacThuc is the one received, as both provinces answer; we sign nothing that a stranger chose."""
    try:
        told = strict.json_fields(notice.body)
    except (Forged, Unreadable):
        told = {}
    echoed = {name: value for name in ECHOED if _short(value := told.get(name, ""))}
    code, message = (DONE, "Thành công") if outcome in SUCCEEDED else (OTHER, "Các lỗi khác")
    return Reply(200, {"MaLoi": code, "MoTaLoi": message, **dict.fromkeys(ECHOED, ""), **echoed})


def query(payment: Payment, account: Account, now: datetime) -> tuple[Statement, ...]:
    told = _asked(account.query_url, _signed(_about("QUERY", payment, account), ASKED, account), account)
    verdict = STATES.get(str(told.get("TrangThaiGD")))
    if told.get("MaLoi") != DONE or verdict is None:
        raise Silent(f"the answer is {told.get('MaLoi')!r}, {told.get('TrangThaiGD')!r}")
    if told.get("MaThamChieu") != payment.name:
        raise Silent("the answer is of another payment")
    # What an answer may leave out is as we asked; but who claims that money was paid must say how much.
    asked = {"MaDoiTac": account.partner, "MaTienTe": "VND"}
    owed = {} if verdict == Verdict.SUCCESS else {"SoTien": payment.amount}
    said = {name: value for name, value in told.items() if value is not None}
    return (_statement({**asked, **owed, **said}, verdict, account),)


def bill(payment: Payment, account: Account) -> bytes | None:
    """GET_BILL. ThoiGianGD is INIT's: of the two provinces one sends that, the other CONFIRM's."""
    asked = _signed(_about("GET_BILL", payment, account), ASKED, account)
    told = wire.asked("POST", account.bill_url, json=asked, headers=_headers(account))
    if told.startswith(PDF):
        return told
    if not told:
        return None
    try:
        url = _unwrapped(strict.json_fields(told)).get("URLBienLai")
    except (Forged, Unreadable):
        raise Silent("the receipt is neither PDF nor JSON") from None
    if not url:
        return None
    if not _theirs(url, account):
        raise Silent("the receipt is elsewhere")
    receipt = wire.asked("GET", url)
    if not receipt.startswith(PDF):
        raise Silent("the receipt is no PDF")
    return receipt


def stamp(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y%m%d%H%M%S")


def _about(kind: str, payment: Payment, account: Account) -> dict[str, str]:
    return {
        "LoaiBanTin": kind,
        "PhienBan": VERSION,
        "MaDoiTac": account.partner,
        "MaThamChieu": payment.name,
        "ThoiGianGD": stamp(payment.created_at),
    }


def _signed(fields: Mapping[str, str], order: tuple[str, ...], account: Account) -> dict[str, Any]:
    return {**fields, "MaXacThuc": signature(fields, order, account.secret)}


def _headers(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.access_token}"} if account.access_token else {}


def _asked(url: str, message: Mapping[str, Any], account: Account) -> dict[str, Any]:
    told = wire.asked("POST", url, json=message, headers=_headers(account))
    try:
        return _unwrapped(strict.json_fields(told))
    except (Forged, Unreadable):
        raise Silent("the answer is no JSON object") from None


def _unwrapped(told: dict[str, Any]) -> dict[str, Any]:
    """The platform's own answer; a province's LGSP puts it, as text, into a message of its own."""
    if "error_code" not in told:
        return told
    message = told.get("message")
    if str(told["error_code"]) != "0" or not isinstance(message, str):
        raise Silent(f"the LGSP's answer is {told['error_code']!r}")
    return strict.json_fields(message.encode())


def _theirs(url: object, account: Account) -> bool:
    """Whether a receipt may be fetched there: nobody's answer makes us call a stranger, or ourselves."""
    if not isinstance(url, str):
        return False
    asked = urlsplit(account.bill_url)
    try:
        named = urlsplit(url)
        host, port = named.hostname or "", named.port
    except ValueError:
        return False
    known = host == asked.hostname or (account.bill_domain and f".{host}".endswith(f".{account.bill_domain}"))
    return bool(known and named.scheme == asked.scheme and "@" not in named.netloc and port in (None, asked.port))


def _statement(told: Mapping[str, Any], verdict: Verdict, account: Account) -> Statement:
    return Statement(
        order=strict.text(told.get("MaThamChieu")),
        verdict=verdict,
        money_taken=verdict == Verdict.SUCCESS,
        amount=strict.vnd(told.get("SoTien")) if told.get("MaTienTe") == "VND" else None,
        provider_reference=_said(told.get("MaGiaoDich")),
        ours=told.get("MaDoiTac") == account.partner,
        facts={name: _said(told[name]) for name in KEPT if _said(told.get(name))},
    )


def _said(value: object) -> str:
    """Text or a number as text; what TLS alone vouches for may be anything, and nothing else is kept."""
    return str(value)[:LONGEST_ECHO] if isinstance(value, str | int) else ""


def _short(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ECHO
