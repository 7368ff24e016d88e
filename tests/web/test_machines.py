"""The addresses that machines call: whatever is sent to them, nothing breaks and nobody is let in."""

import base64
import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app
from chalicelib.payments.providers.vnpay import signature
from chalicelib.web import OPERATIONS
from tests import people
from tests.conftest import SECRETS
from tests.people import Reply, Send, Town
from tests.web.described import require_problem

usual = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KNOWN = [
    *("vnp_Amount", "vnp_BankCode", "vnp_BankTranNo", "vnp_CardType", "vnp_OrderInfo", "vnp_PayDate", "vnp_TmnCode"),
    *("vnp_ResponseCode", "vnp_TransactionNo", "vnp_TransactionStatus", "vnp_TxnRef", "vnp_SecureHash"),
]
names = st.sampled_from(KNOWN) | st.text(max_size=12)
values = st.sampled_from(["", "00", "0", "1000000", "20260302080000", SECRETS["vnpay"]["tmn_code"]]) | st.text(
    max_size=40
)
pairs = st.lists(st.tuples(names, values), max_size=16)
# On the wire a name or value is any bytes at all.
octets = st.binary(max_size=30).map(lambda raw: quote(raw, safe=""))
media = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "x", ""]
)


def query_of(said: list[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in said)


def heard(send: Send, query: str) -> dict[str, Any]:
    reply = send("GET", f"/webhooks/payments/vnpay?{query}", {}, b"")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json"), reply
    assert set(reply.body) == {"RspCode", "Message"}
    return reply.body


# ——— VNPAY ———


@usual
@given(said=pairs)
def test_a_notification_nobody_signed_is_never_taken(wired_town: Town, said: list[tuple[str, str]]) -> None:
    assert heard(wired_town.send, query_of(said))["RspCode"] in ("97", "99")


@usual
@given(said=st.lists(st.tuples(octets, octets), max_size=8), glue=st.sampled_from(["&", ";", "&&", "?", "="]))
def test_a_query_of_any_bytes_is_answered(wired_town: Town, said: list[tuple[str, str]], glue: str) -> None:
    assert heard(wired_town.send, glue.join(f"{name}={value}" for name, value in said))["RspCode"] in ("97", "99")


@usual
@given(said=st.dictionaries(st.sampled_from(KNOWN[:-1]) | st.text(max_size=9), values, min_size=1), twice=st.booleans())
def test_a_signed_notification_about_nothing_of_ours_changes_nothing(
    wired_town: Town, said: dict[str, str], twice: bool
) -> None:
    signed = {**said, "vnp_SecureHash": signature(said, SECRETS["vnpay"]["secret"])}
    pairs = [*signed.items(), *([("vnp_Amount", "1")] if twice else [])]
    assert heard(wired_town.send, query_of(pairs))["RspCode"] in ("01", "97", "99")


def test_a_huge_query_is_no_defect(wired_town: Town) -> None:
    many = "&".join(f"vnp_{number}={number}" for number in range(3_000))
    assert heard(wired_town.send, many)["RspCode"] == "97"
    assert wired_town.send("GET", f"/webhooks/payments/vnpay?vnp_a={'x' * 200_000}", {}, b"").status < 500


# ——— the other addresses ———


@usual
@given(provider=octets.filter(bool), body=st.binary(max_size=200), kind=media)
def test_nobody_else_is_a_provider(wired_town: Town, provider: str, body: bytes, kind: str) -> None:
    reply = wired_town.send("POST", f"/webhooks/payments/{provider}", {"Content-Type": kind}, body)
    assert reply.status in (404, 415), reply
    require_problem(reply)


@usual
@given(
    carrier=st.sampled_from(["vnpost", "%00", "x"]) | octets.filter(bool),
    secret=octets.filter(bool),
    body=st.binary(max_size=200),
)
def test_a_carrier_without_its_secret_finds_no_address(
    wired_town: Town, carrier: str, secret: str, body: bytes
) -> None:
    reply = wired_town.send("POST", f"/webhooks/post/{carrier}/{secret}", {"Content-Type": "application/json"}, body)
    assert reply.status == 404, reply
    require_problem(reply)


def test_a_huge_body_is_no_defect(wired_town: Town) -> None:
    for path in ("/webhooks/payments/momo", "/webhooks/post/vnpost/x"):
        reply = wired_town.send("POST", path, {"Content-Type": "application/json"}, b"\xff" * 2_000_000)
        assert reply.status == 404, reply


# ——— events as the gateway makes them ———

BEARERS = [people.token("binh"), people.token("an", roles=["clerk"], agency="H32.10")]
parameters = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
bodies = st.none() | st.text(max_size=60) | st.sampled_from(["{}", "[]", '{"procedure": "1.000001"}', '"\\ud800"'])


def event_of(
    operation: Any, given: dict[str, str], query: Any, headers: dict[str, str], body: Any, encoded: bool
) -> Any:
    return {
        "requestContext": {
            "httpMethod": operation.method,
            "resourcePath": operation.path,
            "path": operation.path.format(**given),
            "identity": {"sourceIp": "203.0.113.7"},
        },
        "headers": headers,
        "multiValueQueryStringParameters": query,
        "pathParameters": given or None,
        "stageVariables": None,
        "body": base64.b64encode((body or "").encode(errors="replace")).decode() if encoded else body,
        "isBase64Encoded": encoded,
    }


@settings(usual, max_examples=400)
@given(data=st.data())
def test_whatever_the_gateway_hands_on_is_answered(kept_table: object, data: st.DataObject) -> None:
    """On AWS path parameters come decoded, and a body may be a string, or bytes in base64."""
    operation = data.draw(st.sampled_from(OPERATIONS), label="operation")
    wanted = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    given = {name: data.draw(parameters, label=name) for name in wanted}
    query = data.draw(
        st.none() | st.dictionaries(st.text(max_size=8), st.lists(st.text(max_size=8), min_size=1), max_size=3)
    )
    headers = {
        "content-type": "application/json",
        "accept-language": data.draw(st.text(max_size=12)),
        "idempotency-key": "k",
    }
    bearer = data.draw(st.sampled_from([None, *BEARERS]), label="bearer")
    headers |= {"authorization": f"Bearer {bearer}", "if-match": '"1"'} if bearer else {}
    event = event_of(operation, given, query, headers, data.draw(bodies), data.draw(st.booleans()))
    answer = app.app(event, None)
    assert answer["statusCode"] < 500, answer
    if answer["statusCode"] >= 400 and not operation.path.startswith("/webhooks/payments/vnpay"):
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        require_problem(Reply(answer["statusCode"], headers, json.loads(answer["body"])))
