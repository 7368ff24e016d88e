"""Reading the national export: every way in which it says a thing, and what is kept as text for a person to decide."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from chalicelib.catalogue import national
from chalicelib.catalogue.national.authority import authority
from chalicelib.catalogue.national.deadlines import deadline, one
from chalicelib.catalogue.national.fees import fees, read_cell
from chalicelib.catalogue.national.fields import audience, channels, legal_basis, steps
from chalicelib.catalogue.national.papers import papers
from chalicelib.catalogue.rules import Procedure, fees_due
from tests.catalogue.samples import AGENCIES, EXCERPT, REAL, TODAY, records


def read(facts: object, line: int = 1) -> Procedure:
    return national.read(facts, line, AGENCIES, "H32", TODAY)


def excerpt(code: str) -> Procedure:
    return next(read(facts, line) for line, facts in records(EXCERPT) if facts["thu_tuc_id"] == code)


def doubts(procedure: Procedure) -> set[str]:
    return {review.code for review in procedure.needs_review}


def service_of(procedure: Procedure) -> tuple[int, str, bool, int]:
    return procedure.level, procedure.service, procedure.presence_required, procedure.visits


def row(said: str = "", fee: str = "", note: str = "", way: str = "Trực tiếp") -> dict[str, str]:
    return {"hinh_thuc": way, "thoi_han_giai_quyet": said, "phi_le_phi": fee, "mo_ta": note}


@pytest.mark.parametrize(
    ("said", "unit", "amount"),
    [
        ("20 Ngày làm việc", "working_day", 20),
        ("07 Ngày làm việc", "working_day", 7),
        ("30 Ngày", "calendar_day", 30),
        ("30 (ba mươi) ngày", "calendar_day", 30),
        ("115 Ngày", "calendar_day", 115),
        ("01 Giờ", "working_hour", 1),
        ("0.5 Giờ", "working_hour", 0.5),
        ("0,5 giờ làm việc", "working_hour", 0.5),
        ("3 Tháng", "month", 3),
    ],
)
def test_a_stated_deadline_is_read(said: str, unit: str, amount: float) -> None:
    processing, doubt = one(said)
    assert processing is not None
    assert (processing.unit.value, processing.amount, doubt) == (unit, amount, None)


@pytest.mark.parametrize("said", ["", "Không quy định", "không quy định."])
def test_no_deadline_is_no_doubt(said: str) -> None:
    assert one(said) == (None, None)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("0 Giờ", "deadline_zero"),
        ("10-25", "deadline_unreadable"),
        ("Chậm nhất là ngay trước khi phương tiện rời bến", "deadline_unreadable"),
        ("0.5 Ngày làm việc", "deadline_unreadable"),
        ("0.3 Giờ", "deadline_unreadable"),
        ("99999 Ngày", "deadline_unreadable"),
        ("20", "deadline_unreadable"),
        ("20 Ngày làm việc hoặc 30 Ngày", "deadline_unreadable"),
        ("٣ Ngày", "deadline_unreadable"),
    ],
)
def test_a_deadline_that_cannot_be_read_is_never_guessed(said: str, code: str) -> None:
    read = deadline([row(said)], [row(said)])
    assert read.processing is None
    assert said in read.note
    assert [doubt.code for doubt in read.doubts] == [code]


@pytest.mark.parametrize(
    ("said", "note", "codes"),
    [
        ("5 Ngày", "05 ngày, kể từ ngày nhận đơn", []),
        ("28 Ngày làm việc", "- Xã: 08 ngày làm việc.\n- Tỉnh: 20 ngày làm việc.", []),
        ("27 Ngày làm việc", "27 ngày làm việc, gồm:\n- 10 ngày làm việc;\n- 17 ngày làm việc.", []),
        ("30 Ngày", "Trước ngày 25 tháng 4 hằng năm", []),
        ("60 Ngày", "30 ngày; phức tạp thì thêm 30 ngày", ["deadline_note_differs"]),
        ("03 Ngày", "03 (ba) ngày làm việc, kể từ ngày nhận đơn", ["deadline_note_differs"]),
        ("15 Ngày làm việc", "05 ngày làm việc hoặc 10 ngày làm việc", ["deadline_note_differs"]),
        ("01 Giờ", "01 giờ khi đi; 30 (ba mươi) phút khi đến", ["deadline_note_differs"]),
        ("", "Từ ngày nhận đơn đến ngày hết hạn", ["deadline_only_in_note"]),
        ("Không quy định", "Không quy định", []),
    ],
)
def test_a_note_that_says_otherwise_is_for_a_person(said: str, note: str, codes: list[str]) -> None:
    read = deadline([row(said, note=note)], [row(said, note=note)])
    assert [doubt.code for doubt in read.doubts] == codes
    assert note in read.note


def test_the_online_deadline_counts_and_a_different_one_at_the_desk_is_told() -> None:
    procedure = excerpt("9.000013")
    assert procedure.processing is not None
    assert (procedure.processing.unit.value, procedure.processing.amount) == ("working_hour", 2)
    assert doubts(procedure) == {"deadline_differs_by_channel"}


def test_two_deadlines_for_one_channel_leave_none_to_promise() -> None:
    procedure = excerpt("9.000014")
    assert procedure.processing is None
    assert "07 Ngày" in procedure.processing_note
    assert "14 Ngày: Trường hợp phức tạp" in procedure.processing_note
    assert doubts(procedure) == {"deadline_several"}


@pytest.mark.parametrize(
    "cell", ["Phí : 0 Đồng", "Phí : Không Đồng", "Phí : o Đồng", "Lệ phí : 0 Đồng", "Phí: 0 đồng", "Lệ phí : 0 VNĐ"]
)
def test_nothing_to_pay_is_no_fee_and_no_doubt(cell: str) -> None:
    assert fees([row(fee=cell)], [row(fee=cell)]) == ((), (), ())


@pytest.mark.parametrize(
    ("cell", "amounts"),
    [
        ("Phí : 50.000 Đồng", [("phi", 50_000)]),
        ("Lệ phí : 20000 Đồng", [("le_phi", 20_000)]),
        ("Phí : 2.000.000 Đồng\nLệ phí : 8.000 Đồng", [("phi", 2_000_000), ("le_phi", 8_000)]),
    ],
)
def test_a_fee_is_read_in_whole_dong(cell: str, amounts: list[tuple[str, int]]) -> None:
    read = fees([row(fee=cell)], [row(fee=cell)])
    assert [(fee.kind, fee.amount) for fee in read.fees] == amounts
    assert not read.doubts


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Lệ phí : 1.5 USD", "fee_foreign_currency"),
        ("Lệ phí : 01 USD (Người lớn)", "fee_foreign_currency"),
        ("Phí :  Đồng", "fee_unreadable"),
        ("Phí : 1.5 Đồng", "fee_unreadable"),
        ("Phí : Mức thu bằng 50% mức phí tại biểu phí Đồng (Biểu năm 2016)", "fee_unreadable"),
        ("Phí : 50.000 - 100.000 Đồng", "fee_unreadable"),
        ("Miễn phí", "fee_unreadable"),
        ("Phí : 50.000 Đồng\nPhí : 70.000 Đồng", "fee_several"),
        ("Phí : 0 Đồng (Hộ nghèo)", "fee_conditional"),
    ],
)
def test_a_fee_that_cannot_be_read_stays_text(cell: str, code: str) -> None:
    read = fees([row(fee=cell)], [row(fee=cell)])
    assert code in {doubt.code for doubt in read.doubts}
    assert sum(fee.amount for fee in read.fees if fee.when is None) == 0
    assert code == "fee_several" or cell in read.notes


def test_conditional_fees_are_listed_and_due_from_nobody_yet() -> None:
    procedure = excerpt("9.000009")
    assert [(fee.amount, fee.condition) for fee in procedure.fees] == [
        (2_000_000, "Trường hợp làm trên bờ"),
        (3_500_000, "Trường hợp làm dưới nước"),
    ]
    assert procedure.fee_total == 0
    assert fees_due(procedure, {"request": "làm trên bờ"}) == ()
    # The same two fees in another order are the same: only the conditions are in doubt.
    assert doubts(procedure) == {"fee_conditional"}


def test_a_condition_may_hold_brackets_and_lines() -> None:
    cell = read_cell("Phí : 50.000 Đồng (Mỗi hồ sơ: 50.000 đồng.\nNăng khiếu: 120.000 đồng (mọi môn))")
    assert [(fee.amount, fee.condition) for fee in cell.charged] == [
        (50_000, "Mỗi hồ sơ: 50.000 đồng. Năng khiếu: 120.000 đồng (mọi môn)")
    ]


def test_an_attached_file_is_a_note() -> None:
    procedure = excerpt("9.000011")
    assert procedure.fee_notes == ("Phí :  Đồng (Theo quy định của Bộ)", "File đính kèm: bieu-phi.signed.pdf")
    assert doubts(procedure) == {"fee_unreadable"}


def test_a_channel_silent_about_fees_says_what_the_desk_says_and_silence_everywhere_is_a_doubt() -> None:
    desk, online = row(fee="Phí : 50.000 Đồng"), row(way="Trực tuyến")
    assert [fee.amount for fee in fees([desk, online], [online]).fees] == [50_000]
    assert [doubt.code for doubt in fees([online], [online]).doubts] == ["fee_not_stated"]


def test_fees_that_differ_between_channels_are_due_from_nobody_yet() -> None:
    desk, online = row(fee="Phí : 50.000 Đồng"), row(fee="Phí : 30.000 Đồng", way="Trực tuyến")
    read = fees([desk, online], [online])
    assert [(fee.amount, fee.when is None) for fee in read.fees] == [(30_000, False)]
    assert [doubt.code for doubt in read.doubts] == ["fee_differs"]


def test_papers_keep_their_counts_templates_and_doubts() -> None:
    procedure = excerpt("9.000015")
    told = [(c.name, c.original, c.copy_, c.required, c.note) for c in procedure.components]
    assert told == [
        ("Tờ khai chung (bản chính);", 1, 0, True, "Mẫu: ToKhai1.docx; ToKhai2.docx"),
        ("Giấy ủy quyền (nếu có).", 1, 1, False, ""),
        ("Trường hợp làm thay: văn bản đồng ý", 1, 0, False, ""),
        ("Giấy tờ xuất trình", 0, 0, False, ""),
        ("Ảnh chân dung", 0, 0, False, "02 tấm"),
    ]
    assert [review.code for review in procedure.needs_review] == [
        "component_conditional",
        "component_count",
        "component_count",
    ]
    assert procedure.processing is not None


def test_no_papers_at_all_is_a_doubt() -> None:
    assert [doubt.code for doubt in papers([]).doubts] == ["components_missing"]


def test_channels_are_what_the_export_says_and_the_rest_is_conservative() -> None:
    procedure = excerpt("9.000001")
    assert procedure.channels.submit == ("online", "desk", "post")
    assert (procedure.channels.pay, procedure.channels.return_) == ((), ("desk",))
    assert service_of(procedure) == (3, "partial", False, 1)
    assert service_of(excerpt("9.000014")) == (2, "information", True, 2)
    assert doubts(procedure) == set()


def test_a_channel_nobody_knows_is_a_doubt() -> None:
    ways = channels([row(way="Qua bồ câu"), row(way="trực  tuyến")])
    assert (ways.submit, [doubt.code for doubt in ways.doubts]) == (("online",), ["channel_unknown"])
    nothing = channels([])
    assert (nothing.submit, [doubt.code for doubt in nothing.doubts]) == (("desk",), ["channel_missing"])


@pytest.mark.parametrize(
    ("competent", "executing", "codes", "doubted"),
    [
        ("Sở Nội vụ", "Sở Nội vụ", ("H32.10",), False),
        ("Sở Tư pháp", "", ("H32.11",), False),
        ("Ủy ban nhân dân cấp xã", "", ("H32.50", "H32.51"), False),
        ("Uỷ ban Nhân dân cấp xã, phường, thị trấn", "", ("H32.50", "H32.51"), False),
        ("Chủ tịch ủy ban nhân dân cấp tỉnh", "", ("H32",), False),
        ("Không có thông tin", "Ủy ban nhân dân cấp tỉnh", ("H32",), False),
        ("Bộ trưởng Bộ Quốc phòng", "Ủy ban nhân dân cấp xã", ("H32",), True),
        ("Bộ Thử, Sở Nội vụ", "", ("H32.10",), True),
        ("Sở", "", ("H32",), True),
        ("", "", ("H32",), True),
    ],
)
def test_the_competent_agency_is_one_of_the_province_or_in_doubt(
    competent: str, executing: str, codes: tuple[str, ...], doubted: bool
) -> None:
    found = authority(competent, executing, "Cấp Tỉnh", AGENCIES, "H32")
    assert found.agencies == codes
    assert [doubt.code for doubt in found.doubts] == ["agency_unmatched"] * doubted


def test_legal_basis_keeps_what_it_says_and_doubts_impossible_dates() -> None:
    procedure = excerpt("9.000016")
    assert [(basis.number, str(basis.issued_on), basis.issuer) for basis in procedure.legal_basis] == [
        ("12", "2021-03-24", ""),
        ("7/2025/NĐ-CP", "2027-07-30", "Chính phủ"),
        ("BỘ LUẬT THỬ", "None", ""),
    ]
    assert [review.code for review in procedure.needs_review] == ["legal_date", "legal_date"]
    assert legal_basis([]).doubts == ()


def test_steps_are_split_where_they_are_numbered() -> None:
    assert [step.name for step in steps("Trước hết. Bước 1: nộp; xem Bước 2 sau. Bước 2. trả")] == [
        "Trước hết.",
        "Bước 1: nộp; xem Bước 2 sau.",
        "Bước 2. trả",
    ]
    assert [step.name for step in steps("Nộp rồi nhận")] == ["Nộp rồi nhận"]


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("Công dân Việt Nam", ("person",)),
        ("Doanh nghiệp, Tổ chức (không bao gồm doanh nghiệp, HTX)", ("organisation",)),
        ("Hộ kinh doanh, Người nước ngoài", ("person", "household")),
        ("", ("person", "organisation", "household")),
    ],
)
def test_who_may_file(said: str, kinds: tuple[str, ...]) -> None:
    assert audience(said) == kinds


def test_a_doubt_names_its_line_and_a_clean_record_has_none() -> None:
    reviews = {review.line for line, facts in records(EXCERPT) for review in read(facts, line).needs_review}
    assert reviews
    assert all(review.line == 16 for review in excerpt("9.000016").needs_review)
    clean = {"9.000001", "9.000002", "9.000003", "9.000004", "9.000005", "9.000012", "9.000018.000.00.00.H32"}
    assert {facts["thu_tuc_id"] for _, facts in records(EXCERPT) if not read(facts).needs_review} == clean


def test_every_imported_form_can_be_filled() -> None:
    for line, facts in records(EXCERPT):
        form = read(facts, line).form
        Draft202012Validator.check_schema(form)
        assert any(map(Draft202012Validator(form).is_valid, form["examples"])), line


def broken(**changes: Any) -> dict[str, Any]:
    facts = records(EXCERPT)[0][1]
    return facts | changes


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([], "not_an_object"),
        ("text", "not_an_object"),
        (None, "not_an_object"),
        ({}, "code_missing"),
        (broken(thu_tuc_id="1.13124", metadata={}), "code_malformed"),
        (broken(thu_tuc_id="1.013124\n; x", metadata={}), "code_malformed"),
        (broken(thu_tuc_id="1.000009"), "codes_differ"),
        (broken(thu_tuc_id="", metadata={"mã_thủ_tục": "1.000009"}), "name_missing"),
        (broken(metadata=["a"]), "not_an_object:metadata"),
        (broken(metadata={"mã_thủ_tục": "9.000001", "tên_thủ_tục": {"vi": "Tên"}}), "not_text:tên_thủ_tục"),
        (broken(tables={"hinh_thuc_nop": "Trực tiếp"}), "not_a_table:hinh_thuc_nop"),
        (broken(tables={"hinh_thuc_nop": ["Trực tiếp"]}), "not_a_table:hinh_thuc_nop"),
        (broken(source_file="\ud800"), "not_text:source_file"),
    ],
)
def test_a_record_that_is_none_is_refused_with_its_reason(facts: object, reason: str) -> None:
    with pytest.raises(national.UnreadableRecord) as refused:
        read(facts)
    assert refused.value.reason == reason


def test_absent_parts_of_a_record_are_doubts_and_not_failures() -> None:
    procedure = read({"thu_tuc_id": "1.000009", "metadata": {"tên_thủ_tục": "Thủ tục trống"}})
    assert doubts(procedure) == {"channel_missing", "fee_not_stated", "components_missing", "agency_unmatched"}


anything = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TABLE_COLUMNS = ["hinh_thuc", "thoi_han_giai_quyet", "phi_le_phi", "mo_ta", "ten_giay_to", "so_luong", "ghi_chu"]
rows = st.lists(st.dictionaries(st.sampled_from(TABLE_COLUMNS), st.text(max_size=40), max_size=7), max_size=3)


@given(anything, rows, rows)
def test_whatever_a_record_holds_it_is_read_or_refused(group: Any, ways: Any, parts: Any) -> None:
    facts = broken(content=group, tables={"hinh_thuc_nop": ways, "thanh_phan_ho_so": parts, "can_cu_phap_ly": group})
    with contextlib.suppress(national.UnreadableRecord):
        assert read(facts).code == "9.000001"


@given(st.text(max_size=60))
def test_no_words_are_read_as_a_fee_in_dong_unless_they_are_one(cell: str) -> None:
    assert all(fee.amount >= 0 for fee in read_cell(cell).charged)


@pytest.fixture(scope="module")
def real() -> list[Procedure]:
    if not REAL.exists():
        pytest.skip(f"THE 125 REAL RECORDS ARE NOT HERE ({REAL}): only the excerpt is tested")
    return [read(facts, line) for line, facts in records(REAL)]


def test_all_real_records_are_read(real: list[Procedure]) -> None:
    assert len(real) == 125
    by_code = {procedure.code: procedure for procedure in real}
    assert by_code["1.013126"].needs_review == ()
    assert by_code["1.013564"].fee_notes == ("Lệ phí : 1.5 USD",)
    assert all(procedure.fee_total == 0 for procedure in real)  # none charges all comers in dong
    assert {procedure.level for procedure in real} == {2, 3}


def test_what_could_not_be_read_of_the_real_records_is_counted(real: list[Procedure]) -> None:
    """These are the figures of docs/import.md; a change here is a change in what we understand."""
    codes = [code for procedure in real for code in doubts(procedure)]
    counted = {code: codes.count(code) for code in sorted(set(codes))}
    assert counted == COUNTED


COUNTED = {
    "agency_unmatched": 119,
    "component_conditional": 29,
    "component_count": 3,
    "deadline_differs_by_channel": 3,
    "deadline_note_differs": 23,
    "deadline_only_in_note": 3,
    "deadline_several": 11,
    "deadline_unreadable": 7,
    "deadline_zero": 2,
    "fee_conditional": 6,
    "fee_foreign_currency": 2,
    "fee_not_stated": 17,
    "fee_unreadable": 4,
    "legal_date": 3,
}
