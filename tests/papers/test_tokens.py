"""The signed token: it says what was signed, under any of our keys, and not one bit else."""

import base64
import json
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.clock.rules import ZONE
from chalicelib.papers import tokens
from chalicelib.papers.rules import Statement, applicant_code
from chalicelib.papers.tokens import Forged
from tests.papers.examples import AT, STATEMENT

# RFC 8032 §7.1, test 1: a seed and its public key.
SEED = tokens.encoded(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
PUBLIC = tokens.encoded(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
KEYS = {"k1": PUBLIC}
TOKEN = tokens.signed(STATEMENT, "k1", SEED)


def test_the_public_key_is_that_of_the_standard() -> None:
    assert tokens.public_of(SEED) == PUBLIC


def test_a_token_says_what_was_signed_and_the_same_is_signed_alike() -> None:
    assert tokens.read(TOKEN, KEYS) == STATEMENT
    assert tokens.signed(STATEMENT, "k1", SEED) == TOKEN


def test_anyone_can_check_it_with_nothing_of_ours() -> None:
    text, signature = TOKEN.split(".")
    padded = {part: base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in (text, signature, PUBLIC)}
    Ed25519PublicKey.from_public_bytes(padded[PUBLIC]).verify(padded[signature], text.encode())

    assert json.loads(padded[text]) == {
        "kid": "k1",
        "id": STATEMENT.paper_id,
        "ma": "H32.10-261120-0001",
        "tt": "2.000635",
        "nop": "******00****",
        "ten": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "he": "Hệ thống thông tin giải quyết TTHC Khánh Hòa",
        "luc": "2026-11-20T09:30:00+07:00",
        "hen": "2026-11-27T09:30:00+07:00",
    }


def test_every_flipped_bit_is_refused() -> None:
    raw = TOKEN.encode()
    for place in range(len(raw)):
        for bit in range(8):
            changed = raw[:place] + bytes([raw[place] ^ (1 << bit)]) + raw[place + 1 :]
            with pytest.raises(Forged):
                tokens.read(changed.decode("latin-1"), KEYS)


@pytest.mark.parametrize(
    "altered",
    [
        "", ".", "..", "a.b", TOKEN + "=", TOKEN + ".", "." + TOKEN, TOKEN[:-1], TOKEN + "A", TOKEN.replace(".", ""),
        TOKEN + "\n", " " + TOKEN, TOKEN.split(".")[0] + ".", TOKEN * 3, "é.é", "A" * 5000, TOKEN.upper(),
    ],
)  # fmt: skip
def test_whatever_is_no_token_of_ours_is_refused(altered: str) -> None:
    with pytest.raises(Forged):
        tokens.read(altered, KEYS)


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_any_text_is_refused_without_falling_over(text: str) -> None:
    with pytest.raises(Forged):
        tokens.read(text, KEYS)


def test_one_bearing_the_name_of_our_key_but_signed_with_another_is_refused() -> None:
    thief = tokens.encoded(Ed25519PrivateKey.generate().private_bytes_raw())

    with pytest.raises(Forged):
        tokens.read(tokens.signed(STATEMENT, "k1", thief), KEYS)


def test_a_payload_that_is_signed_but_is_no_statement_is_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(tokens.decoded(SEED))
    for payload in (b"[]", b'"kid"', b"{}", b'{"kid":"k1"}', b'{"kid":["k1"]}', b"null", b"1" * 400, b"[" * 900):
        text = tokens.encoded(payload)
        with pytest.raises(Forged):
            tokens.read(f"{text}.{tokens.encoded(key.sign(text.encode()))}", KEYS)


def test_while_keys_change_papers_of_both_stand_and_of_neither_when_it_is_taken_out() -> None:
    newer = tokens.encoded(bytes(range(32)))
    both = {"k1": PUBLIC, "k2": tokens.public_of(newer)}
    second = tokens.signed(STATEMENT, "k2", newer)

    assert tokens.read(TOKEN, both) == tokens.read(second, both) == STATEMENT
    with pytest.raises(Forged):
        tokens.read(TOKEN, {"k2": both["k2"]})


def test_the_token_fits_a_path_and_a_coarse_qr_code() -> None:
    from chalicelib.papers import marks

    longest = Statement(
        paper_id="a" * 26 + "-123456-supplement_request",
        dossier_code="H15.50.05.13-20261008-0000975",
        procedure="1.004616.000.00.00.H56",
        applicant="0100109106-001",
        document="Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
        system="Hệ thống thông tin giải quyết TTHC Thành phố Hồ Chí Minh",
        at=AT,
        due_at=datetime(2026, 11, 27, 17, 0, tzinfo=ZONE) + timedelta(days=1),
    )
    token = tokens.signed(longest, "papers-2026-11", SEED)

    assert len(token) < tokens.LONGEST
    modules = len(marks.matrix(f"https://motcua.khanhhoa.gov.vn/verifications/{token}"))
    assert marks.SIZE / marks.MM / modules >= 0.25  # millimetres: what a phone reads from plain paper


@pytest.mark.parametrize(
    ("identity", "tax_code", "shown"),
    [
        ("056190001234", None, "******00****"),
        ("123456789", None, "***45****"),
        ("B1234567", None, "**23****"),
        (None, "0100109106", "0100109106"),
        (None, "0100109106-001", "0100109106-001"),
        ("056190001234", "0100109106", "0100109106"),
        (None, "056190001234", "******00****"),
        (None, None, ""),
        ("12", None, "**"),
    ],
)
def test_of_a_persons_number_neither_birth_nor_proof_is_told(
    identity: str | None, tax_code: str | None, shown: str
) -> None:
    assert applicant_code(identity, tax_code) == shown
