"""Our SePay adapter and the simulated bank account were written apart from each other: here they meet."""

import http.server
import threading
from datetime import UTC, datetime

import pytest

from chalicelib.payments.protocol import Forged, Notice
from chalicelib.payments.providers import sepay
from chalicelib.payments.vietqr import Transfer, code, memo
from ops.local.bank_double import BankDouble, asked_by

ACCOUNT = sepay.Account(account_number="0011000000123", secret="a-secret-of-the-tests-only-sepay")
AT = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)
MEMO = memo("d1-abcdef")


@pytest.fixture
def bank(tmp_path):
    bank = BankDouble(tmp_path / "bank.json", ACCOUNT.account_number, ACCOUNT.secret, "http://127.0.0.1:9/nobody")
    bank.clock = AT.timestamp
    return bank


def heard(bank, movement):
    headers, body = bank.signed(movement)
    notice = Notice(headers={name.lower(): value for name, value in headers.items()}, body=body, at=AT)
    return sepay.read(notice, ACCOUNT)


def test_a_transfer_with_a_memo_is_heard(bank):
    said = heard(bank, bank.arrived(8_000, f"Nguyễn Văn A nộp phí {MEMO.lower()}"))

    assert (said.order, said.amount, said.ours) == (MEMO, 8_000, True)
    assert "20260602" in said.provider_reference  # the bank's own day


def test_a_transfer_of_any_amount_with_any_words_is_heard(bank):
    said = heard(bank, bank.arrived(7_999, "quên ghi nội dung"))

    assert (said.order, said.amount, said.money_taken) == ("", 7_999, True)


def test_a_movement_told_twice_is_one_and_two_like_movements_are_two(bank):
    one, other = bank.arrived(8_000, MEMO), bank.arrived(8_000, MEMO)

    assert heard(bank, one) == heard(bank, one)
    assert heard(bank, one).provider_reference != heard(bank, other).provider_reference


def test_what_is_changed_about_a_movement_is_told_so(bank):
    assert heard(bank, bank.arrived(8_000, MEMO, transferType="out")) is None
    assert not heard(bank, bank.arrived(8_000, MEMO, accountNumber="1")).ours


def test_another_key_is_not_believed(bank):
    bank.secret = b"another"
    with pytest.raises(Forged):
        heard(bank, bank.arrived(8_000, MEMO))


def test_what_the_province_answers_is_told_whatever_it_is(bank):
    assert bank.tell(bank.arrived(8_000, MEMO)).startswith("URLError")

    class Province(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802 - the library's name
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(401)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Province) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        bank.notify_url = f"http://127.0.0.1:{server.server_port}/"
        assert bank.tell(bank.arrived(8_000, MEMO)) == "401 {}"
        thread.join()


@pytest.mark.parametrize(
    ("fate", "moved", "told"),
    [
        ("pay", [8_000], True),
        ("fail", [], True),
        ("pay-late", [8_000], True),
        ("pay-twice", [8_000, 8_000], True),
        ("pay-wrong", [9_000], True),
        ("pay-silently", [8_000], False),
    ],
)
def test_a_transfer_moves_what_its_fate_says_and_is_told_unless_that_is_lost(bank, tmp_path, fate, moved, told):
    bank.transferred(8_000, MEMO, fate)

    seen = BankDouble(tmp_path / "bank.json", ACCOUNT.account_number, ACCOUNT.secret, "").known() if moved else []
    assert [(each.about, each.amount, bool(each.told[0].answer)) for each in seen] == [(MEMO, it, told) for it in moved]
    assert len({each.reference for each in seen}) == len(moved)


def test_our_code_is_read_as_a_bank_reads_it():
    assert asked_by(code(Transfer("970436", "0011000000123", 8_000, MEMO))) == ("8000", MEMO)


@pytest.mark.parametrize("text", ["", "x", "00-4", "0099", "54", "quên ghi nội dung"])
def test_what_is_no_code_asks_for_nothing(text):
    assert asked_by(text) == ("", "")
