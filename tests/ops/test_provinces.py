import json

import pytest

from chalicelib.settings import Settings
from ops import provinces
from ops.local import template

PATTERN = next(each.pattern for each in Settings.model_fields["PROVINCE"].metadata if hasattr(each, "pattern"))


def test_there_are_34_and_together_they_are_the_63_of_before():
    every = provinces.every()
    before = [each.code for each in every] + [unit.code for each in every for unit in each.merged]

    assert len(every) == 34
    assert sorted(before) == [f"H{number:02d}" for number in range(1, 64)]
    assert sum(bool(each.merged) for each in every) == 23


def test_no_two_have_the_same_name_or_stack():
    every = provinces.every()

    assert len({each.name for each in every}) == len({each.stack for each in every}) == 34
    assert all(each.slug.replace("-", "").isascii() and each.slug == each.slug.lower() for each in every)


def test_the_data_says_from_when_it_holds_and_who_says_so():
    read = json.loads(provinces.PROVINCES.read_text(encoding="utf-8"))

    assert (read["valid_from"], read["valid_to"]) == ("2025-07-01", None)
    assert "202/2025/QH15" in read["source"]


def test_khanh_hoa_took_in_ninh_thuan_and_is_h32():
    here = provinces.of("khanh-hoa")

    assert (here.code, here.name, here.stack) == ("H32", "Khánh Hòa", "motcua-khanh-hoa")
    assert here.merged == (("H43", "Ninh Thuận"),)


def test_a_province_that_is_none_is_said_to_be_none():
    with pytest.raises(provinces.UnknownProvince, match="make provinces"):
        provinces.of("ninh-thuan")


@pytest.mark.parametrize("province", provinces.every(), ids=lambda each: each.slug)
def test_its_parameters_are_those_of_the_template_without_a_default(province, tmp_path):
    import re

    stack = template.read()
    rows = json.loads(provinces.write(province, stack, tmp_path).read_text(encoding="utf-8"))
    given = {row["ParameterKey"]: row["ParameterValue"] for row in rows}

    assert set(given) == {name for name, facts in stack["Parameters"].items() if "Default" not in facts}
    assert (given["Province"], given["ProvinceName"]) == (province.code, province.name)
    assert re.fullmatch(PATTERN, given["Province"])
    assert given["Release"]
    assert given["PublicUrl"] == "", "only the province can say"
