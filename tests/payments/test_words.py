"""Sums of money in words: the tables of the school-book, and every number found again by a reader of its own."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.payments.receipts.words import MOST, dong_in_words, number_in_words

TABLE = {
    0: "không",
    1: "một",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    91: "chín mươi mốt",
    100: "một trăm",
    101: "một trăm linh một",
    104: "một trăm linh bốn",
    105: "một trăm linh năm",
    110: "một trăm mười",
    111: "một trăm mười một",
    115: "một trăm mười lăm",
    121: "một trăm hai mươi mốt",
    555: "năm trăm năm mươi lăm",
    1_000: "một nghìn",
    1_001: "một nghìn không trăm linh một",
    1_015: "một nghìn không trăm mười lăm",
    1_100: "một nghìn một trăm",
    10_005: "mười nghìn không trăm linh năm",
    15_000: "mười lăm nghìn",
    21_000: "hai mươi mốt nghìn",
    120_000: "một trăm hai mươi nghìn",
    1_000_000: "một triệu",
    1_000_001: "một triệu không trăm linh một",
    1_005_000: "một triệu không trăm linh năm nghìn",
    21_001_015: "hai mươi mốt triệu không trăm linh một nghìn không trăm mười lăm",
    10**9: "một tỷ",
    10**9 + 5: "một tỷ không trăm linh năm",
    10**12: "một nghìn tỷ",
    1_005 * 10**9 + 21 * 10**6: "một nghìn không trăm linh năm tỷ không trăm hai mươi mốt triệu",
    999_999_999_999: "chín trăm chín mươi chín tỷ chín trăm chín mươi chín triệu"
    " chín trăm chín mươi chín nghìn chín trăm chín mươi chín",
}


@pytest.mark.parametrize(("number", "words"), TABLE.items())
def test_a_number_reads_as_it_is_taught(number: int, words: str) -> None:
    assert number_in_words(number) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (1, "Một đồng"),
        (500, "Năm trăm đồng"),
        (1_000, "Một nghìn đồng chẵn"),
        (8_000, "Tám nghìn đồng chẵn"),
        (8_500, "Tám nghìn năm trăm đồng"),
        (120_000, "Một trăm hai mươi nghìn đồng chẵn"),
        (120_001, "Một trăm hai mươi nghìn không trăm linh một đồng"),
        (1_005_000, "Một triệu không trăm linh năm nghìn đồng chẵn"),
        (10**9, "Một tỷ đồng chẵn"),
    ],
)
def test_a_sum_begins_with_a_capital_and_is_even_when_nothing_follows_its_thousands(amount: int, words: str) -> None:
    assert dong_in_words(amount) == words


@pytest.mark.parametrize("number", [-1, -5, MOST])
def test_what_no_receipt_can_say_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no number"):
        number_in_words(number)


DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
VALUES = {word: value for value, word in enumerate(DIGITS)}
VALUES |= {"mốt": 1, "tư": 4, "lăm": 5, "linh": 0}
FACTORS = {"mươi": 10, "trăm": 100}


def parsed(words: str) -> int:
    """An independent reader: knows single words and how they multiply, nothing of when which of them is used."""
    before, _, after = words.rpartition(" tỷ")
    return (parsed(before) * 10**9 if before else 0) + _below_a_billion(after.split())


def _below_a_billion(words: list[str]) -> int:
    total = group = waiting = 0
    for word in words:
        if word in VALUES:
            group, waiting = group + waiting, VALUES[word]
        elif word == "mười":
            group, waiting = group + waiting + 10, 0
        elif word in FACTORS:
            group, waiting = group + waiting * FACTORS[word], 0
        else:
            total += (group + waiting) * {"nghìn": 10**3, "triệu": 10**6}[word]
            group = waiting = 0
    return total + group + waiting


@given(st.integers(0, MOST - 1) | st.sampled_from([10**n for n in range(15)]) | st.integers(0, 10**6))
@example(MOST - 1)
def test_what_was_written_is_read_again(number: int) -> None:
    words = number_in_words(number)

    assert parsed(words) == number
    assert words == " ".join(words.split())


def test_no_two_numbers_are_written_alike_and_each_word_stands_where_it_may() -> None:
    written = [number_in_words(number) for number in range(200_000)]

    assert len(set(written)) == len(written)
    for words in written[::7]:
        for before, word in itertools.pairwise(words.split()):
            assert (word in ("mốt", "tư")) <= (before == "mươi")
            assert (word == "lăm") <= (before in ("mươi", "mười"))
            assert not (before == "mươi" and word in ("một", "bốn", "năm"))
            assert not (before == "mười" and word == "năm")
            assert (word == "linh") <= (before == "trăm")
