"""Reconciliation as finance officers do it: a statement handed in, compared with the ledger, kept, and exported."""

import base64
import hashlib
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from chalicelib.payments import actions, records
from chalicelib.payments.reconciling import actions as reconciliation_actions
from chalicelib.payments.reconciling import records as runs
from chalicelib.payments.reconciling.movements import Days, Kind, Status
from chalicelib.payments.reconciling.rows import Told, rows_of
from chalicelib.payments.reconciling.rules import Side, Total
from chalicelib.payments.reconciling.shown import shown
from chalicelib.payments.refunds import Act, RefundEvent
from chalicelib.payments.rules import Payment, PaymentEvent, Source, Verdict
from chalicelib.table import commit
from chalicelib.web import serving
from tests.papers.conftest import bytes_of
from tests.payments.conftest import CITIZEN, FAILED, NINE, notification, requests, vnpay_hears
from tests.payments.ledgers import as_csv, as_xlsx, month, plant
from tests.people import Reply, Town

JUNE_1 = Days(date(2026, 6, 1), date(2026, 6, 1))
HEADS = ("vnp_TransactionNo", "vnp_TxnRef", "vnp_TransactionType", "vnp_TransactionStatus", "vnp_Amount", "vnp_PayDate")


@pytest.fixture(autouse=True)
def the_next_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "now", lambda: NINE + timedelta(days=1))


@pytest.fixture
def paid(begun: Callable[..., Payment]) -> Callable[..., Payment]:
    """A payment that VNPAY announced as taken, under a number of its own."""

    def pay(number: str, at: datetime = NINE + timedelta(minutes=5), **changes: Any) -> Payment:
        payment = begun(**changes)
        assert vnpay_hears(notification(payment, vnp_TransactionNo=number), at) == "00"
        return payment

    return pay


def told(payment: Payment, number: str, **changes: str) -> list[str]:
    """The statement's line for it, in VNPAY's own columns."""
    said = {"type": "01", "status": "00", "amount": f"{payment.amount}00", "at": "20260601090512", **changes}
    return [number, said.get("order", payment.name), said["type"], said["status"], said["amount"], said["at"]]


def handed_in(lines: list[list[str]], form: str = "csv", **changes: Any) -> dict[str, Any]:
    data = as_csv(lines, heads=HEADS) if form == "csv" else as_xlsx(lines, heads=HEADS)
    return {
        **{"provider": "vnpay", "from": "2026-06-01", "to": "2026-06-01", "format": form},
        **{"file": base64.b64encode(data).decode(), **changes},
    }


def reconcile(town: Town, lines: list[list[str]], form: str = "csv", **changes: Any) -> Reply:
    return town.officer("finance", "H32").post("/reconciliations", handed_in(lines, form, **changes))


def kinds(reply: Reply) -> list[str]:
    assert reply.status == 201, reply
    return [each["kind"] for each in reply.body["differences"]]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_told_and_what_the_statement_says_agree(town: Town, paid, form: str) -> None:
    here, there = paid("101"), paid("102", agency="H32.11")
    lines = [told(here, "101"), told(there, "102")]
    answer = reconcile(town, lines, form)

    assert kinds(answer) == []
    body = answer.body
    assert (body["lines"], body["rows"], body["difference_count"], body["unreadable_lines"]) == (2, 2, 0, 0)
    assert (body["from"], body["to"], body["by"]) == ("2026-06-01", "2026-06-01", "finance-H32")
    data = base64.b64decode(handed_in(lines, form)["file"])
    assert form == "xlsx" or body["file_sha256"] == hashlib.sha256(data).hexdigest()
    side = {"count": 1, "amount": 120_000, "fee": 0}
    same = {"provider": "vnpay", "kind": "payment", "status": "success", "ours": side, "theirs": side}
    assert body["totals"] == [{"agency": agency, **same} for agency in ("H32.10", "H32.11")]
    assert "next" not in body


def test_every_difference_says_what_to_do_in_the_readers_language(town: Town, paid) -> None:
    payment = paid("101")
    body = handed_in([told(payment, "101", amount="1000000")])
    finance = town.officer("finance", "H32")
    (said,) = finance.post("/reconciliations", body).body["differences"]
    (english,) = finance.post("/reconciliations", body, headers={"Accept-Language": "en"}).body["differences"]

    assert (said["kind"], said["movement"], said["title"]) == ("other_amount", "payment", "Lệch số tiền")
    assert (said["ours"]["amount"], said["theirs"]["amount"]) == (120_000, 10_000)
    assert said["ours"]["dossier_code"] == payment.about
    assert said["ours"]["payment_id"] == payment.id
    assert said["theirs"]["line"] == 2
    assert english["title"] == "Other amount"
    assert english["todo"] != said["todo"]


def test_the_day_a_payment_is_told_on_is_the_day_it_is_read_by(town: Town, paid) -> None:
    late = paid("103", at=NINE + timedelta(hours=15, minutes=30))  # half past midnight
    answer = reconcile(town, [told(late, "103")])

    assert kinds(answer) == ["other_day"]
    assert answer.body["rows"] == 0
    assert kinds(reconcile(town, [], **{"from": "2026-06-02", "to": "2026-06-02"})) == ["other_day"]


def test_what_we_never_heard_of_is_found_by_its_order(town: Town, begun) -> None:
    unheard, failed = begun(), begun()
    vnpay_hears(notification(failed, **FAILED))
    answer = reconcile(town, [told(unheard, "101"), told(failed, "102"), told(unheard, "109", order="x-not-ours")])

    assert kinds(answer) == ["missing_with_us", "other_status", "unknown_order"]
    assert answer.body["differences"][0]["ours"]["status"] == "unheard"
    assert answer.body["differences"][2]["ours"] is None


def test_what_became_of_it_later_is_known_when_it_is_looked_at_again(town: Town, begun) -> None:
    payment = begun()
    vnpay_hears(notification(payment, **FAILED))
    vnpay_hears(notification(payment, vnp_TransactionNo="101"), NINE + timedelta(hours=23))

    assert kinds(reconcile(town, [told(payment, "101")])) == ["other_day"]


def test_a_sum_told_again_on_the_next_day_is_not_a_second_one(town: Town, paid) -> None:
    payment = paid("101")
    again = notification(payment, vnp_TransactionNo="101", vnp_BankCode="VCB")
    assert vnpay_hears(again, NINE + timedelta(hours=20)) in ("00", "02")

    assert runs.ledger("vnpay", JUNE_1)[0].at == NINE + timedelta(minutes=5)
    next_day = reconcile(town, [], **{"from": "2026-06-02", "to": "2026-06-02"})
    assert kinds(next_day) == []
    assert next_day.body["rows"] == 0


def test_nothing_is_changed_by_a_reconciliation(town: Town, begun) -> None:
    payment = begun()
    before = (records.ledger(payment.dossier_id), actions.account(payment.dossier_id, CITIZEN, NINE))
    assert kinds(reconcile(town, [told(payment, "101")])) == ["missing_with_us"]

    assert (records.ledger(payment.dossier_id), actions.account(payment.dossier_id, CITIZEN, NINE)) == before


REFUND: dict[str, Any] = {"refund_id": "refund-1", "by": "thu", "amount": 120_000, "whole": True}


def refund(payment: Payment, *acts: Act, at: datetime = NINE + timedelta(hours=2)) -> None:
    for act in acts:
        event = RefundEvent(payment_id=payment.id, act=act, at=at, provider_reference="777", **REFUND)
        commit(records.told(payment, event), records.grown(payment.dossier_id))


def test_refunds_are_compared_too(town: Town, paid) -> None:
    payment = paid("101")
    refund(payment, Act.ASKED, Act.DONE)
    money, back = told(payment, "101"), told(payment, "777", type="02")

    assert kinds(reconcile(town, [money, back])) == []
    assert kinds(reconcile(town, [money])) == ["refund_missing_with_them"]


def test_a_refund_whose_fate_we_do_not_know_is_missing_with_us(town: Town, paid) -> None:
    payment = paid("101")
    money, back = told(payment, "101"), told(payment, "777", type="02")
    assert kinds(reconcile(town, [money, back])) == ["refund_missing_with_us"]
    refund(payment, Act.ASKED)
    answer = reconcile(town, [money, back])

    assert kinds(answer) == ["refund_missing_with_us"]
    assert answer.body["differences"][0]["ours"]["refund_id"] == "refund-1"
    refund(payment, Act.TAKEN_ON)
    assert kinds(reconcile(town, [money, back])) == ["other_status"]


# ——— lines that cannot be read ———


def test_lines_that_cannot_be_read_are_told_and_keep_no_other(town: Town, paid) -> None:
    payment = paid("101")
    answer = reconcile(town, [told(payment, "101"), told(payment, "102", amount="12x")])

    assert kinds(answer) == []
    assert answer.body["unreadable_lines"] == 1
    assert answer.body["unreadable"] == [{"line": 3, "why": "Dòng 3, cột số tiền: không phải số tiền nguyên đồng."}]


# ——— kept, listed, paged, exported ———


def test_a_run_is_kept_and_read_again_page_by_page(town: Town, table: None) -> None:
    lines = [[str(n), f"strange-{n:03}", "01", "00", "100000", ""] for n in range(120)]
    made = reconcile(town, lines)
    auditor, found, cursor = town.officer("auditor", "H32"), [], ""
    assert made.body["differences"][0]["theirs"]["at"] is None
    while True:
        page = auditor.get(f"/reconciliations/{made.body['id']}{cursor}")
        assert page.status == 200, page
        found += page.body["differences"]
        if "next" not in page.body:
            break
        cursor = f"?cursor={page.body['next']}"

    assert made.body["difference_count"] == 120
    assert [each["theirs"]["order"] for each in found] == [f"strange-{n:03}" for n in range(120)]
    first = auditor.get(f"/reconciliations/{made.body['id']}")
    assert first.body == made.body


def test_runs_are_listed_those_of_the_latest_days_first(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.payments.reconciling.routes.PAGE", 2)
    days = ("2026-05-30", "2026-06-01", "2026-05-31")
    made = {day: reconcile(town, [], **{"from": day, "to": day}).body["id"] for day in days}
    auditor = town.officer("auditor", "H32")
    first = auditor.get("/reconciliations?provider=vnpay").body
    second = auditor.get(f"/reconciliations?provider=vnpay&cursor={first['next']}").body

    assert [each["id"] for each in first["items"] + second["items"]] == [made[day] for day in sorted(days)[::-1]]
    assert "next" not in second
    assert auditor.get("/reconciliations?provider=momo").body == {"items": []}


def test_the_workbook_has_sums_differences_with_what_to_do_and_unreadable_lines(town: Town, paid) -> None:
    payment = paid("101")
    strange = told(payment, "=1+1", order='=HYPERLINK("http://x")')
    made = reconcile(town, [told(payment, "101"), strange, told(payment, "104", status="?")])
    link = town.officer("auditor", "H32").get(f"/reconciliations/{made.body['id']}/workbook")
    assert link.status == 200, link
    book = load_workbook(io.BytesIO(bytes_of(link.body["url"])))

    assert book.sheetnames == ["Tổng hợp", "Chênh lệch", "Dòng không đọc được"]
    sums, differences, unreadable = (list(page.iter_rows(min_row=3, values_only=True)) for page in book)
    assert [row[:6] for row in sums[1:]] == [
        ("(chỉ có trong sao kê)", "vnpay", "Thanh toán", "Thành công", "0", "0"),
        ("H32.10", "vnpay", "Thanh toán", "Thành công", "1", "120.000"),
    ]
    said = dict(zip(differences[0], differences[1], strict=True))
    assert said["Chênh lệch"] == "Không rõ đơn hàng"
    assert said["Mã đơn hàng"] == '=HYPERLINK("http://x")'
    assert said["Việc cần làm"].startswith("Không gán vào hồ sơ nào.")
    assert unreadable[1][0] == "4"
    assert {cell.data_type for page in book for row in page.iter_rows() for cell in row if cell.value} == {"s"}


def test_a_workbook_asked_for_twice_is_made_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made = reconcile(town, []).body["id"]
    finance = town.officer("finance", "H32")
    first = bytes_of(finance.get(f"/reconciliations/{made}/workbook").body["url"])
    monkeypatch.setattr(reconciliation_actions, "workbook", lambda *_: pytest.fail("made again"))

    assert bytes_of(finance.get(f"/reconciliations/{made}/workbook").body["url"]) == first


def test_a_request_repeated_is_one_run(town: Town) -> None:
    body, finance = handed_in([]), town.officer("finance", "H32")
    first, again = (finance.post("/reconciliations", body, key="once") for _ in range(2))

    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.headers["idempotency-replayed"] == "true"
    assert len(finance.get("/reconciliations?provider=vnpay").body["items"]) == 1
    other = finance.post("/reconciliations", handed_in([], to="2026-06-02"), key="once")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_a_run_that_died_before_it_was_recorded_is_repeated_whole(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    body, finance = handed_in([]), town.officer("finance", "H32")
    with monkeypatch.context() as dying:
        dying.setattr(runs, "commit", lambda *_: (_ for _ in ()).throw(RuntimeError("the process dies here")))
        assert finance.post("/reconciliations", body, key="once").status == 500

    assert finance.get("/reconciliations?provider=vnpay").body == {"items": []}
    assert finance.post("/reconciliations", body, key="once").status == 201
    assert len(finance.get("/reconciliations?provider=vnpay").body["items"]) == 1


# ——— refused ———


REFUSED = {
    "days out of order": ({"from": "2026-06-02"}, "reconciliation_days_invalid", "/to"),
    "too many days": ({"from": "2026-05-01"}, "reconciliation_days_invalid", "/to"),
    "a day to come": ({"to": "2026-06-03"}, "reconciliation_days_invalid", "/to"),
    "no such provider": ({"provider": "paypal"}, "unknown_value", "/provider"),
    "the desk": ({"provider": "counter"}, "unknown_value", "/provider"),
    "a provider with another form": ({"provider": "../x"}, None, "/provider"),
    "no such format": ({"format": "pdf"}, None, "/format"),
    "no base64": ({"file": "@@@"}, "not_base64", "/file"),
    "text beyond ASCII": ({"file": "đối soát"}, "not_base64", "/file"),
    "a file of another kind": ({"format": "xlsx"}, "not_xlsx", "/file"),
    "a file without heads": ({"file": base64.b64encode(b"a;b").decode()}, "columns_missing", "/file"),
    "nothing": ({"file": ""}, None, "/file"),
    "something unknown": ({"agency": "H32"}, None, "/agency"),
}


@pytest.mark.parametrize(("changes", "code", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_reconciled_is_refused_with_what_is_wrong(town: Town, changes, code, pointer) -> None:
    answer = reconcile(town, [], **changes)

    assert answer.status == 422, answer
    (fault,) = answer.body["errors"]
    assert fault["pointer"] == pointer
    assert code in (None, fault["code"])
    assert town.officer("finance", "H32").get("/reconciliations?provider=vnpay").body == {"items": []}


def test_a_statement_of_something_else_is_refused_and_asks_nothing_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation_actions, "MOST_DIFFERENCES", 3)
    lines = [[str(n), f"strange-{n}", "01", "00", "100000", ""] for n in range(4)]
    with requests() as made:
        answer = reconcile(town, lines)

    assert (answer.status, answer.body["code"]) == (422, "statement_of_something_else")
    assert len(made) <= 3
    assert reconcile(town, lines[:3]).status == 201


def test_a_larger_body_than_a_function_takes_is_refused(town: Town) -> None:
    assert reconcile(town, [], file="A" * (300 * 1024)).status == 422  # read, and no statement
    assert reconcile(town, [], file="A" * (5 * 1024 * 1024)).status == 413


@pytest.mark.parametrize("role", ["clerk", "specialist", "approver", "post_clerk", "supervisor", "admin", "auditor"])
def test_only_finance_reconciles(town: Town, role: str) -> None:
    assert town.officer(role, "H32").post("/reconciliations", handed_in([])).status == 403


def test_finance_and_auditors_read_and_nobody_else(town: Town) -> None:
    made = reconcile(town, []).body["id"]
    for path in ("?provider=vnpay", f"/{made}", f"/{made}/workbook"):
        for role in ("finance", "auditor"):
            assert town.officer(role, "H32.99").get(f"/reconciliations{path}").status == 200
        for role in ("clerk", "supervisor", "admin"):
            assert town.officer(role, "H32").get(f"/reconciliations{path}").status == 403
        assert town.citizen().get(f"/reconciliations{path}").status == 403
        assert town.anyone.get(f"/reconciliations{path}").status == 401


NO_RUNS = (
    "x",
    "vnpay.2026-06-01",
    "vnpay.2026-06-01." + "a" * 26,
    "VNPAY.2026-06-01." + "a" * 26,
    "a..b",
    "vnpay.2026",
)


@pytest.mark.parametrize("run_id", NO_RUNS)
@pytest.mark.parametrize("what", ["", "/workbook"])
def test_what_is_no_run_is_not_found(town: Town, run_id: str, what: str) -> None:
    answer = town.officer("finance", "H32").get(f"/reconciliations/{run_id}{what}")

    assert (answer.status, answer.body["code"]) == (404, "reconciliation_not_found")


@pytest.mark.parametrize("cursor", ["x", "LTE", "w6k", "OTk5OTk5OTk5OTk5"])
def test_a_cursor_that_is_none_of_ours_is_refused(town: Town, cursor: str) -> None:
    made = reconcile(town, []).body["id"]
    finance = town.officer("finance", "H32")
    for path in (f"/reconciliations?provider=vnpay&cursor={cursor}", f"/reconciliations/{made}?cursor={cursor}"):
        answer = finance.get(path)
        assert (answer.status, answer.body["errors"][0]["code"]) == (422, "cursor_unreadable")


# ——— what it costs, and the rows it is made of ———


def test_a_day_is_read_in_few_requests(table: None, paid) -> None:
    for number in range(30):
        paid(str(number))
    with requests() as made:
        rows = runs.ledger("vnpay", JUNE_1)

    assert len(rows) == 30
    assert made == ["Query", "BatchGetItem", "BatchGetItem", "BatchGetItem"]


def test_the_largest_answer_fits_the_record_of_it() -> None:
    side = Side(10**5, 10**11, 10**9)
    agencies = [f"H32.{n:03}.{n:03}" for n in range(300)]
    kinds = [(kind, status) for kind in Kind for status in Status if status != Status.UNHEARD]
    totals = tuple(Total(agency, "vnpay", *which, side, side) for agency in agencies for which in kinds)
    planted = plant(month(2000, 7), 6)
    found = reconciliation_actions.reconciled(
        "vnpay", planted.rows, planted.lines, Days(date(2026, 6, 1), date(2026, 6, 30))
    )
    run = runs.Run(
        id="vnpay.2026-06-30." + "a" * 26,
        provider="vnpay",
        first=date(2026, 6, 1),
        last=date(2026, 6, 30),
        at=NINE,
        by="x" * 64,
        file_format="csv",
        file_sha256="0" * 64,
        lines=1,
        unreadable=0,
        rows=1,
        differences=54,
    )
    whole = runs.Whole(run=run, totals=totals, differences=found.differences, unreadable=())

    assert len(found.differences) > 50
    call: Any = type("Call", (), {"language": "vi"})
    answer = shown(whole, call)
    assert (answer.total_count, len(answer.totals)) == (2400, 1000)
    assert len(answer.model_dump_json(by_alias=True).encode()) < 350_000
    assert runs.Whole.model_validate_json(whole.model_dump_json()) == whole


PAYMENT = Payment(
    id="d1-abc234",
    dossier_id="d1",
    provider="vnpay",
    about="code",
    amount=120_000,
    created_at=NINE,
    expires_at=NINE + timedelta(minutes=15),
    order="260601_d1",
)


def said(verdict: Verdict, minutes: int = 1, **changes: Any) -> PaymentEvent:
    facts = {
        **{"id": f"{verdict}-{minutes}", "payment_id": PAYMENT.id, "source": Source.NOTIFICATION, "facts": {}},
        **{"at": NINE + timedelta(minutes=minutes), "verdict": verdict, "amount": 120_000, "provider_reference": "7"},
        **{"money_taken": verdict == Verdict.SUCCESS, **changes},
    }
    return PaymentEvent.model_validate(facts)


EVENTS = {
    "nothing": ([], [(Status.UNHEARD, "", 120_000, 0)]),
    "pending": ([said(Verdict.PENDING)], [(Status.PENDING, "7", 120_000, 1)]),
    "failed": ([said(Verdict.FAILURE), said(Verdict.PENDING, 2)], [(Status.FAILED, "7", 120_000, 2)]),
    "taken": ([said(Verdict.SUCCESS), said(Verdict.FAILURE, 2)], [(Status.SUCCESS, "7", 120_000, 1)]),
    "told twice": ([said(Verdict.SUCCESS, 3), said(Verdict.SUCCESS, 2)], [(Status.SUCCESS, "7", 120_000, 2)]),
    "paid twice": (
        [said(Verdict.SUCCESS), said(Verdict.SUCCESS, 2, provider_reference="8")],
        [(Status.SUCCESS, "7", 120_000, 1), (Status.SUCCESS, "8", 120_000, 2)],
    ),
    "taken but odd": ([said(Verdict.MISMATCH, money_taken=True, amount=5)], [(Status.SUCCESS, "7", 5, 1)]),
    "of no whole amount": ([said(Verdict.MISMATCH, money_taken=True, amount=None)], [(Status.SUCCESS, "7", 0, 1)]),
    "in doubt": ([said(Verdict.MISMATCH)], [(Status.PENDING, "7", 120_000, 1)]),
    "disputed": ([said(Verdict.SUCCESS), said(Verdict.DISPUTED, 2)], [(Status.SUCCESS, "7", 120_000, 1)]),
    "lost": (
        [said(Verdict.SUCCESS), said(Verdict.LOST, 2, provider_reference="D1")],
        [(Status.REVERSED, "7", 120_000, 1)],
    ),
    "lost in part": (
        [said(Verdict.SUCCESS), said(Verdict.LOST, 2, amount=5)],
        [(Status.SUCCESS, "7", 120_000, 1)],
    ),
}


@pytest.mark.parametrize(("events", "expected"), EVENTS.values(), ids=EVENTS.keys())
def test_the_rows_of_a_payment_are_the_sums_that_came(events, expected) -> None:
    for order in (events, events[::-1]):
        rows = list(rows_of(Told(PAYMENT, order, []), "H32.10"))
        minutes = [(row.at - NINE) // timedelta(minutes=1) for row in rows]
        assert [
            (row.status, row.reference, row.amount, minute) for row, minute in zip(rows, minutes, strict=True)
        ] == expected
        assert {(row.order, row.agency, row.dossier_code, row.since) for row in rows} == {
            ("260601_d1", "H32.10", "code", NINE)
        }


def test_money_that_a_person_placed_says_so() -> None:
    (row,) = rows_of(Told(PAYMENT, [said(Verdict.SUCCESS, source=Source.FINANCE)], []), "H32.10")

    assert row.placed
