"""Whatever a provider, or somebody in its name, sends to our door: its own refusal, a record, an alert for money."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from chalicelib.clock.now import now
from chalicelib.dossiers import records as dossiers
from chalicelib.payments import actions, records, signing, unmatched
from chalicelib.payments.providers import account, adapter, casso, dvcqg, keypay, momo, payos, sepay, vnpay
from chalicelib.payments.rules import Payment
from chalicelib.table import commit, fresh_id
from tests import towns
from tests.conftest import environment
from tests.dossiers.conftest import PAID, file
from tests.payments.providers.test_every_provider import ACCOUNTS, CALLED_BY
from tests.people import Reply, Town

FEE = 20_000
CONFIGURED = {name: {field: str(value) for field, value in facts.items()} for name, facts in ACCOUNTS.items()}
HINTS = {"keypay"}  # what it calls to say is never believed to be money: it is asked
ANOTHER = "OTHER001"


class Message(NamedTuple):
    """As it goes over the wire; `mark` is the signature in it."""

    method: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    mark: str


Fields = dict[str, Any]


def from_vnpay(fields: Fields) -> Message:
    merchant = account("vnpay")
    told = {
        "vnp_TmnCode": fields["merchant"] or merchant.tmn_code,
        "vnp_Amount": f"{fields['amount']}00" if isinstance(fields["amount"], int) else str(fields["amount"]),
        "vnp_TransactionNo": fields["reference"],
        "vnp_ResponseCode": "00",
        "vnp_TransactionStatus": "00",
        "vnp_TxnRef": fields["order"],
    }
    mark = vnpay.signature(told, merchant.secret)
    return Message("GET", [*told.items(), ("vnp_SecureHash", mark)], {}, b"", mark)


def as_json(told: Fields, name: str, mark: str, **headers: str) -> Message:
    return Message("POST", [], headers, json.dumps({**told, name: mark} if name else told).encode(), mark)


def from_dvcqg(fields: Fields) -> Message:
    told = {
        **{"LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaDoiTac": fields["merchant"] or account("dvcqg").partner},
        **{"MaThamChieu": fields["order"], "SoTien": str(fields["amount"]), "MaTienTe": "VND"},
        **{"MaGiaoDich": fields["reference"], "MaNganHang": "NCB", "ThoiGianGD": "20260601090000"},
        "ThongTinGiaoDich": "THANH TOAN",
    }
    return as_json(told, "MaXacThuc", dvcqg.signature(told, dvcqg.CONFIRM, account("dvcqg").secret))


def from_keypay(fields: Fields) -> Message:
    told = {
        **{"client_id": fields["merchant"] or account("keypay").client_id, "transaction_id": fields["order"]},
        **{"trans_amount": str(fields["amount"]), "addition_fee": "0", "command": "PAY", "version": "3.0"},
        **{"transaction_code": fields["reference"], "status": "0"},
    }
    return as_json(told, "check_sum", keypay.check_sum(told, keypay.TRANSACTION, account("keypay").hash_key_2))


def from_momo(fields: Fields) -> Message:
    told = {
        **dict.fromkeys(("extraData", "message", "orderInfo", "orderType", "payType"), "x"),
        **{"partnerCode": fields["merchant"] or "MOMO", "orderId": fields["order"], "requestId": "r-1"},
        **{"amount": str(fields["amount"]), "responseTime": 1780279200000, "resultCode": 0},
        "transId": int(hashlib.sha256(fields["reference"].encode()).hexdigest()[:12], 16),
    }
    return as_json(told, "signature", momo.signature(told, momo.NOTICE_SIGNED, account("momo")))


def from_zalopay(fields: Fields) -> Message:
    number = int(hashlib.sha256(fields["reference"].encode()).hexdigest()[:12], 16)
    told = {
        **{"app_id": 1 if fields["merchant"] else 2553, "app_trans_id": fields["order"], "amount": fields["amount"]},
        **{"zp_trans_id": number, "server_time": 1780279200000, "channel": 38},
    }
    data = json.dumps(told)
    return as_json({"data": data, "type": 1}, "mac", signing.hmac_sha256(data, account("zalopay").key2))


def from_payos(fields: Fields) -> Message:
    told = {
        **{"orderCode": int(fields["order"]), "amount": fields["amount"], "description": "phi"},
        **{"accountNumber": "3511000000001", "reference": fields["reference"], "currency": "VND"},
        **{"transactionDateTime": "2026-06-01 09:00:00", "paymentLinkId": "link-1", "code": "00", "desc": "ok"},
    }
    message = {"code": "00", "desc": "ok", "success": True, "data": told}
    return as_json(message, "signature", payos.signature(told, account("payos")))


def from_sepay(fields: Fields) -> Message:
    told = {
        **{"id": 92704, "gateway": "Vietcombank", "transactionDate": "2026-06-01 09:00:00"},
        **{"accountNumber": fields["merchant"] or "3511000000001", "content": fields["order"], "description": ""},
        **{"transferType": "in", "transferAmount": fields["amount"], "referenceCode": fields["reference"]},
    }
    body, stamp = json.dumps(told).encode(), str(int(time.time()))
    mark = sepay.signature(stamp, body, account("sepay").secret)
    return Message("POST", [], {"x-sepay-timestamp": stamp, "x-sepay-signature": mark}, body, mark)


def from_casso(fields: Fields) -> Message:
    told = {
        **{"id": 4711, "reference": fields["reference"], "description": fields["order"]},
        **{"amount": fields["amount"], "transactionDateTime": "2026-06-01 09:00:00"},
        **{"accountNumber": fields["merchant"] or "3511000000001", "bankAbbreviation": "VCB"},
    }
    message = {"error": 0, "data": told}
    mark = casso.signatures("1780279200000", message, account("casso").secret)[0]
    return as_json(message, "", mark, **{"x-casso-signature": f"t=1780279200000,v1={mark}"})


SAYS: dict[str, Callable[[Fields], Message]] = {
    **{"vnpay": from_vnpay, "dvcqg": from_dvcqg, "keypay": from_keypay, "momo": from_momo},
    **{"zalopay": from_zalopay, "payos": from_payos, "sepay": from_sepay, "casso": from_casso},
}
# How each says: done; no such order; not that amount; not your signature; not understood. Body None: none at all.
WATCHES = [(200, {"success": True})] * 3 + [(401, {"success": False}), (400, {"success": False})]
ANSWERS: dict[str, list[tuple[int, dict[str, Any] | None]]] = {
    "vnpay": [(200, {"RspCode": code}) for code in ("00", "01", "04", "97", "99")],
    "dvcqg": [(200, {"MaLoi": code}) for code in ("00", "99", "99", "99", "99")],
    "keypay": [
        *(
            (200, {"return_code": 0, "return_msg": "success"}),
            (200, {"return_code": -1, "return_msg": "transaction not found"}),
        ),
        *((200, {"return_code": -1, "return_msg": f"invalid {what}"}) for what in ("amount", "check_sum", "message")),
    ],
    "momo": [(status, None) for status in (204, 404, 204, 401, 400)],
    "zalopay": [(200, {"return_code": code}) for code in (1, 0, 1, -1, -1)],
    **dict.fromkeys(("payos", "sepay", "casso"), WATCHES),
}
DONE, UNKNOWN, AMOUNT, FORGED, UNREADABLE = range(5)

each = pytest.mark.parametrize("name", CALLED_BY)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with environment(PAYMENTS=json.dumps(CONFIGURED)), towns.opened() as opened:
        yield opened


@pytest.fixture
def payment(town: Town, name: str) -> Payment:
    """An attempt to pay through this provider, as if it had just been begun there."""
    dossier = dossiers.load(file(town.citizen(), PAID.code)["id"])
    made = actions.payment_for(dossier, adapter(name).SERVES, now())
    commit(*records.started(made, None), records.grown(dossier.id))
    return made


def says(name: str, payment: Payment, **changes: Any) -> Message:
    usual = {"order": payment.name, "amount": payment.amount, "reference": f"M{fresh_id()[:10]}", "merchant": ""}
    return SAYS[name](usual | changes)


def sent(town: Town, name: str, message: Message) -> Reply:
    path = f"/webhooks/payments/{name}" + (f"?{urlencode(message.query)}" if message.query else "")
    content = {"content-type": "application/json"} if message.method == "POST" else {}
    return town.send(message.method, path, content | message.headers, message.body)


def answered(reply: Reply, name: str, how: int) -> None:
    status, told = ANSWERS[name][how]
    assert reply.status == status, reply
    if told is None:
        assert not reply.body
    else:
        assert {field: reply.body[field] for field in told} == told


def events(payment: Payment) -> list[tuple[str, bool, int | None]]:
    told = records.ledger(payment.dossier_id).events.get(payment.id, ())
    return [(each.verdict, each.money_taken, each.amount) for each in told]


def alerts(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def forgeries(name: str) -> int:
    return sum(int(each["times"]) for each in unmatched.forged() if each["provider"] == name)


def unplaced(reference: str) -> list[dict[str, Any]]:
    return [each for each in unmatched.waiting(100, "")[0] if reference in json.dumps(each)]


def test_every_provider_that_calls_us_is_examined() -> None:
    assert set(SAYS) == set(ANSWERS) == set(CALLED_BY)


@each
def test_a_right_message_is_recorded_and_pays(
    town: Town, name: str, payment: Payment, caplog: pytest.LogCaptureFixture
) -> None:
    message = says(name, payment)
    answered(sent(town, name, message), name, DONE)

    hint = name in HINTS
    assert events(payment) == [("pending" if hint else "success", not hint, FEE)]
    assert dossiers.load(payment.dossier_id).payment_status == ("pending" if hint else "paid")
    again = sent(town, name, message)
    assert again.status < 300
    assert len(events(payment)) == 1
    assert alerts(caplog) == []


@each
def test_money_for_an_unknown_order_is_kept_for_a_person_and_is_an_alert(
    town: Town, name: str, payment: Payment, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = "9007199254740991" if name == "payos" else "nothing-known"
    reference = f"U{fresh_id()[:10]}"
    for _ in range(2):
        answered(sent(town, name, says(name, payment, order=unknown, reference=reference)), name, UNKNOWN)

    assert events(payment) == []
    kept = [each for each in unmatched.waiting(100, "")[0] if each["provider"] == name]
    if name in HINTS:
        assert (kept, alerts(caplog)) == ([], [])
    else:
        assert [each["amount"] for each in kept] == [FEE]
        assert alerts(caplog) == ["money without a payment"]


@each
def test_a_wrong_amount_pays_nothing_and_is_recorded(
    town: Town, name: str, payment: Payment, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = (FEE - 1, FEE + 1, 1, 20000.5, "20000.5", "2e4", "0", 10**15)
    for amount in wrong:
        answered(sent(town, name, says(name, payment, amount=amount)), name, AMOUNT)

    whole = [each for each in wrong if isinstance(each, int) and each < 10**12]
    said = events(payment)
    assert {(verdict, money) for verdict, money, _ in said} == {("mismatch", name not in HINTS)}
    assert sorted(amount for *_, amount in said if amount is not None) == sorted(whole)
    assert len(said) == len(wrong)
    dossier = dossiers.load(payment.dossier_id)
    assert (dossier.payment_status, dossier.awaits_payment) == ("mismatched", True)
    assert alerts(caplog) == ["money in doubt"] * len(wrong)
    assert payment.id in json.dumps(records.needing("H32.10", "mismatched", 100, "")[0])


@each
def test_negative_money_is_none(town: Town, name: str, payment: Payment) -> None:
    """To Casso it is money that left: of no concern, and said so."""
    answered(sent(town, name, says(name, payment, amount=-FEE)), name, DONE if name == "casso" else AMOUNT)

    assert [amount for *_, amount in events(payment)] == ([] if name == "casso" else [None])
    assert dossiers.load(payment.dossier_id).awaits_payment


@each
def test_another_merchants_money_is_never_ours(town: Town, name: str, payment: Payment) -> None:
    if name == "payos":
        pytest.skip("its messages name no merchant: only the key tells")
    answered(sent(town, name, says(name, payment, merchant=ANOTHER)), name, UNKNOWN)

    assert events(payment) == [("mismatch", False, FEE)]
    assert dossiers.load(payment.dossier_id).awaits_payment


def unsigned(message: Message) -> Message:
    mark = message.mark
    return replaced(message, mark, "")


def old_algorithm(message: Message) -> Message:
    return replaced(message, message.mark, hashlib.md5(message.body or repr(message.query).encode()).hexdigest())  # noqa: S324


def replaced(message: Message, old: str, new: str) -> Message:
    return message._replace(
        query=[(name, value.replace(old, new)) for name, value in message.query],
        headers={name: value.replace(old, new) for name, value in message.headers.items()},
        body=message.body.replace(old.encode(), new.encode()),
    )


def not_utf_8(message: Message) -> Message:
    if message.query:
        return message._replace(query=[*message.query, ("vnp_OrderInfo", b"\xff\xfe".decode("latin-1"))])
    return message._replace(body=b'{"a": "\xff\xfe", ' + message.body[1:])


def twice(message: Message) -> Message:
    if message.query:
        return message._replace(query=[*message.query, message.query[0]])
    return message._replace(body=b'{"error": 0, "error": 1, ' + message.body[1:])


@each
def test_what_the_provider_did_not_sign_is_refused_counted_and_never_recorded(
    town: Town, name: str, payment: Payment, caplog: pytest.LogCaptureFixture
) -> None:
    before, ways = forgeries(name), (unsigned, old_algorithm, not_utf_8, twice)
    for spoilt in ways:
        answered(sent(town, name, spoilt(says(name, payment))), name, FORGED)

    assert (events(payment), forgeries(name)) == ([], before + len(ways))
    assert alerts(caplog) == []
    assert dossiers.load(payment.dossier_id).payment_status == "due"


@each
def test_a_huge_message_is_refused(town: Town, name: str, payment: Payment) -> None:
    message = says(name, payment)
    huge = message._replace(body=message.body + b" " * 200_000) if message.body else message
    huge = huge._replace(query=[*message.query, ("vnp_Huge", "x" * 100_000)] if message.query else [])
    # Too long to be read, it is as good as empty; these two sign the whole of it, or were called at their address.
    answered(sent(town, name, huge), name, FORGED if name in ("sepay", "vnpay") else UNREADABLE)

    assert events(payment) == []


@each
def test_an_empty_call_is_answered_and_alerts_nobody(town: Town, name: str, caplog: pytest.LogCaptureFixture) -> None:
    method = "GET" if name == "vnpay" else "POST"
    reply = sent(town, name, Message(method, [], {}, b"", ""))

    answered(reply, name, FORGED if name in ("sepay", "casso") else UNREADABLE)
    assert alerts(caplog) == []


def test_a_signed_message_that_cannot_be_read_is_an_alert_without_its_words(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    told = {"vnp_TxnRef": "x", "vnp_Amount": "2000000", "vnp_OrderInfo": "Nguyen Van A"}
    mark = vnpay.signature(told, account("vnpay").secret)
    answered(
        sent(town, "vnpay", Message("GET", [*told.items(), ("vnp_SecureHash", mark)], {}, b"", mark)),
        *("vnpay", UNREADABLE),
    )

    assert alerts(caplog) == ["payment notification that cannot be read"]
    assert "Nguyen" not in caplog.text


def test_an_unknown_provider_is_no_address(town: Town) -> None:
    for method in ("GET", "POST"):
        for nobody in ("nobody", "vietqr", "VNPAY", "vnpay%00", "__init__"):
            reply = town.send(method, f"/webhooks/payments/{nobody}", {"content-type": "application/json"}, b"{}")
            assert reply.status == 404, (method, nobody)


def test_one_movement_told_by_two_services_is_kept_once(town: Town) -> None:
    reference = f"FT{fresh_id()[:8]}".upper()
    usual = {"order": "nothing known", "amount": 31_000, "reference": reference, "merchant": ""}
    for name in ("sepay", "casso"):
        assert sent(town, name, SAYS[name](usual)).status == 200

    assert len(unplaced(reference)) == 1


def test_a_fee_paid_by_transfer_is_begun_with_a_qr_code_and_no_address(town: Town) -> None:
    dossier = file(town.citizen(), PAID.code)
    wanted = {"provider": "vietqr", "return_url": "https://dvc.example.vn/tro-ve"}
    begun = town.citizen().post(f"/dossiers/{dossier['id']}/payments", wanted)

    assert (begun.status, begun.body["pay_url"]) == (201, None), begun
    made = records.ledger(dossier["id"]).payments[begun.body["payment_id"]]
    assert made.order
    assert made.order in begun.body["qr"]
    assert records.known_as("vietqr", made.order) == made.id
