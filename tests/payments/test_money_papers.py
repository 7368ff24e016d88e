"""Receipts and proofs of failure as they come out of the printer, and what their codes state."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from chalicelib.dossiers.paper_facts import Issuer
from chalicelib.dossiers.people import Address, Person
from chalicelib.papers import blocks, drawing, layout, tokens
from chalicelib.papers.rules import name_of
from chalicelib.payments.fold import ASKED_AFTER, Status
from chalicelib.payments.receipts import papers as money_papers
from chalicelib.payments.receipts.papers import MoneyPaper, failure_paper, receipt_paper
from chalicelib.payments.rules import Payment, PaymentEvent, Verdict
from tests.papers.examples import QR, read
from tests.payments.paying import PHI, payment, receipt, said

BY = Issuer("UBND tỉnh Khánh Hòa", "Sở Tư pháp", "Khánh Hòa", "Hệ thống TTHC", "https://motcua.example")
ADDRESS = Address(line="1 Trần Phú", commune="Nha Trang", province="Khánh Hòa")
APPLICANT = Person(
    kind="person", full_name="Nguyễn Văn Thử", identity_number="056090000001", phone="0912345678", address=ADDRESS
)
DOSSIER: Any = SimpleNamespace(
    id="d" * 26, applicant=APPLICANT, procedure=SimpleNamespace(code="2.000635", name="Cấp bản sao trích lục hộ tịch")
)


def drawn(paper: MoneyPaper) -> bytes:
    template = blocks.template(paper.form.kind, "H32", money_papers.ROOM)
    return drawing.drawn(layout.put(template, paper.form, paper.facts), paper.at, QR)


def failure(of: Payment, status: Status, *events: PaymentEvent, **changes: Any) -> MoneyPaper:
    paper = failure_paper(of, events, status, DOSSIER, changes.get("title", "VNPAY"), BY)
    assert paper is not None
    return paper


def test_a_receipt_says_who_paid_what_for_what_in_figures_and_in_words() -> None:
    text = read(drawn(receipt_paper(receipt(), "VNPAY", BY)))

    for word in (
        "SỞ TƯ PHÁP", "Ký hiệu: P/26H32.10", "Số: 0000123", "BIÊN LAI THU PHÍ", "Mã hồ sơ: H32.10-260601-0001",
        "Người nộp tiền: Nguyễn Thị Ngọc Hằng", "1 Phí thẩm định hồ sơ 100.000", "Tổng số tiền: 100.000 đồng",
        "Số tiền bằng chữ: Một trăm nghìn đồng chẵn", "Trực tuyến, qua VNPAY", "Mã giao dịch: 14226112",
        "Thời điểm thanh toán: 09 giờ 05 phút, ngày 01/06/2026", "ngày 01 tháng 06 năm 2026", "lập tự động",
    ):  # fmt: skip
        assert word in text


def test_phi_and_le_phi_are_named_differently() -> None:
    papers = [receipt_paper(receipt(kind=kind), "VNPAY", BY) for kind in ("phi", "le_phi")]

    assert [paper.form.title for paper in papers] == ["Biên lai thu phí", "Biên lai thu lệ phí"]
    assert "BIÊN LAI THU LỆ PHÍ" in read(drawn(papers[1]))
    assert len({paper.id for paper in papers}) == 2


def test_the_receipt_of_money_taken_at_the_desk_bears_the_clerks_number_and_no_series() -> None:
    desk = receipt(payment(provider="counter"), symbol="", number="BL-17", provider_reference="BL-17")
    text = read(drawn(receipt_paper(desk, "counter", BY)))

    assert "Ký hiệu" not in text
    assert "Mã giao dịch" not in text
    assert "Số: BL-17" in text
    assert "Bản thể hiện điện tử của biên lai số BL-17" in text
    assert "Nộp trực tiếp tại bộ phận một cửa" in text


def test_the_code_states_number_and_sum_and_no_more_of_the_payer_than_other_papers_do() -> None:
    statement = receipt_paper(receipt(), "VNPAY", BY).statement

    assert statement.document == "Biên lai thu phí P/26H32.10 số 0000123: 100.000 đồng"
    assert statement.applicant == "******00****"
    assert "Hằng" not in statement.model_dump_json()
    assert name_of(statement.paper_id) is None


def test_the_longest_statement_fits_into_a_token() -> None:
    long = receipt(payment(about="H32.10.20.30.40-260601-0001"), symbol="LP/26H32.10.20.30.40", number="9999999")
    paper = receipt_paper(long.model_copy(update={"lines": (PHI.model_copy(update={"amount": 10**12 - 1}),)}), "x", BY)
    key = "A" * 43

    assert len(tokens.signed(paper.statement, "k" * 16, key)) < tokens.LONGEST


def test_a_failed_attempt_says_what_was_tried_when_with_whom_and_that_no_money_came() -> None:
    of = payment()
    text = read(drawn(failure(of, Status.FAILED, said(of, Verdict.FAILURE, 4))))

    for word in (
        "XÁC NHẬN GIAO DỊCH THANH TOÁN KHÔNG THÀNH CÔNG", "Mã hồ sơ: H32.10-260601-0001", of.name, "Nguyễn Văn Thử",
        "120.000 đồng (Một trăm hai mươi nghìn đồng chẵn)", "Trực tuyến, qua VNPAY",
        "Bắt đầu: 09 giờ 00 phút, ngày 01/06/2026", "Hạn thanh toán: 09 giờ 15 phút, ngày 01/06/2026",
        "Mã giao dịch của nhà cung cấp: 14226112", "báo giao dịch không thành công lúc 09:04 ngày 01/06/2026",
        "Tính đến 09 giờ 04 phút, ngày 01/06/2026, chưa có khoản tiền nào được ghi nhận",
    ):  # fmt: skip
        assert word in text


def test_what_ran_out_says_so_and_names_no_transaction() -> None:
    text = read(drawn(failure(payment(), Status.EXPIRED)))

    assert "Hết hạn thanh toán mà không nhận được kết quả" in text
    assert "Tính đến 09 giờ 15 phút" in text
    assert "Mã giao dịch" not in text


def test_no_transaction_is_named_where_the_provider_says_nought() -> None:
    of = payment()
    nought = said(of, Verdict.FAILURE, 4, provider_reference="0")

    assert failure(of, Status.FAILED, nought).facts["reference"] == ""


def test_the_proof_tells_of_the_first_word_of_failure_however_often_it_was_repeated() -> None:
    of = payment()
    first, again = said(of, Verdict.FAILURE, 4), said(of, Verdict.FAILURE, 9, provider_reference="9")

    once, twice = failure(of, Status.FAILED, first), failure(of, Status.FAILED, again, first)
    assert (once.id, once.facts, once.statement) == (twice.id, twice.facts, twice.statement)
    assert drawn(once) == drawn(twice)


def test_what_was_waited_for_ran_out_when_it_was_last_asked_about() -> None:
    of = payment()

    assert failure(of, Status.EXPIRED).at == of.expires_at
    assert failure(of, Status.EXPIRED, said(of, Verdict.PENDING, 3)).at == of.created_at + ASKED_AFTER[-1]
    assert failure(of, Status.EXPIRED).id != failure(of, Status.FAILED, said(of, Verdict.FAILURE)).id


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.FAILED, Status.EXPIRED}))
def test_what_neither_failed_nor_ran_out_has_no_proof(status: Status) -> None:
    of = payment()

    assert failure_paper(of, [said(of, Verdict.FAILURE)], status, DOSSIER, "VNPAY", BY) is None


def test_the_same_facts_give_the_same_bytes_on_one_small_page_dated_by_what_they_tell_of() -> None:
    of = payment()
    for paper in (receipt_paper(receipt(), "VNPAY", BY), failure(of, Status.FAILED, said(of, Verdict.FAILURE))):
        reader = PdfReader(io.BytesIO(drawn(paper)))

        assert drawn(paper) == drawn(paper)
        assert len(reader.pages) == 1
        assert round(float(reader.pages[0].mediabox.width)) == 420
        assert reader.metadata is not None
        assert reader.metadata.creation_date == paper.at
        assert reader.metadata.title == paper.form.title


@pytest.mark.parametrize("hostile", ["<b>đậm</b> & <font size=90>to</font>", "{{ code }} {% raw %}", "</para>"])
def test_hostile_names_are_text(hostile: str) -> None:
    line = PHI.model_copy(update={"name": hostile})
    text = read(drawn(receipt_paper(receipt(payer=hostile, lines=[line]), hostile, BY))).replace(" ", "")

    assert text.count(hostile.replace(" ", "")) == 3


def test_many_and_long_lines_go_on_upon_the_next_page() -> None:
    lines = [PHI.model_copy(update={"code": str(n), "name": "Phí rất dài " * 30}) for n in range(20)]
    reader = PdfReader(io.BytesIO(drawn(receipt_paper(receipt(lines=lines), "VNPAY", BY))))
    text = " ".join(page.extract_text() for page in reader.pages)

    assert len(reader.pages) > 1
    assert "Hai triệu đồng chẵn" in " ".join(text.split())


def test_every_form_of_money_is_bound_and_has_a_template() -> None:
    packaged = blocks.known_templates(money_papers.ROOM)

    assert {each.kind for each in packaged.values()} == {form.kind for form in money_papers.forms()}
