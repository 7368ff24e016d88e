"""The code a bank's app scans, and the memo that survives what banks do to it."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.payments.vietqr import ALPHABET, Transfer, code, crc, memo, memo_in, read
from tests.payments.providers import peers

# Produced by an independent builder (npm `vietnam-qr-pay` 1.5.1).
DYNAMIC = (
    "00020101021238570010A00000072701270006970436011300110000001230208QRIBFTTA530370454061200005802VN62220818"
    "HS H22 260601 012363041860"
)
STATIC = "00020101021138570010A00000072701270006970436011300110000001230208QRIBFTTA53037045802VN6304E52F"
ASKED = Transfer("970436", "0011000000123", 120_000, "HS H22 260601 0123")
PAYMENT = "01JX5T3N9Q-abcdef"

transfers = st.builds(
    Transfer,
    bank_bin=st.from_regex(r"[0-9]{6}", fullmatch=True),
    account_number=st.from_regex(r"[A-Za-z0-9]{1,19}", fullmatch=True),
    amount=st.none() | st.integers(1, 10**12 - 1),
    memo=st.from_regex(r"[A-Za-z0-9 ]{0,25}", fullmatch=True),
)
payment_ids = st.from_regex(r"[0-9a-z]{10}-[0-9a-z]{6}", fullmatch=True)


@pytest.mark.parametrize(("transfer", "text"), [(ASKED, DYNAMIC), (ASKED._replace(amount=None, memo=""), STATIC)])
def test_a_code_is_the_independent_builders_and_is_read_back(transfer, text):
    assert code(transfer) == text
    assert read(text) == transfer


def test_the_checksum_is_the_published_one():
    assert crc("123456789") == "29B1"


@given(transfers)
def test_every_code_is_read_back(transfer):
    assert read(code(transfer)) == transfer


@pytest.mark.parametrize("place", range(len(DYNAMIC)))
def test_a_code_damaged_anywhere_is_not_read(place):
    damaged = DYNAMIC[:place] + ("8" if DYNAMIC[place] != "8" else "9") + DYNAMIC[place + 1 :]
    with pytest.raises(ValueError):
        read(damaged)


@pytest.mark.parametrize("text", ["", "6304", "6304FFFF", "é" * 20, DYNAMIC[:-1], DYNAMIC + " "])
def test_what_is_no_code_is_not_read(text):
    with pytest.raises(ValueError):
        read(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bank_bin": "97043"},
        {"bank_bin": "97043６"},
        {"account_number": ""},
        {"account_number": "1" * 20},
        {"account_number": "1\n"},
        {"memo": "a" * 26},
        {"memo": "Nộp phí"},
        {"amount": 0},
        {"amount": -1},
        {"amount": 10**12},
    ],
)
def test_what_a_code_cannot_carry_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        code(ASKED._replace(**wrong))


@given(payment_ids)
def test_a_memo_is_short_plain_and_always_the_same(payment_id):
    words = memo(payment_id)

    assert re.fullmatch(rf"MC[{ALPHABET}]{{11}}", words)
    assert words == memo(payment_id)
    assert memo_in(words) == words


def test_memos_of_many_payments_differ():
    assert len({memo(f"dossier-{number}") for number in range(20_000)}) == 20_000


def test_a_memo_says_nothing_of_the_dossier_and_stays_what_it_is():
    assert memo(PAYMENT) == "MCFWG6HN2ABNZ"


MANGLED = {
    "as it was": "{}",
    "lower case": "{lower}",
    "in the bank's words": "MBVCB.3278907687.{}.CT tu 0123 NGUYEN VAN A toi 0456 UBND TINH",
    "with accents about it": "Nguyễn Văn Đạt chuyển tiền {} lệ phí",
    "split by spaces": "{spaced}",
    "broken over lines": "ck {broken}",
    "with stops and hyphens": "{dashed}/FT23",
    "glued to other words": "NOPPHI{}GD885522",
    "told twice": "{} ; noi dung: {}",
    "full width": "{wide}",
}


@pytest.mark.parametrize("how", MANGLED)
@given(payment_id=payment_ids)
def test_a_memo_is_found_in_what_a_bank_made_of_it(how, payment_id):
    words = memo(payment_id)
    shapes = {
        "lower": words.lower(),
        "spaced": " ".join(words),
        "broken": words[:7] + "\r\n " + words[7:],
        "dashed": "-".join((words[:2], words[2:6], words[6:])) + ".",
        "wide": "".join(chr(ord(each) + 0xFEE0) for each in words),
    }
    text = MANGLED[how].format(words, words, **shapes)

    assert memo_in(text) == words
    assert memo_in(unicodedata.normalize("NFD", text)) == words


@given(payment_ids, st.integers(2, 12), st.sampled_from(ALPHABET))
def test_a_memo_with_one_wrong_letter_is_no_memo(payment_id, place, letter):
    words = memo(payment_id)
    wrong = words[:place] + letter + words[place + 1 :]

    assert memo_in(wrong) == (words if wrong == words else "")


@given(payment_ids, st.integers(2, 11))
def test_a_memo_with_two_letters_changed_about_is_no_memo(payment_id, place):
    words = memo(payment_id)
    swapped = words[:place] + words[place + 1] + words[place] + words[place + 2 :]

    assert memo_in(swapped) == (words if swapped == words else "")


@given(payment_ids, payment_ids)
def test_of_two_memos_nobody_can_say_which(one, other):
    assert memo_in(f"{memo(one)} {memo(other)}") == (memo(one) if memo(one) == memo(other) else "")


@pytest.mark.parametrize(
    "text", ["", "nop phi", "MC", memo(PAYMENT)[:-1], memo(PAYMENT)[2:], "TPHCMC 12345678901", "\x00\ud800" * 50]
)
def test_where_there_is_no_memo_none_is_found(text):
    assert memo_in(text) == ""


@given(st.text(max_size=300))
def test_any_words_can_be_looked_through(text):
    found = memo_in(text)

    assert found == "" or found.startswith("MC")


PEER = "vietnam-qr-pay@1.5.1"
READS = """const {QRPay} = require('vietnam-qr-pay'); const qr = new QRPay(given.text);
  return [qr.isValid, qr.consumer.bankBin, qr.consumer.bankNumber, qr.amount, qr.additionalData.purpose]"""
BUILDS = """const {QRPay} = require('vietnam-qr-pay'); return QRPay.initVietQR(given).build()"""


@pytest.mark.peer
@pytest.mark.slow
def test_an_independent_reader_reads_our_codes():
    ours = Transfer("970436", "0011000000123", 120_000, memo(PAYMENT))

    assert peers.node(PEER, READS, text=code(ours)) == [True, "970436", "0011000000123", "120000", memo(PAYMENT)]
    assert peers.node(PEER, READS, text=code(ours).replace("120000", "120001"))[0] is False


@pytest.mark.peer
@pytest.mark.slow
def test_an_independent_builder_builds_our_codes():
    words = memo(PAYMENT)
    theirs = peers.node(PEER, BUILDS, bankBin="970422", bankNumber="VQRQ0001", amount="99000", purpose=words)

    assert theirs == code(Transfer("970422", "VQRQ0001", 99_000, words))
