"""Which procedures an event of a life takes, told from the names and fields that the national portal's data have."""

import pytest

from chalicelib.catalogue.life_events import events, events_of
from ops.load_sample import procedures
from ops.local.template import ROOT

SAMPLE = {each.code: each for each in procedures(ROOT / "ops" / "sample" / "khanh-hoa")}


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("1.001193", {"co-con-nho"}),
        ("1.000894", {"hon-nhan-gia-dinh"}),
        ("1.000656", {"nguoi-than-qua-doi"}),
        ("2.001263", {"co-con-nho", "hon-nhan-gia-dinh"}),
        ("1.013225", {"nha-o-dat-dai", "dat-dai-xay-dung"}),
        ("1.001612", {"khoi-su-kinh-doanh"}),
        ("1.001266", {"cham-dut-hoat-dong"}),
        ("2.000720", {"khoi-su-kinh-doanh", "tai-cau-truc"}),
        ("1.014027", {"huu-tri"}),
        ("1.013138", {"cu-tru-giay-to"}),
        ("2.002288", {"phuong-tien-nguoi-lai"}),
        ("1.013967", {"nha-o-dat-dai", "dat-dai-xay-dung", "khieu-kien"}),
        ("1.004359", set()),
    ],
)
def test_a_procedure_belongs_where_people_look_for_it(code: str, keys: set[str]) -> None:
    assert events_of(SAMPLE[code].name, SAMPLE[code].field) == keys


def test_case_and_accents_do_not_matter_and_only_whole_words_count() -> None:
    assert events_of("DANG KY KHAI SINH", "") == {"co-con-nho"}
    assert events_of("Đăng ký khai sinhh", "") == frozenset()
    assert events_of("Sửa chữa", "ĐẤT ĐAI") == {"nha-o-dat-dai", "dat-dai-xay-dung"}


def test_most_procedures_of_a_province_belong_somewhere() -> None:
    homeless = [each.name for each in SAMPLE.values() if not events_of(each.name, each.field)]

    assert len(homeless) <= len(SAMPLE) / 5, homeless


def test_events_are_told_apart_and_each_can_be_met() -> None:
    keys = [each.key for each in events()]

    assert len(keys) == len(set(keys))
    assert all(each.fields or each.phrases for each in events())
    assert {each.who for each in events()} == {"people", "companies"}
