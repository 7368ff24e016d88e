"""The register of an agency: whose dossiers stand in it, as PDF and as a workbook that computes nothing."""

import io
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook

from chalicelib.clock.rules import ZONE
from chalicelib.dossiers import registers
from chalicelib.papers import workbook
from chalicelib.papers.forms import PaperKind, sets
from chalicelib.web import serving
from tests.dossiers.conftest import an_applicant, file
from tests.papers.conftest import bytes_of
from tests.papers.examples import COMMON, read, sheet
from tests.people import Town

HERE = "H32.10"
MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch):
    def moment(days: int) -> None:
        monkeypatch.setattr(serving, "now", lambda: MONDAY + timedelta(days=days))

    moment(0)
    return moment


def accepted(town: Town, name: str) -> str:
    filed = file(town.citizen(), applicant=an_applicant(full_name=name))
    assert town.officer("clerk", HERE).decide(filed["id"], "acceptance").status == 200
    return filed["id"]


def register(town: Town, first: str, last: str, form: str = "pdf", agency: str = HERE) -> bytes:
    answer = town.officer("supervisor", agency).get(f"/desk/register?from={first}&to={last}&format={form}")
    assert answer.status == 200, answer
    return bytes_of(answer.body["url"])


def test_the_dossiers_accepted_on_these_days_stand_in_it_whatever_became_of_them(town: Town, on) -> None:
    early = accepted(town, "Người Đầu Tiên")
    on(1)
    open_, closed = accepted(town, "Người Đang Chờ"), accepted(town, "Người Đã Xong")
    file(town.citizen(), applicant=an_applicant(full_name="Người Chưa Nhận"))
    on(2)
    for dossier_id in (early, closed):
        assert town.officer("approver", HERE).decide(dossier_id, "stop", {"reason": "Thử"}).status == 200
    accepted(town, "Người Cuối Cùng")

    text = read(register(town, "2026-06-02", "2026-06-02"))
    assert "SỔ THEO DÕI HỒ SƠ" in text
    assert "Từ ngày 02/06/2026 đến ngày 02/06/2026" in text
    assert "Người Đang Chờ" in text
    assert "Người Đã Xong" in text
    for other in ("Đầu Tiên", "Chưa Nhận", "Cuối Cùng"):
        assert other not in text
    whole = read(register(town, "2026-06-01", "2026-06-03"))
    assert whole.index("Đầu Tiên") < whole.index("Đang Chờ") < whole.index("Cuối Cùng")
    assert "Đang Chờ" not in read(register(town, "2026-06-01", "2026-06-03", agency="H32.11"))
    assert open_


def test_the_workbook_says_the_same_and_computes_nothing(town: Town, on) -> None:
    accepted(town, '=HYPERLINK("http://x","y")')
    page = load_workbook(io.BytesIO(register(town, "2026-06-01", "2026-06-01", "xlsx"))).active

    heads = [cell.value for cell in page[3]]
    row = dict(zip(heads, page[4], strict=True))
    assert heads[:3] == ["STT", "Mã hồ sơ", "Trích yếu"]
    assert (row["Chủ hồ sơ"].value, row["Chủ hồ sơ"].data_type) == ('=HYPERLINK("http://x","y")', "s")
    assert row["Ngày tiếp nhận"].value == "01/06/2026"


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_no_cell_is_ever_a_formula(formula: str) -> None:
    entry = COMMON["entries"][0] | {"owner": formula, "address": formula}
    book = workbook.workbook(sheet(sets()[-1].form(PaperKind.REGISTER), entries=[entry]))
    page = load_workbook(io.BytesIO(book)).active

    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(workbook.TEMPTING))


def test_the_same_register_on_the_same_day_is_the_same_file(town: Town, on) -> None:
    accepted(town, "Trần Thị Bình")
    ask = "/desk/register?from=2026-06-01&to=2026-06-01"
    first, again = (town.officer("clerk", HERE).get(ask).body["url"] for _ in range(2))

    assert first.split("?")[0] == again.split("?")[0]


def test_an_empty_register_is_a_register(town: Town, on) -> None:
    assert "SỔ THEO DÕI HỒ SƠ" in read(register(town, "2026-06-01", "2026-06-01"))


REFUSED = (
    ("?from=2026-06-02&to=2026-06-01", 422, "period_invalid"),
    ("?from=2026-01-01&to=2026-06-01", 422, "period_invalid"),
    ("?from=2026-06-01", 422, "invalid"),
    ("?from=h%C3%B4m-qua&to=2026-06-01", 422, "invalid"),
    ("?from=2026-06-01&to=2026-06-01&format=docx", 422, "invalid"),
    ("?from=2026-06-01&to=2026-06-01&agency=H32.11", 403, "not_allowed"),
)


def test_what_is_no_period_or_not_ones_own_is_refused(town: Town) -> None:
    for query, status, code in REFUSED:
        answer = town.officer("clerk", HERE).get("/desk/register" + query)
        assert (answer.status, answer.body["code"]) == (status, code), answer


def test_too_long_a_register_is_refused_not_cut(town: Town, on, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("An", "Bình", "Chi"):
        accepted(town, name)
    ask = "/desk/register?from=2026-06-01&to=2026-06-01"
    for limit in ("MOST_LINES", "MOST_READ"):
        monkeypatch.setattr(registers, limit, 2)
        refused = town.officer("clerk", HERE).get(ask)
        assert (refused.status, refused.body["code"]) == (422, "register_too_large")
        monkeypatch.undo()
        monkeypatch.setattr(serving, "now", lambda: MONDAY)


def test_only_those_of_a_desk_and_auditors_see_it(town: Town, on) -> None:
    ask = "/desk/register?from=2026-06-01&to=2026-06-01"

    assert town.officer("admin", HERE).get(ask).status == 403
    assert town.citizen().get(ask).status == 403
    assert town.officer("auditor", "").get(ask).body["code"] == "agency_required"
    assert town.officer("auditor", "").get(ask + f"&agency={HERE}").status == 200
