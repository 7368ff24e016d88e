"""The search: accents, case and slips do not matter; nonsense finds nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.catalogue.publication import Summary, summary_of
from chalicelib.catalogue.search import Wanted, entries, find, folded
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of
from tests.catalogue.samples import a_procedure

NAMES = {
    "1.000001": "Đăng ký khai sinh",
    "1.000002": "Đăng ký lại khai sinh",
    "1.000003": "Đăng ký khai sinh có yếu tố nước ngoài",
    "1.000004": "Đăng ký khai tử",
    "1.000005": "Đăng ký kết hôn",
    "1.000006": "Thủ tục cấp giấy phép xây dựng nhà ở riêng lẻ",
    "1.000007": "Cấp đổi giấy phép lái xe",
    "1.000008": "Đăng ký thành lập hộ kinh doanh",
    "1.000009": "Cấp phiếu lý lịch tư pháp",
    "2.000010": "Chứng thực chữ ký trong các giấy tờ, văn bản",
}
CATALOGUE = entries(summary_of(a_procedure(code, name)) for code, name in NAMES.items())


def names(q: str) -> list[str]:
    return [summary.name for summary in find(CATALOGUE, Wanted(q))]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("dang ky khai sinh", "Đăng ký khai sinh"),
        ("dang ky khai sihn", "Đăng ký khai sinh"),
        ("ĐĂNG KÝ KHAI SINH", "Đăng ký khai sinh"),
        ("thủ tục đăng ký khai sinh", "Đăng ký khai sinh"),
        ("Đăng kí khai sinh", "Đăng ký khai sinh"),
        ("dangkykhaisinh", "Đăng ký khai sinh"),
        ("khai sinh", "Đăng ký khai sinh"),
        ("khai sinh nuoc ngoai", "Đăng ký khai sinh có yếu tố nước ngoài"),
        ("ket hon", "Đăng ký kết hôn"),
        ("giay phep xay dugn", "Thủ tục cấp giấy phép xây dựng nhà ở riêng lẻ"),
        ("ho kinh doanh", "Đăng ký thành lập hộ kinh doanh"),
        ("ly lich tu phap", "Cấp phiếu lý lịch tư pháp"),
        ("1.000007", "Cấp đổi giấy phép lái xe"),
        ("đổi giấy phép lái xe ôtô", "Cấp đổi giấy phép lái xe"),
    ],
)
def test_what_people_type_finds_what_they_mean(q: str, first: str) -> None:
    assert names(q)[0] == first


@pytest.mark.parametrize("q", ["xyzzy", "qwerty uiop", "lorem ipsum dolor", "!!!", "🙂", "asdf", "zzzz zzzz"])
def test_nonsense_finds_nothing(q: str) -> None:
    assert names(q) == []


@pytest.mark.parametrize("q", ["", "   "])
def test_asking_for_nothing_lists_all_by_name(q: str) -> None:
    assert names(q) == sorted(NAMES.values(), key=lambda name: folded(name).removeprefix("thu tuc "))


letters = st.sampled_from("abcdeghiklmnopqrstuvxy")


@st.composite
def one_slip(draw: st.DrawFn) -> str:
    right = "dang ky khai sinh"
    at = draw(st.integers(0, len(right) - 1))
    match draw(st.sampled_from(["drop", "double", "swap", "other"])):
        case "drop":
            return right[:at] + right[at + 1 :]
        case "double":
            return right[:at] + right[at] + right[at:]
        case "swap":
            return right[:at] + right[at + 1 : at + 2] + right[at] + right[at + 2 :]
        case _:
            return right[:at] + draw(letters) + right[at + 1 :]


@settings(max_examples=300)
@given(one_slip())
def test_one_slip_anywhere_still_finds_it_first(q: str) -> None:
    assert names(q)[0] == "Đăng ký khai sinh"


@given(st.text(max_size=200))
def test_any_text_is_an_honest_question(q: str) -> None:
    assert set(names(q)) <= set(NAMES.values())


def test_filters_narrow_and_combine() -> None:
    other = a_procedure("1.000020", "Đăng ký đất đai", field="Đất đai", level=2, agencies=("H32.10",))
    catalogue = entries([*(entry.summary for entry in CATALOGUE), summary_of(other)])

    def codes(wanted: Wanted) -> list[str]:
        return [summary.code for summary in find(catalogue, wanted)]

    assert codes(Wanted(field="dat dai")) == codes(Wanted(agency="H32.10")) == codes(Wanted(level=2)) == ["1.000020"]
    assert codes(Wanted("dang ky", field="Đất đai")) == ["1.000020"]
    assert codes(Wanted(channel="post")) == []
    assert len(codes(Wanted(channel="online"))) == len(NAMES) + 1


def test_the_abolished_come_last() -> None:
    old: Summary = summary_of(a_procedure("1.000021", "Đăng ký khai sinh", status="abolished"))
    found = find(entries([old, *(entry.summary for entry in CATALOGUE)]), Wanted("dang ky khai sinh"))
    assert (found[0].code, found[-1].code) == ("1.000001", "1.000021")


@given(st.text(max_size=40))
def test_a_cursor_gives_back_its_position(position: str) -> None:
    assert position_of(cursor_after(position)) == position


@pytest.mark.parametrize("cursor", ["é", "_w", "a", "!", "!!!!", "YQ==", "YQ\n", "Y Q", "YR"])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorUnreadable):
        position_of(cursor)
