"""Item numbers of the Universal Postal Union."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.postal.s10 import check_digit, is_item_number

SERIALS = st.integers(0, 99_999_999).map("{:08d}".format)


@pytest.mark.parametrize("code", ["RR473124829FI", "EE123456785VN", "EB000123455VN", "CP123456785VN", "RN473124829VN"])
def test_published_item_numbers_hold(code: str) -> None:
    assert is_item_number(code)


@pytest.mark.parametrize(("serial", "digit"), [("00000008", 0), ("00000015", 5), ("47312482", 9)])
def test_the_two_remainders_without_a_digit_of_their_own(serial: str, digit: int) -> None:
    assert check_digit(serial) == digit


@pytest.mark.parametrize(
    "code",
    [
        "EJ012345678VN",
        "RR473124828FI",
        "rr473124829FI",
        "RR47312482FI",
        "RR473124829F",
        "",
        "１２３",
        "VTP123456789",
        "RR473124829FI\n",
    ],
)
def test_what_is_no_item_number_is_said_to_be_none(code: str) -> None:
    assert not is_item_number(code)


@given(SERIALS, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(serial: str, place: int, shift: int) -> None:
    wrong = serial[:place] + str((int(serial[place]) + shift) % 10) + serial[place + 1 :]
    code = f"EE{wrong}{check_digit(serial)}VN"
    assume(check_digit(serial) != 5)  # two remainders share the 5: the one blind spot of the standard

    assert not is_item_number(code)


@pytest.mark.parametrize("serial", ["1234567", "123456789", "1234567a", "１２３４５６７８"])
def test_only_eight_digits_have_a_check_digit(serial: str) -> None:
    with pytest.raises(ValueError):
        check_digit(serial)
