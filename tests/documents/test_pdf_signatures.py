"""What is found of a PDF's signatures: each promise of a signature broken once, and whatever strangers may send."""

import signal
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation.status import SignatureCoverageLevel

from chalicelib.documents import pdf_checks
from chalicelib.documents.pdf_reading import MOST, signatures_in
from chalicelib.documents.pdf_signature_words import FLAWS, ROOTS, STANDINGS, told
from chalicelib.documents.pdf_signatures import (
    UNREADABLE,
    Change,
    Covers,
    Flaw,
    PdfSignature,
    Root,
    Standing,
    covered,
    judged,
)
from tests.conftest import environment
from tests.documents import samples, signing
from tests.documents.samples import NOW
from tests.documents.signing import CA, LEADER, OFFICIAL, ROOT, SIGNED_AT, STRANGER, holder, signed

PLAIN = signing.plain()
ONE = signed(PLAIN)
TWO = signed(ONE, LEADER, field="ChuKy2")


def found(data: bytes, *roots: signing.Holder) -> tuple[PdfSignature, ...]:
    return signatures_in(data, [each.asn1 for each in roots or (ROOT,)], NOW)


SOUND = found(ONE)


def test_a_signature_over_the_whole_file_with_a_known_root_is_sound():
    (one,) = found(ONE)

    assert one.standing is Standing.SOUND
    assert (one.signer, one.organisation) == ("Nguyễn Văn An", "Sở Tư pháp tỉnh Khánh Hòa")
    assert one.issuer == "CA cấp dưới của các bài thử"
    assert one.serial == f"{OFFICIAL.certificate.serial_number:x}"
    assert (one.claimed_at, one.stamped_at) == (SIGNED_AT, None)
    assert (one.covers, one.changes, one.root) == (Covers.WHOLE, Change.NONE, Root.TRUSTED)
    assert one.chain == ("Nguyễn Văn An", "CA cấp dưới của các bài thử", "Root CA của các bài thử")
    assert one.valid_from == signing.BEGIN
    assert one.valid_until == signing.END


def test_it_is_said_in_words_who_signed_how_much_when_and_with_which_chain():
    (one,) = found(ONE)

    assert told(one, "vi") == (
        "Đã ký số bởi Nguyễn Văn An (Sở Tư pháp tỉnh Khánh Hòa) · toàn văn tệp · "
        "lúc 07:15 02/03/2026 (theo máy người ký) · "
        "chuỗi: Nguyễn Văn An ← CA cấp dưới của các bài thử ← Root CA của các bài thử (gốc tin cậy)"
    )
    assert told(one, "en").startswith("Signed by Nguyễn Văn An (Sở Tư pháp tỉnh Khánh Hòa) · the whole file · ")


OLD = holder("Chứng thư cũ", CA, end=SIGNED_AT - timedelta(days=1))
YOUNG = holder("Chứng thư mới", CA, begin=SIGNED_AT + timedelta(hours=1))
OF_A_SERVER = holder("Máy chủ", CA, usage=("key_encipherment",))
NOT_AN_AUTHORITY = holder("Kẻ mạo danh", OFFICIAL)
# Read as: this file has one signature with exactly these flaws, and its chain leads there.
FILES = {
    "a byte altered": (signing.altered(ONE), {Flaw.ALTERED}, Root.TRUSTED),
    "an update appended": (signing.with_update(ONE), {Flaw.CHANGED}, Root.TRUSTED),
    "an update disguised as covered": (signing.disguised(ONE), {Flaw.PART}, Root.TRUSTED),
    "a root nobody knows": (signed(PLAIN, STRANGER), set(), Root.UNKNOWN),
    "a certificate that had expired": (signed(PLAIN, OLD), {Flaw.EXPIRED}, Root.TRUSTED),
    "a certificate not valid yet": (signed(PLAIN, YOUNG), {Flaw.NOT_YET}, Root.TRUSTED),
    "a certificate of a server": (signed(PLAIN, OF_A_SERVER), {Flaw.USAGE}, Root.UNKNOWN),
    "a certificate issued by no authority": (signed(PLAIN, NOT_AN_AUTHORITY), set(), Root.UNKNOWN),
    "SHA-1": (signed(PLAIN, md="sha1"), {Flaw.WEAK}, Root.UNKNOWN),
    "a time in the future": (signed(PLAIN, at=NOW + timedelta(days=2)), {Flaw.FUTURE}, Root.TRUSTED),
    "PAdES": (signed(PLAIN, subfilter=SigSeedSubFilter.PADES), set(), Root.TRUSTED),
}


@pytest.mark.parametrize("name", FILES)
def test_each_broken_promise_is_named_and_nothing_else(name: str):
    data, flaws, root = FILES[name]

    (one,) = found(data)

    assert (set(one.flaws), one.root) == (flaws, root)
    assert (one.standing is Standing.SOUND) == (not flaws and root is Root.TRUSTED)
    assert told(one, "vi").startswith("; ".join(FLAWS[each][0] for each in one.flaws)), "what is wrong comes first"


def test_the_library_alone_takes_the_disguised_update_for_covered():
    """Why the gap is compared by ourselves; when this fails, the library has learnt it too."""
    (embedded,) = PdfFileReader(BytesIO(signing.disguised(ONE)), strict=False).embedded_signatures
    embedded.compute_integrity_info()

    assert embedded.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_without_a_list_of_roots_no_chain_is_verified_and_that_is_said():
    (one,) = signatures_in(ONE, [], NOW)

    assert (one.root, one.standing, one.flaws) == (Root.NO_LIST, Standing.UNVERIFIED, ())
    assert one.chain == ("Nguyễn Văn An", "CA cấp dưới của các bài thử", "Root CA của các bài thử")
    assert "CHƯA XÁC MINH: hệ thống chưa có danh sách gốc tin cậy" in told(one, "vi")


def test_a_namesake_under_another_root_is_not_the_official():
    (one,) = found(signed(PLAIN, STRANGER))

    assert one.signer == OFFICIAL.asn1.subject.native["common_name"]
    assert one.standing is Standing.UNVERIFIED
    assert "CHƯA XÁC MINH" in told(one, "vi")


def test_two_signatures_stand_in_the_order_of_signing_and_the_second_vouches_for_what_the_first_did_not_see():
    first, second = found(TWO)

    assert [first.signer, second.signer] == ["Nguyễn Văn An", "Trần Thị Duyên"]
    assert (first.covers, first.changes, first.flaws) == (Covers.REVISION, Change.FORM, ())
    assert (second.covers, second.flaws) == (Covers.WHOLE, ())
    assert "sau đó có điền biểu mẫu hoặc chữ ký khác" in told(first, "vi")


def test_a_stranger_vouches_for_nothing():
    first, second = found(signed(ONE, STRANGER, field="ChuKy2"))

    assert first.flaws == (Flaw.CHANGED,)
    assert second.standing is Standing.UNVERIFIED


def test_what_is_appended_after_two_signatures_breaks_both():
    assert [each.flaws for each in found(signing.with_update(TWO))] == [(Flaw.CHANGED,), (Flaw.CHANGED,)]


def test_a_timestamp_fixes_the_time_only_when_its_authority_is_known():
    data = signed(PLAIN, OLD, stamped_at=SIGNED_AT - timedelta(days=2), at=SIGNED_AT - timedelta(days=2))
    backdated = signed(PLAIN, OLD, stamped_at=SIGNED_AT, at=SIGNED_AT - timedelta(days=2))
    (kept,), (late,) = found(data), found(backdated)
    (doubted,) = found(data, STRANGER.above[0])

    assert (kept.is_stamp_trusted, kept.flaws) == (True, ())
    assert (late.is_stamp_trusted, late.flaws) == (True, (Flaw.EXPIRED,)), "the authority's clock, not the signer's"
    assert not doubted.is_stamp_trusted
    assert "dấu thời gian chưa xác minh" in told(doubted, "vi")


def test_a_timestamp_of_the_whole_document_is_told_as_one():
    signature, stamp = found(signing.stamped_whole(ONE, NOW))

    assert (signature.changes, signature.standing) == (Change.PROOFS, Standing.SOUND)
    assert (stamp.kind, stamp.stamped_at, stamp.standing) == ("timestamp", NOW, Standing.SOUND)
    assert told(stamp, "vi").startswith("Dấu thời gian của Dịch vụ dấu thời gian · toàn văn tệp")


@pytest.mark.parametrize("left_out", [(9, 0), (0, 7)])
def test_a_signature_made_over_a_part_covers_a_part_however_true_it_is(left_out: tuple[int, int]):
    (one,) = found(signing.signed_in_part(ONE, *left_out))

    assert (one.flaws, one.root) == ((Flaw.PART,), Root.TRUSTED)


@pytest.mark.parametrize(
    ("byte_range", "covers"),
    [
        ((0, 3, 9, 4), Covers.WHOLE),
        ((0, 3, 9, 3), Covers.REVISION),
        ((0, 3, 9, 5), Covers.PART),
        ((1, 2, 9, 4), Covers.PART),
        ((0, 2, 9, 4), Covers.PART),
        ((0, 3, 10, 3), Covers.PART),
        ((0, 9, 3, 10), Covers.PART),
        ((0, 3, 9, 0), Covers.PART),
        ((0, 3, 9, -2), Covers.PART),
        ((0, 3, 9, 4, 13, 0), Covers.PART),
        ((), Covers.PART),
    ],
)
def test_only_the_signatures_own_digits_may_be_left_out(byte_range: tuple[int, ...], covers: Covers):
    assert covered(b"abc<1234>defg", byte_range, b"\x12\x34") is covers
    assert covered(b"abc<1234>defg", byte_range, b"\x12\x35") is Covers.PART
    assert covered(b"abc<12 z>defg", byte_range, b"\x12") is Covers.PART


def test_what_was_filled_in_later_needs_a_later_signature_without_a_flaw():
    plain = PdfSignature(root=Root.TRUSTED, covers=Covers.REVISION)
    filled, other = (plain.model_copy(update={"changes": each}) for each in (Change.FORM, Change.OTHER))
    last, broken = plain, plain.model_copy(update={"flaws": (Flaw.ALTERED,)})
    stamp = plain.model_copy(update={"kind": "timestamp"})

    assert [each.flaws for each in judged([filled, last])] == [(), ()]
    assert judged([filled])[0].flaws == (Flaw.CHANGED,)
    assert judged([filled, broken])[0].flaws == (Flaw.CHANGED,)
    assert judged([filled, stamp])[0].flaws == (Flaw.CHANGED,)
    assert judged([other, last])[0].flaws == (Flaw.CHANGED,)
    assert [each.flaws for each in judged([filled, filled, last])] == [(), (), ()]


def test_every_flaw_root_and_standing_has_its_words():
    assert (set(FLAWS), set(ROOTS), set(STANDINGS)) == (set(Flaw), set(Root), set(Standing))


# ——— what strangers send: never an exception, never a good signature ———


def test_names_cannot_turn_the_line_or_hide():
    (one,) = found(signed(PLAIN, holder("An\u202egnos\nNha\u0300", CA)))

    assert one.signer == "Angnos Nhà"


@pytest.mark.slow
def test_more_signatures_than_anybody_makes_are_not_all_looked_at():
    data = PLAIN
    for number in range(MOST + 1):
        data = signed(data, field=f"ChuKy{number}")

    looked_at = found(data)

    assert len(looked_at) == MOST + 1
    assert looked_at[-1].flaws == (Flaw.TOO_MANY,)


def test_traces_of_a_signature_that_nothing_leads_to_are_unreadable():
    assert found(samples.pdf(text="/ByteRange")) == (UNREADABLE,)


@pytest.mark.parametrize("left_out", [1, 900, 0.5, 0.93, 0.999, 1.0])
def test_a_truncated_file_holds_nothing_sound(left_out: float):
    """So many bytes at the end, or so large a part."""
    length = len(ONE) - int(left_out if isinstance(left_out, int) else left_out * len(ONE))

    assert all(each.is_doubtful for each in found(ONE[:length]))


# The signature itself lies here, uncovered: what it carries beside the proof (padding, a copy of the root) may differ.
GAP = ONE.index(b"/Contents <") + len(b"/Contents <")
END = ONE.index(b">", GAP)


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(st.integers(0, len(ONE) - 1), st.binary(min_size=1, max_size=4))
@example(GAP - 5, b"/")
@example(len(ONE) - 8, b"9999")
@example(END - 2, b"55")
def test_wherever_the_bytes_differ_nothing_sound_is_left_unless_it_says_the_very_same(at: int, instead: bytes):
    data = ONE[:at] + instead + ONE[at + len(instead) :]
    sound = [each for each in found(data) if each.standing is Standing.SOUND]

    assert not sound or data == ONE or (at >= GAP and at + len(instead) <= END)
    assert not sound or sound == list(SOUND)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300))
def test_rubbish_that_names_a_byte_range_is_unreadable(rubbish: bytes):
    assert found(b"%PDF-1.7\n/ByteRange " + rubbish) == (UNREADABLE,)


# ——— the process that reads them ———


def test_a_pdf_without_a_signature_starts_no_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf_checks.subprocess, "run", None)

    assert pdf_checks.signatures_of(PLAIN, NOW) == ()


@pytest.mark.parametrize("data", [ONE, TWO, signing.altered(ONE), signing.with_update(ONE)])
def test_the_process_finds_what_is_found_here(data: bytes, tmp_path):
    listed = tmp_path / "roots.pem"
    listed.write_bytes(b"# Roots\n" + STRANGER.above[0].pem + ROOT.pem)
    with environment(SIGNATURE_ROOTS_FILE=str(listed)):
        assert pdf_checks.signatures_of(data, NOW) == found(data)


def test_a_file_of_roots_that_holds_none_is_an_empty_list(tmp_path):
    listed = tmp_path / "roots.pem"
    listed.write_bytes(b"# to be filled in\n")
    with environment(SIGNATURE_ROOTS_FILE=str(listed)):
        assert pdf_checks.signatures_of(ONE, NOW)[0].root is Root.NO_LIST


def test_a_list_of_roots_that_is_not_there_is_our_failure_not_the_files():
    with environment(SIGNATURE_ROOTS_FILE="/nowhere/roots.pem"), pytest.raises(pdf_checks.NoReader):
        pdf_checks.signatures_of(ONE, NOW)


def test_a_process_that_is_killed_leaves_an_unreadable_signature(monkeypatch: pytest.MonkeyPatch):
    killed = f"import os; os.write(1, b'ready\\n'); os.kill(os.getpid(), {signal.SIGKILL:d})"
    monkeypatch.setattr(pdf_checks, "START", killed)

    assert pdf_checks.signatures_of(ONE, NOW) == (UNREADABLE,)


def test_a_process_that_takes_too_long_leaves_an_unreadable_signature(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf_checks, "PATIENCE", 1.0)
    monkeypatch.setattr(pdf_checks, "START", "import os, time; os.write(1, b'ready\\n'); time.sleep(60)")

    assert pdf_checks.signatures_of(ONE, NOW) == (UNREADABLE,)


def test_nothing_the_reader_could_fetch_with_is_in_its_process(monkeypatch: pytest.MonkeyPatch):
    looked = (
        "; import asyncio; assert not vars(sys.modules['aiohttp']).get('__file__')"
        "; assert sys.modules['lxml'] is None; sys.stdout.write(' fetches nothing')"
    )
    monkeypatch.setattr(pdf_checks, "START", pdf_checks.START + looked)

    assert pdf_checks._said(ONE, NOW).endswith(b" fetches nothing")


def test_the_process_is_bound_in_time_and_memory(monkeypatch: pytest.MonkeyPatch):
    told = "str([r.getrlimit(each)[0] for each in (r.RLIMIT_CPU, r.RLIMIT_AS)])"
    monkeypatch.setattr(pdf_checks, "START", f"{pdf_checks.START}; import resource as r; sys.stdout.write({told})")

    assert pdf_checks._said(ONE, NOW).endswith(b"[15, %d]" % (768 * 1024 * 1024))


def _with_stream(head: bytes, packed: bytes) -> bytes:
    body = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/AcroForm<</Fields[3 0 R]>>>>\nendobj\n% /ByteRange\n"
    stream = b"2 0 obj\n<<" + head + b"/Length %d>>\nstream\n" % len(packed) + packed + b"\nendstream\nendobj\n"
    return body + stream + b"startxref\n%d\n%%%%EOF\n" % len(body)


def _loop_of_tables() -> bytes:
    body = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n% /ByteRange\n"
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 2/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return body + table % (len(body), len(body))


BOMBS = {
    "a table of a billion entries": _with_stream(
        b"/Type/XRef/Size 1000000000/W[1 4 4]/Index[0 1000000000]/Root 1 0 R/Filter/FlateDecode",
        zlib.compress(bytes(200_000_000), 9),
    ),
    "a table that follows itself": _loop_of_tables(),
    "arrays in arrays": b"%PDF-1.4\n1 0 obj\n/ByteRange " + b"[" * 1_000_000 + b"\nstartxref\n9\n%%EOF\n",
    "a huge classic table": b"%PDF-1.4\n% /ByteRange\nxref\n0 99999999999\n0000000000 65535 f \nstartxref\n22\n%%EOF\n",
    "twenty megabytes of signs": b"%PDF-1.4\n" + b"/ByteRange [0 1 2 3] " * 950_000 + b"\nstartxref\n9\n%%EOF\n",
    "a locked file": samples.pdf(password="x") + b"% /ByteRange",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_file_made_to_exhaust_is_given_up_in_time(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf_checks, "PATIENCE", 6.0)

    assert pdf_checks.signatures_of(BOMBS[name], NOW) == (UNREADABLE,)
