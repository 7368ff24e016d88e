"""The edge of the service: what it asks of a request before any room is asked, and how it says no."""

import contextlib
import io
import json
import re
import socket
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31

from chalicelib.web import OPERATIONS
from chalicelib.web.call import language_of
from chalicelib.web.facts import LARGEST_BODY
from tests import people
from tests.dossiers.conftest import AT_DESK, PAID, WITH_PAPER, a_draft, an_applicant, file
from tests.people import Person, Reply, Town
from tests.web.described import PROBLEM, require_described, require_problem

ONCE = [each for each in OPERATIONS if each.once]
SEEN = [each for each in OPERATIONS if each.if_match == "required"]
PAPER = {
    "component": "giay-to",
    "file_name": "giấy tờ.pdf",
    "content_type": "application/pdf",
    "size": 1000,
    "sha256": "0" * 64,
}
JSON = "application/json"
PAYING = {"provider": "vnpay", "return_url": "https://example.vn/xong"}


def somebody(town: Town, operation: Any) -> Person:
    return town.officer("clerk", "H32.10") if operation.who == "officer" else town.citizen()


ANY = {
    "dossier_id": "a",
    "document_id": "a",
    "number": "1",
    "code": "a",
    "provider": "a",
    "carrier": "a",
    "secret": "a",
    "paper_id": "a",
    "cover_id": "a",
    "payment_id": "a",
    "kind": "phi",
    "refund_id": "a",
    "money_id": "a",
    "reconciliation_id": "a",
    "token": "a",
}


def address(operation: Any) -> str:
    return operation.path.format_map(ANY)


# ——— Idempotency-Key ———


@pytest.mark.parametrize("key", [None, "", " ", "a b", "khoá", "\x7f", "k" * 256])
def test_what_is_done_once_needs_a_key(quiet_town: Town, key: str | None) -> None:
    for operation in ONCE:
        headers = {"Authorization": f"Bearer {somebody(quiet_town, operation).bearer}", "Content-Type": JSON}
        headers |= {} if key is None else {"Idempotency-Key": key}
        reply = quiet_town.send("POST", address(operation), headers, b"{}")
        assert (reply.status, reply.body["code"]) == (400, "idempotency_key_required"), reply


def test_a_key_of_255_visible_characters_is_a_key(town: Town) -> None:
    assert town.citizen().post("/dossiers", a_draft(), key="~" * 255).status == 201


class Asked:
    """A request to be repeated: by whom, where, with what; and with what else under the same key."""

    def __init__(self, who: Person, path: str, body: Any, other: Any = None, seen: str | None = None) -> None:
        self.who, self.path, self.body, self.other, self.seen = who, path, body, other, seen

    def ask(self, body: Any = None, key: str = "k-1") -> Reply:
        return self.who.post(self.path, self.body if body is None else body, key=key, seen=self.seen)


def a_beginning(town: Town) -> Asked:
    return Asked(town.citizen(), "/dossiers", a_draft(), a_draft(PAID.code))


def a_submission(town: Town) -> Asked:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft()).body
    return Asked(binh, f"/dossiers/{draft['id']}/submission", {})


def an_upload(town: Town) -> Asked:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code)).body
    return Asked(binh, f"/dossiers/{draft['id']}/documents", PAPER, PAPER | {"size": 1001})


def a_message(town: Town) -> Asked:
    binh = town.citizen()
    return Asked(binh, f"/dossiers/{file(binh)['id']}/messages", {"text": "Xin chào"}, {"text": "Xin chào?"})


def a_payment(town: Town) -> Asked:
    binh = town.citizen()
    other = PAYING | {"return_url": "https://example.vn/khac"}
    return Asked(binh, f"/dossiers/{file(binh, PAID.code)['id']}/payments", PAYING, other)


def a_counter_payment(town: Town) -> Asked:
    filed = file(town.citizen(), AT_DESK.code, delivery={"channel": "desk"})
    body = {"amount": 8000, "receipt_number": "BL-1"}
    path = f"/dossiers/{filed['id']}/counter-payments"
    return Asked(town.officer("clerk", "H32.10"), path, body, body | {"receipt_number": "BL-2"})


def a_withdrawal(town: Town) -> Asked:
    binh = town.citizen()
    return Asked(binh, f"/dossiers/{file(binh)['id']}/withdrawal", {"reason": "Nhầm"}, {"reason": "Khác"})


def an_acceptance(town: Town) -> Asked:
    filed = file(town.citizen())
    return Asked(
        town.officer("clerk", "H32.10"), f"/dossiers/{filed['id']}/acceptance", {}, seen=f'"{filed["version"]}"'
    )


def a_refusal(town: Town) -> Asked:
    filed = file(town.citizen())
    body = {"reason": "Không thuộc thẩm quyền", "legal_basis": "Điều 17 Nghị định 118/2025/NĐ-CP"}
    path = f"/dossiers/{filed['id']}/refusal"
    return Asked(town.officer("clerk", "H32.10"), path, body, body | {"reason": "Khác"}, f'"{filed["version"]}"')


def a_result(town: Town) -> Asked:
    filed = file(town.citizen())
    accepted = town.officer("clerk", "H32.10").decide(filed["id"], "acceptance")
    body = {"outcome": "granted", "documents": []}
    other = {"outcome": "declined", "documents": [], "reason": "Không đủ điều kiện"}
    approver = town.officer("approver", "H32.10")
    return Asked(approver, f"/dossiers/{filed['id']}/result", body, other, accepted.etag)


ONES = (
    a_beginning,
    a_submission,
    an_upload,
    a_message,
    a_payment,
    a_counter_payment,
    a_withdrawal,
    an_acceptance,
    a_refusal,
    a_result,
)
each_kind = pytest.mark.parametrize("kind", ONES, ids=lambda each: each.__name__)


def heads(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name in ("content-type", "etag")}


@each_kind
def test_the_same_again_is_answered_the_same(town: Town, kind: Callable[[Town], Asked]) -> None:
    asked = kind(town)
    first, again = asked.ask(), asked.ask()
    assert first.status in (200, 201), first
    assert "idempotency-replayed" not in first.headers
    assert (again.status, again.body, heads(again)) == (first.status, first.body, heads(first))
    assert again.headers["idempotency-replayed"] == "true"


@each_kind
def test_something_else_under_the_same_key_is_refused(town: Town, kind: Callable[[Town], Asked]) -> None:
    asked = kind(town)
    assert asked.ask().status in (200, 201)
    other = asked.other if asked.other is not None else None
    if other is None:  # an empty body has no other: the same key at another address
        reply = asked.who.post("/dossiers", a_draft(), key="k-1") if asked.seen is None else None
        if reply is None:
            reply = asked.who.post(asked.path.replace("/acceptance", "/messages"), {"text": "Chào"}, key="k-1")
    else:
        reply = asked.ask(other)
    assert (reply.status, reply.body["code"]) == (422, "idempotency_key_reused"), reply


@each_kind
def test_the_first_answer_is_remembered_when_the_state_has_moved_on(town: Town, kind: Callable[[Town], Asked]) -> None:
    asked = kind(town)
    first = asked.ask()
    dossier_id = first.body.get("id") or asked.path.split("/")[2]
    binh, an = town.citizen(), town.officer("clerk", "H32.10")
    for path, body in (("submission", {}), ("messages", {"text": "Chào"}), ("withdrawal", {"reason": "Nhầm"})):
        binh.post(f"/dossiers/{dossier_id}/{path}", body)
    an.post(f"/dossiers/{dossier_id}/messages", {"text": "Đã nhận"})
    again = asked.ask()
    assert (again.status, again.body, heads(again)) == (first.status, first.body, heads(first))
    assert again.headers["idempotency-replayed"] == "true"


def test_spelling_does_not_make_another_request(town: Town) -> None:
    """The same text composed or decomposed, the same fields in another order, are the same request."""
    binh = town.citizen()
    path = f"/dossiers/{file(binh)['id']}/messages"
    composed, decomposed = ({"text": unicodedata.normalize(form, "Đã nộp lệ phí")} for form in ("NFC", "NFD"))
    first, again = binh.post(path, composed, key="k"), binh.post(path, decomposed, key="k")
    assert (again.status, again.headers.get("idempotency-replayed")) == (201, "true"), again
    assert again.body == first.body


def test_a_key_belongs_to_its_caller(town: Town) -> None:
    binh, lan = town.citizen("binh"), town.citizen("lan")
    first, second = binh.post("/dossiers", a_draft(), key="k"), lan.post("/dossiers", a_draft(), key="k")
    assert (first.status, second.status) == (201, 201)
    assert first.body["id"] != second.body["id"]
    assert lan.post("/dossiers", a_draft(PAID.code), key="k").body["code"] == "idempotency_key_reused"


def test_a_refused_request_leaves_its_key_free(town: Town) -> None:
    binh = town.citizen()
    assert binh.post("/dossiers", a_draft("1.999999"), key="k").status == 404
    assert binh.post("/dossiers", a_draft(), key="k").status == 201


# ——— If-Match ———


def test_what_changes_something_seen_needs_its_version(quiet_town: Town) -> None:
    for operation in SEEN:
        reply = somebody(quiet_town, operation).ask(operation.method, address(operation), {})
        assert (reply.status, reply.body["code"]) == (428, "if_match_required"), reply


@pytest.mark.parametrize("seen", ['"1"', '"99"', "1", "*", '"x"', 'W/"1"', '"1", "2"', '""', "-1", '"1000000000000"'])
def test_what_is_stale_is_told_the_current_version(town: Town, seen: str) -> None:
    an, filed = town.officer("clerk", "H32.10"), file(town.citizen())
    assert filed["version"] == 2
    reply = an.post(f"/dossiers/{filed['id']}/acceptance", {}, seen=seen)
    assert (reply.status, reply.body["code"], reply.headers["etag"]) == (412, "stale_version", '"2"'), reply


@pytest.mark.parametrize("seen", ['"1"', 'W/"1"', "1", ' "1" '])
def test_a_version_is_known_however_it_is_quoted(town: Town, seen: str) -> None:
    draft = town.citizen().post("/dossiers", a_draft())
    assert draft.etag == '"1"'
    saved = town.citizen().patch(f"/dossiers/{draft.body['id']}", {"form": {"copies": 2}}, seen=seen)
    assert (saved.status, saved.etag) == (200, '"2"'), saved


# ——— bodies ———


def raw(town: Town, body: bytes, media: str | None = "application/json", path: str = "/dossiers") -> Reply:
    headers = {"Authorization": f"Bearer {people.token('binh')}", "Idempotency-Key": "k"}
    return town.send("POST", path, headers | ({"Content-Type": media} if media else {}), body)


def draft_with(form: str) -> bytes:
    return json.dumps(a_draft()).replace('{"purpose": "B\\u1ed5 t\\u00fac h\\u1ed3 s\\u01a1"}', form).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nope",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 1} {"b": 2}',
        b"\xff\xfe",
        b'{"procedure": "\xe9"}',
        json.dumps(a_draft()).encode("utf-16"),
        json.dumps(a_draft()).encode("utf-32-le"),
        b"\xef\xbb\xbf" + json.dumps(a_draft()).encode(),
        draft_with('{"purpose": NaN}'),
        draft_with('{"copies": Infinity}'),
        draft_with('{"copies": -Infinity}'),
        draft_with('{"copies": 1e999}'),
        draft_with('{"copies": -1e999}'),
        draft_with('{"copies": ' + "9" * 20 + "}"),
        draft_with('{"copies": ' + "9" * 5000 + "}"),
        draft_with('{"purpose": "\\ud800"}'),
        draft_with('{"\\udfff": 1}'),
        draft_with('{"purpose": "a\\u0000b"}'),
        draft_with('{"a\\u0000": 1}'),
        draft_with('{"copies": 1, "copies": 2}'),
        draft_with("[" * 100_000),
        draft_with("[" * 60_000 + "]" * 60_000),
        draft_with('{"a":' * 20_000 + "1" + "}" * 20_000),
        draft_with('{"a":' * 300 + "1" + "}" * 300),
        draft_with('{"a":' * 100 + "1" + "}" * 100),
    ],
    ids=lambda body: repr(body[:12] if len(body) < 40 else body[-60:])[:40],
)
def test_what_is_no_json_in_utf_8_is_not_read(quiet_town: Town, body: bytes) -> None:
    reply = raw(quiet_town, body)
    assert (reply.status, reply.body["code"]) == (400, "malformed_request"), reply


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"a"', b"true"])
def test_what_is_no_object_is_said_to_be_none(quiet_town: Town, body: bytes) -> None:
    reply = raw(quiet_town, body)
    assert (reply.status, [fault["pointer"] for fault in reply.body["errors"]]) == (422, [""]), reply


def test_a_body_too_large_is_not_read(quiet_town: Town) -> None:
    exactly = b'{"a":"' + b"x" * (LARGEST_BODY - 8) + b'"}'
    assert (len(exactly), raw(quiet_town, exactly).status) == (LARGEST_BODY, 422)
    reply = raw(quiet_town, exactly + b" ")
    assert (reply.status, reply.body["code"]) == (413, "body_too_large"), reply


def test_a_form_too_large_to_keep_is_refused(quiet_town: Town) -> None:
    reply = raw(quiet_town, draft_with(json.dumps({"purpose": "x" * 210_000})))
    assert (reply.status, reply.body["code"]) == (413, "body_too_large"), reply


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "json"])
def test_only_json_is_taken(quiet_town: Town, media: str) -> None:
    reply = raw(quiet_town, json.dumps(a_draft()).encode(), media)
    assert (reply.status, reply.body["code"]) == (415, "unsupported_media_type"), reply


@pytest.mark.parametrize(
    "media", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", None]
)
def test_json_is_taken_however_it_is_named(town: Town, media: str | None) -> None:
    assert raw(town, json.dumps(a_draft()).encode(), media).status == 201


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"applicant": an_applicant(colour="red")}, "/applicant/colour"),
        ({"delivery": {"channel": "online", "by/way": 1}}, "/delivery/by~1way"),
        ({"a~b": None}, "/a~0b"),
    ],
)
@pytest.mark.parametrize(
    ("language", "told"), [("vi", "Không có mục nào tên như vậy."), ("en", "There is no such field.")]
)
def test_an_unknown_field_is_named(
    quiet_town: Town, change: dict[str, Any], pointer: str, language: str, told: str
) -> None:
    reply = quiet_town.citizen().post("/dossiers", a_draft(**change), headers={"Accept-Language": language})
    assert (reply.status, reply.body["code"]) == (422, "invalid"), reply
    assert reply.body["errors"] == [{"pointer": pointer, "code": "unknown_field", "detail": told}]


def test_an_unknown_name_in_the_query_is_named(quiet_town: Town) -> None:
    reply = quiet_town.anyone.get("/procedures?colour=red&limit=0&q=%20")
    assert reply.status == 422, reply
    assert {fault["pointer"]: fault["code"] for fault in reply.body["errors"]} == {
        "/colour": "unknown_field",
        "/limit": "too_small",
    }


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "agency=%00", "field=%00", "cursor=%00", "q=%ED%A0%80", "q=%FF"])
def test_a_query_that_is_no_text_is_no_defect(quiet_town: Town, query: str) -> None:
    assert quiet_town.anyone.get(f"/procedures?{query}").status in (200, 400, 422)


def test_text_is_composed_on_its_way_in(town: Town) -> None:
    name = unicodedata.normalize("NFD", "Nguyễn Thị Hồng Ngọc")
    form = {unicodedata.normalize("NFD", "lý do"): unicodedata.normalize("NFD", "Bổ túc"), "list": [name]}
    draft = town.citizen().post("/dossiers", a_draft(applicant=an_applicant(full_name=name), form=form))
    assert draft.status == 201, draft
    assert draft.body["applicant"]["full_name"] == "Nguyễn Thị Hồng Ngọc"
    assert draft.body["form"] == {"lý do": "Bổ túc", "list": ["Nguyễn Thị Hồng Ngọc"]}
    assert unicodedata.is_normalized("NFC", json.dumps(draft.body, ensure_ascii=False))


# ——— the person's language ———


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "vi"),
        ("vi", "vi"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("fr", "vi"),
        ("*", "vi"),
        ("vi,en", "vi"),
        ("en,vi", "vi"),
        ("en;q=0.8,vi;q=0.9", "vi"),
        ("en;q=0.9,vi;q=0.8", "en"),
        ("en ; q=0.1, vi ; q=0.9", "vi"),
        ("en; q=0.9, vi; q=0.1", "en"),
        ("vi; q=0.1, en; q=0.9", "en"),
        ("en-US,en;q=0.9,vi;q=0.1", "en"),
        ("en;q=0.1,en-US;q=0.9,vi;q=0.5", "en"),
        ("en;q=0", "vi"),
        ("en;q=x", "vi"),
        ("en;q=inf,vi", "vi"),
        ("enm", "vi"),
        (",;=,", "vi"),
    ],
)
def test_the_language_is_the_one_the_caller_prefers(quiet_town: Town, header: str, language: str) -> None:
    assert language_of(header) == language
    reply = quiet_town.anyone.get("/procedures/9.999999", headers={"Accept-Language": header})
    assert (reply.status, reply.headers["content-language"]) == (404, language)
    assert reply.body["title"] == {"vi": "Không tìm thấy", "en": "Not found"}[language]


# ——— addresses ———


@pytest.mark.parametrize(
    "odd",
    [
        "%00",
        "a%20b",
        "caf%C3%A9",
        "%F0%9F%92%A9",
        "..%2F..",
        "D%23x",
        "a%0Ab",
        "'",
        "%FF",
        "a" * 129,
        "$%7Bx%7D",
        "%25",
    ],
)
def test_an_odd_address_names_nothing(town: Town, odd: str) -> None:
    binh, an = town.citizen(), town.officer("clerk", "H32.10")
    filed = file(binh)
    for path in (f"/dossiers/{odd}", f"/dossiers/{odd}/history", f"/dossiers/{filed['id']}/documents/{odd}/content"):
        assert binh.get(path).status == 404, path
    assert town.anyone.get(f"/procedures/{odd}").status == 404
    assert an.post(f"/shipments/{filed['id']}/{odd}/retry").status in (403, 404)


@pytest.mark.parametrize("number", ["0", "-1", "1e3", "1.0", "9" * 100, "٣", "%D9%A3"])
def test_a_shipment_without_a_number_of_ours_is_none(quiet_town: Town, number: str) -> None:
    with contextlib.suppress(UnicodeEncodeError):
        reply = quiet_town.officer("clerk", "H32.10").post(f"/shipments/a/{number}/retry")
        assert reply.status == 404, reply


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", ["/nowhere", "/dossiers/a/b/c/d/e", "/health/x", "/%2e%2e/etc", "/Health"])
def test_an_unknown_address_is_told_to_be_none(wired_town: Town, path: str, language: str) -> None:
    for method in ("GET", "POST", "DELETE", "PATCH"):
        reply = wired_town.send(method, path, {"Accept-Language": language}, b"")
        assert (reply.status, reply.body["code"]) == (404, "not_found"), reply
        require_problem(reply)
        assert reply.body["title"] == {"vi": "Không tìm thấy", "en": "Not found"}[language]


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("line", ["quiet_town", "wired_town"])
def test_a_wrong_method_is_told_the_right_ones(request: pytest.FixtureRequest, line: str) -> None:
    send = request.getfixturevalue(line).send
    for path in sorted({each.path for each in OPERATIONS}):
        taken = {each.method for each in OPERATIONS if each.path == path}
        for method in set(METHODS) - taken:
            reply = send(method, path.format_map(ANY), {"Content-Type": JSON}, b"")
            assert (reply.status, reply.body["code"]) == (405, "method_not_allowed"), reply
            require_problem(reply)
            assert set(reply.headers["allow"].split(", ")) - {"OPTIONS"} == taken


def test_a_browser_of_another_origin_may_ask(wired_town: Town) -> None:
    reply = wired_town.send("OPTIONS", "/dossiers", {"Origin": "https://example.vn"}, b"")
    assert reply.status == 200, reply
    allowed = reply.headers["access-control-allow-headers"].lower()
    for header in ("authorization", "content-type", "idempotency-key", "if-match"):
        assert header in allowed, allowed


def test_a_browser_of_another_origin_may_read_the_etag(town: Town) -> None:
    draft = town.citizen().post("/dossiers", a_draft())
    assert draft.headers["access-control-allow-origin"] == "*"
    exposed = draft.headers.get("access-control-expose-headers", "").lower()
    for header in ("etag", "idempotency-replayed", "retry-after"):
        assert header in exposed, draft.headers


@pytest.mark.parametrize(
    "first",
    [
        b"GET",
        b"\xff\xfe\x00",
        b"GET /health HTTP/9.9",
        b"G\xc3\x89T /health HTTP/1.1",
        b"GET /a b HTTP/1.1",
    ],
)
def test_what_is_no_request_line_is_answered_as_a_problem(address_of_town: tuple[str, int], first: bytes) -> None:
    with socket.create_connection(address_of_town, timeout=5) as line:
        line.sendall(first + b"\r\nHost: a\r\nConnection: close\r\n\r\n")
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    status = int(answer.split(b" ", 2)[1])
    assert 400 <= status < 500, answer
    assert b"application/problem+json" in answer


# ——— who ———


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Basic YTpi",
        "bearer null",
        f"Bearer {people.token('binh', exp=1)}",
        f"Bearer {people.token('binh', aud='other')}",
        f"Bearer {people.token('binh', iss='https://elsewhere')}",
        f"Token {people.token('binh')}",
    ],
    ids=["none", "empty", "bare", "blank", "x", "abc", "basic", "null", "expired", "audience", "issuer", "scheme"],
)
def test_nobody_is_told_nothing_but_to_sign_in(quiet_town: Town, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    for operation in (each for each in OPERATIONS if each.who not in ("anyone", "machine")):
        reply = quiet_town.send(operation.method, address(operation), headers | {"Content-Type": JSON}, b"{}")
        assert (reply.status, reply.body["code"]) == (401, "not_signed_in"), reply
        assert reply.headers["www-authenticate"] == "Bearer"


# ——— defects ———


def test_a_defect_tells_the_caller_nothing_and_the_log_no_person(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.dossiers import actions
    from chalicelib.web import serving

    said = io.StringIO()
    monkeypatch.setattr(serving.logger.handlers[0], "stream", said)

    def fails(draft: Any, act: Any) -> None:
        raise RuntimeError(f"table motcua: {draft.applicant.full_name} {draft.applicant.phone} {act.caller.subject}")

    monkeypatch.setattr(actions, "begin", fails)
    reply = town.citizen("binh-0905").post("/dossiers", a_draft(), headers={"Accept-Language": "en"})
    assert (reply.status, reply.body["code"]) == (500, "internal_error")
    require_problem(reply)
    for secret in ("RuntimeError", "motcua:", "Traceback", ".py", "Trần", "0905", "binh"):
        assert secret not in json.dumps({**reply.body, "type": ""}, ensure_ascii=False), secret
    (line,) = [json.loads(each) for each in said.getvalue().splitlines()]
    assert (line["level"], line["kind"]) == ("ERROR", "RuntimeError")
    assert line["frames"]
    for personal in ("Trần", "Bình", "0905", "84905", "056190001234", "binh", "table motcua"):
        assert personal not in json.dumps(line, ensure_ascii=False), personal


@pytest.mark.parametrize("path", ["/dossiers/x", "/dossiers", "/dossiers/x/history"])
def test_a_store_that_fails_is_a_defect_without_detail(town: Town, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    import botocore.client
    from botocore.exceptions import ClientError

    from chalicelib.web import serving

    said = io.StringIO()
    monkeypatch.setattr(serving.logger.handlers[0], "stream", said)

    def fails(self: Any, operation: str, facts: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "arn:aws:secret"}}, operation)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", fails)
    reply = town.citizen().get(path)
    assert reply.status in (500, 503)
    assert "arn" not in json.dumps(reply.body)
    assert {json.loads(line)["aws"] for line in said.getvalue().splitlines()} == {"AccessDeniedException"}
    assert "arn" not in said.getvalue()


# ——— what is always there ———


def test_the_service_says_that_it_is_up(quiet_town: Town) -> None:
    reply = quiet_town.anyone.get("/health")
    assert (reply.status, reply.body["status"], set(reply.body)) == (200, "ok", {"status", "province", "version"})


def test_the_description_is_openapi_3_1(town: Town) -> None:
    told = town.anyone.get("/openapi.json")
    assert (told.status, told.headers["content-type"], told.body["openapi"]) == (200, JSON, "3.1.0")
    faults = list(Draft202012Validator(OPENAPI_31).iter_errors(told.body))
    assert not faults, faults[0].message
    for name, schema in told.body["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name), name


def test_every_reference_and_operation_of_the_description_leads_somewhere_alone(town: Town) -> None:
    told = town.anyone.get("/openapi.json").body
    text = json.dumps(told)
    known = {f"#/components/schemas/{name}" for name in told["components"]["schemas"]}
    assert set(re.findall(r'"\$ref": "([^"]+)"', text)) <= known
    assert "pydantic" not in text
    names = [operation["operationId"] for path in told["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) == len(OPERATIONS)
    assert set(told["paths"]) == {each.path for each in OPERATIONS}


def test_what_is_not_described_is_noticed() -> None:
    """The `town` of these tests judges every answer as it is given: so every refusal seen here is described."""
    unknown = {"title": "x", "detail": "x", "status": 409, "code": "never_heard_of", "type": "x:never_heard_of"}
    for status, body in ((409, unknown), (409, {**unknown, "detail": ""}), (418, unknown), (200, {"id": 1})):
        with pytest.raises(AssertionError):
            require_described("POST", "/dossiers", Reply(status, {"content-type": PROBLEM}, body))
