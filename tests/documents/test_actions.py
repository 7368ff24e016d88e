"""A document's way from its registration to its verdict, whatever arrives twice, late, or not at all."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from pynamodb.expressions.condition import Condition

from chalicelib.documents import actions, checking, files, pdf_checks, records, scanner
from chalicelib.documents.pdf_signatures import UNREADABLE, Standing
from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import Document, NotAvailable, State, TooManyDocuments, UnknownDocument
from chalicelib.documents.uploads import FileNotTaken, UploadForm
from chalicelib.history.once import Once, OnceItem
from chalicelib.history.records import dossier_key
from chalicelib.settings import settings
from chalicelib.table import Check, Item, Lost, Put, commit, fresh_id
from tests import roles
from tests.conftest import environment
from tests.documents import samples, signing
from tests.documents.clamd import CLOSES, clamd
from tests.documents.ending import emptied
from tests.documents.samples import EICAR, NOW, ORDINARY, PDF, PNG

pytestmark = pytest.mark.stack
LATER = NOW + timedelta(hours=2)


class Here:
    """The dossier of the running test: the local cloud is shared, a dossier is not."""

    dossier = ""


@pytest.fixture(scope="module")
def cloud(ministack: str) -> Iterator[None]:
    with environment(AWS_ENDPOINT_URL=ministack):
        yield


@pytest.fixture(autouse=True)
def a_dossier_of_its_own(cloud: None) -> Iterator[None]:
    Here.dossier = fresh_id()
    yield
    emptied(Here.dossier, NOW)


def register(data: bytes, content_type: str = PDF, at: datetime = NOW, **options: Any) -> UploadForm:
    new = samples.new(data, content_type)
    return actions.register(Here.dossier, new, accepts=ORDINARY, by="citizen", now=at, **options)


def put(form: UploadForm, data: bytes) -> str:
    """Uploads past the form, which would let no other bytes in."""
    key = form.upload.fields["key"]
    files.client().put_object(Bucket=settings().BUCKET, Key=key, Body=data)
    return key


def uploaded(data: bytes, content_type: str = PDF) -> tuple[Document, str]:
    form = register(data, content_type)
    key = put(form, data)
    actions.arrived(key, NOW)
    return records.find(Here.dossier, form.document_id), key


def bucket() -> dict[str, bytes]:
    """What it holds of this dossier."""
    listed = files.client().list_objects_v2(Bucket=settings().BUCKET).get("Contents", [])
    keys = [entry["Key"] for entry in listed if f"/{Here.dossier}/" in entry["Key"]]
    return {key: files.client().get_object(Bucket=settings().BUCKET, Key=key)["Body"].read() for key in keys}


class Killed(BaseException):
    """The process is gone."""


def test_the_form_names_exactly_one_file():
    data = samples.pdf()

    form = register(data)

    fields = form.upload.fields
    assert fields["key"] == f"quarantine/{Here.dossier}/{form.document_id}"
    assert fields["Content-Type"] == PDF
    assert fields["x-amz-checksum-sha256"] == base64.b64encode(hashlib.sha256(data).digest()).decode()
    policy = base64.b64decode(fields["policy"]).decode()
    assert f'["content-length-range", {len(data)}, {len(data)}]' in policy
    assert form.expires_at == NOW + timedelta(minutes=30)


def test_forms_are_signed_for_the_regions_own_host_and_other_hosts_by_path():
    with environment(AWS_ENDPOINT_URL=""):
        form = files.upload_form(samples.document(b"x"), timedelta(minutes=1))
    assert form.url == "https://motcua-documents.s3.ap-southeast-1.amazonaws.com/"
    with environment(AWS_ENDPOINT_URL="http://storage.example:9000"):
        form = files.upload_form(samples.document(b"x"), timedelta(minutes=1))
    assert form.url == "http://storage.example:9000/motcua-documents"


def test_a_registered_document_waits_for_its_upload():
    form = register(samples.pdf())

    (document,) = records.of_dossier(Here.dossier)

    assert (document.id, document.state, document.file_name) == (
        form.document_id,
        State.AWAITING_UPLOAD,
        "Đơn đề nghị.pdf",
    )


def test_a_good_file_becomes_clean_and_moves_from_quarantine_to_where_documents_are_kept():
    data = samples.pdf()

    document, _ = uploaded(data)

    assert (document.state, document.reason) == (State.CLEAN, Reason.CHECKED_UNSCANNED)
    assert (document.checked_at, document.watch_at) == (NOW, None)
    assert bucket() == {document.kept_key: data}


def test_the_signatures_of_a_pdf_are_kept_with_its_verdict(tmp_path):
    roots = tmp_path / "roots.pem"
    roots.write_bytes(signing.ROOT.pem)
    good = signing.signed(signing.plain())

    with environment(SIGNATURE_ROOTS_FILE=str(roots)):
        found = [uploaded(data)[0] for data in (good, signing.altered(good), samples.pdf())]
    picture, _ = uploaded(samples.png(), PNG)

    assert {each.state for each in found} == {State.CLEAN}, "a signature that is not in order holds no file back"
    standings = [[one.standing for one in each.signatures or ()] for each in found]
    assert standings == [[Standing.SOUND], [Standing.FLAWED], []]
    assert picture.signatures is None, "nobody looks for a PDF's signature in a picture"


def test_a_signature_nobody_can_read_holds_no_file_back():
    with patch.object(pdf_checks, "START", "import os; os.write(1, b'ready\\n')"):
        document, _ = uploaded(signing.signed(signing.plain()))

    assert (document.state, document.signatures) == (State.CLEAN, (UNREADABLE,))


def test_a_check_that_dies_or_cannot_start_at_the_signatures_is_done_again():
    data = signing.signed(signing.plain())
    form = register(data)
    key = put(form, data)
    for failure in (Killed(), pdf_checks.NoReader()):
        with patch.object(pdf_checks, "signatures_of", side_effect=failure), pytest.raises(type(failure)):
            actions.arrived(key, NOW)
        assert records.find(Here.dossier, form.document_id).state is State.CHECKING

    actions.recheck_stuck(LATER)

    document = records.find(Here.dossier, form.document_id)
    assert document.state is State.CLEAN
    assert [each.standing for each in document.signatures or ()] == [Standing.UNVERIFIED]


@pytest.mark.parametrize(
    ("data", "declared", "state", "reason"),
    [
        (samples.png(), PDF, State.REJECTED, Reason.WRONG_TYPE),
        (samples.pdf("mật khẩu"), PDF, State.REJECTED, Reason.PASSWORD),
        (samples.png() + EICAR, PNG, State.INFECTED, Reason.INFECTED),
        (samples.png(60) + bytes(300_000), PNG, State.UNSCANNABLE, Reason.UNSCANNABLE),
    ],
    ids=["another type", "a password", "malware", "too much for the scanner"],
)
def test_a_file_that_does_not_pass_is_discarded_and_says_why(data, declared, state, reason):
    with clamd(limit=250_000) as address, environment(CLAMD=address):
        document, _ = uploaded(data, declared)

    assert (document.state, document.reason) == (state, reason)
    assert bucket() == {}
    with pytest.raises(NotAvailable):
        actions.download(Here.dossier, document.id, NOW)


def test_a_larger_object_than_declared_is_not_read_to_its_end():
    form = register(samples.pdf())
    key = put(form, samples.pdf() + bytes(5_000_000))

    assert len(files.read(records.find(Here.dossier, form.document_id)).data) == len(samples.pdf()) + 1
    actions.arrived(key, NOW)
    assert records.find(Here.dossier, form.document_id).reason is Reason.SIZE_DIFFERS


def test_an_event_delivered_again_changes_nothing():
    document, key = uploaded(samples.pdf())
    before = bucket()

    actions.arrived(key, LATER)
    actions.arrived(quote_plus(key), LATER)

    assert records.find(Here.dossier, document.id) == document
    assert bucket() == before


def test_an_upload_repeated_after_the_verdict_is_thrown_away():
    data = samples.pdf()
    document, key = uploaded(data)
    files.client().put_object(Bucket=settings().BUCKET, Key=key, Body=b"something else")

    actions.arrived(key, LATER)

    assert bucket() == {document.kept_key: data}


@pytest.mark.parametrize(
    "key", ["quarantine/d1/none", "quarantine/x", "quarantine//x", "kept/d1/x", "", "quarantine/d%231/a%2Fb", "%ff%00"]
)
def test_events_for_keys_that_are_not_ours_do_nothing(key):
    actions.arrived(key, NOW)

    assert records.of_dossier(Here.dossier) == []


def test_an_event_without_an_object_leaves_the_document_waiting():
    form = register(samples.pdf())

    actions.arrived(form.upload.fields["key"], NOW)

    assert records.find(Here.dossier, form.document_id).state is State.AWAITING_UPLOAD


def test_while_the_scanner_is_away_the_document_stays_checking_and_is_taken_up_again():
    data = samples.pdf()
    with clamd(CLOSES) as address, environment(CLAMD=address):
        document, _ = uploaded(data)
        assert (document.state, document.reason) == (State.CHECKING, Reason.SCANNER_AWAY)
        actions.recheck_stuck(NOW + timedelta(minutes=1))
        assert records.find(Here.dossier, document.id) == document
        actions.recheck_stuck(NOW + timedelta(minutes=2))
        again = records.find(Here.dossier, document.id)
        assert (again.state, again.attempts, again.watch_at) == (State.CHECKING, 2, NOW + timedelta(minutes=6))
        assert list(bucket()) == [document.key]
    with clamd() as address, environment(CLAMD=address):
        actions.recheck_stuck(LATER)

    assert records.find(Here.dossier, document.id).reason is Reason.CHECKED
    assert bucket() == {document.kept_key: data}


def test_when_the_scanner_is_away_the_sweep_does_not_ask_for_every_document():
    with environment(CLAMD="127.0.0.1:1"):
        for _ in range(6):
            uploaded(samples.pdf())
        with patch.object(scanner, "_asked", side_effect=OSError) as asked:
            actions.recheck_stuck(LATER)

    assert asked.call_count == 1


def test_a_lost_event_is_found_by_the_sweep():
    form = register(samples.pdf())
    put(form, samples.pdf())

    actions.recheck_stuck(LATER)

    assert records.find(Here.dossier, form.document_id).state is State.CLEAN


def test_a_form_that_was_never_used_is_watched_once_and_then_left_alone():
    form = register(samples.pdf())

    actions.recheck_stuck(LATER)

    assert list(records.to_watch(LATER + timedelta(days=1))) == []
    document = records.find(Here.dossier, form.document_id)
    assert document.reason_at(LATER) is Reason.UPLOAD_EXPIRED
    put(form, samples.pdf())
    actions.arrived(document.key, LATER)
    assert records.find(Here.dossier, form.document_id).state is State.CLEAN


def test_one_document_that_cannot_be_looked_at_keeps_no_other_waiting():
    forms = [register(samples.pdf()) for _ in range(4)]
    for form in forms:
        put(form, samples.pdf())
    read = files.read

    def failing(document: Document) -> Any:
        if document.id == forms[0].document_id:
            raise OSError
        return read(document)

    with patch.object(files, "read", failing), pytest.raises(ExceptionGroup):
        actions.recheck_stuck(LATER)

    assert (
        sorted(document.state for document in records.of_dossier(Here.dossier)) == ["awaiting_upload"] + ["clean"] * 3
    )


CALLS = [(files, "read"), (records, "replace"), (files, "admit"), (files, "discard_upload"), (scanner, "scanned")]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("module", "name"), CALLS, ids=[name for _, name in CALLS])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_process_that_dies_anywhere_in_a_check_leaves_nothing_that_a_repetition_does_not_finish(
    module, name, nth, when
):
    data = samples.pdf()
    form = register(data)
    key = put(form, data)
    calls, real = [], getattr(module, name)

    def dying(*args: Any) -> Any:
        calls.append(name)
        if len(calls) == nth and when == "before":
            raise Killed
        answer = real(*args)
        if len(calls) == nth:
            raise Killed
        return answer

    with patch.object(module, name, dying):
        try:
            actions.arrived(key, NOW)
        except Killed:
            document = records.find(Here.dossier, form.document_id)
            assert document.state is not State.CLEAN or document.kept_key in bucket()
    actions.arrived(key, NOW)

    document = records.find(Here.dossier, form.document_id)
    assert document.state is State.CLEAN
    assert bucket() == {document.kept_key: data}


def test_two_checks_at_once_come_to_one_verdict():
    form = register(samples.pdf())
    key = put(form, samples.pdf())
    real = files.read

    def meanwhile(document: Document) -> Any:
        stored = real(document)
        with patch.object(files, "read", real):
            actions.arrived(key, NOW)
        return stored

    with patch.object(files, "read", meanwhile):
        actions.arrived(key, NOW)

    document = records.find(Here.dossier, form.document_id)
    assert (document.state, document.attempts) == (State.CLEAN, 1)
    assert list(bucket()) == [document.kept_key]


def test_an_object_replaced_after_it_was_read_is_not_admitted():
    form = register(samples.pdf())
    key = put(form, samples.pdf())

    def replaced(data: bytes) -> Any:
        with roles.somebody_else():
            put(form, b"other bytes")
        return scanner.Verdict(scanner.Step.PASSED, Reason.CHECKED)

    with patch.object(scanner, "scanned", replaced):
        actions.arrived(key, NOW)
    document = records.find(Here.dossier, form.document_id)
    assert document.state is State.CHECKING
    assert list(bucket()) == [key]

    actions.arrived(key, NOW)
    assert records.find(Here.dossier, form.document_id).reason is Reason.SIZE_DIFFERS


def test_an_upload_that_vanished_during_its_check_asks_for_another():
    form = register(samples.pdf())
    key = put(form, samples.pdf())
    with patch.object(scanner, "scanned", side_effect=Killed), pytest.raises(Killed):
        actions.arrived(key, NOW)
    files.client().delete_object(Bucket=settings().BUCKET, Key=key)

    actions.recheck_stuck(LATER)

    document = records.find(Here.dossier, form.document_id)
    assert (document.state, document.reason) == (State.REJECTED, Reason.LOST)


def test_a_link_to_a_clean_document_saves_it_under_its_own_name():
    document, _ = uploaded(samples.pdf())

    link = actions.download(Here.dossier, document.id, NOW)

    query = parse_qs(urlsplit(link.url).query)
    assert urlsplit(link.url).path == f"/{settings().BUCKET}/{document.kept_key}"
    assert query["response-content-disposition"] == [
        "attachment; filename=\"__n __ ngh_.pdf\"; filename*=UTF-8''%C4%90%C6%A1n%20%C4%91%E1%BB%81%20ngh%E1%BB%8B.pdf"
    ]
    assert query["X-Amz-Expires"] == ["300"]
    assert link.expires_at == NOW + timedelta(minutes=5)


def test_a_document_is_removed_with_its_bytes():
    document, key = uploaded(samples.pdf())

    actions.remove(Here.dossier, document.id, LATER)

    assert records.of_dossier(Here.dossier) == []
    assert bucket() == {}
    for answer in (actions.remove, actions.download):
        with pytest.raises(UnknownDocument):
            answer(Here.dossier, document.id, LATER)
    actions.arrived(key, LATER)
    assert records.of_dossier(Here.dossier) == []


@pytest.mark.parametrize(("module", "name"), [(files, "erase"), (records, "forget")])
def test_a_removal_cut_short_is_out_of_sight_and_finished_by_the_sweep(module, name):
    document, _ = uploaded(samples.pdf())
    with patch.object(module, name, side_effect=Killed), pytest.raises(Killed):
        actions.remove(Here.dossier, document.id, NOW)
    assert records.of_dossier(Here.dossier) == []
    with pytest.raises(UnknownDocument):
        actions.download(Here.dossier, document.id, NOW)

    actions.recheck_stuck(NOW)

    assert bucket() == {}
    with pytest.raises(UnknownDocument):
        records.find(Here.dossier, document.id)


def test_a_document_removed_while_it_is_checked_leaves_no_copy():
    form = register(samples.pdf())
    key = put(form, samples.pdf())
    real = files.admit

    def meanwhile(document: Document, etag: str) -> bool:
        with roles.somebody_else():
            actions.remove(Here.dossier, document.id, NOW)
            put(form, samples.pdf())
        return real(document, etag)

    with patch.object(files, "admit", meanwhile):
        actions.arrived(key, NOW)

    assert bucket() == {}
    assert records.of_dossier(Here.dossier) == []


def test_all_documents_of_a_dossier_can_be_removed_and_again():
    for _ in range(3):
        uploaded(samples.pdf())

    emptied(Here.dossier, LATER)
    emptied(Here.dossier, LATER)

    assert records.of_dossier(Here.dossier) == []
    assert bucket() == {}


def test_a_dossier_holds_fifty_documents_and_a_removed_one_makes_room():
    with patch.object(records, "MOST", 3):
        first, *_ = [register(samples.pdf()) for _ in range(3)]
        with pytest.raises(TooManyDocuments):
            register(samples.pdf())
        actions.remove(Here.dossier, first.document_id, NOW)
        register(samples.pdf())

    assert len(records.of_dossier(Here.dossier)) == 3
    assert "50" in TooManyDocuments(most=50).told("vi")


def test_registration_and_its_answer_are_one_transaction():
    once = Once("an", "key-1", "print", NOW, 201, lambda form: (form.model_dump_json(), None))

    form = register(samples.pdf(), once=once)

    assert UploadForm.model_validate_json(once.recorded().body) == form
    with pytest.raises(Lost) as lost:
        register(samples.pdf(), once=once)
    assert lost.value.over(OnceItem)
    assert len(records.of_dossier(Here.dossier)) == 1


def head_is(condition: Condition) -> Check:
    return Check(OnceItem(dossier_key(Here.dossier), "HEAD"), condition)


def test_nothing_is_registered_or_removed_when_the_dossier_is_no_longer_open():
    head = OnceItem(dossier_key(Here.dossier), "HEAD", fingerprint="", status=1, body="")
    commit(Put(head))
    form = register(samples.pdf(), also=[head_is(OnceItem.status == 1)])

    with pytest.raises(Lost):
        register(samples.pdf(), also=[head_is(OnceItem.status == 0)])
    with pytest.raises(Lost):
        actions.remove(Here.dossier, form.document_id, NOW, also=[head_is(OnceItem.status == 0)])

    assert [document.id for document in records.of_dossier(Here.dossier)] == [form.document_id]


def test_a_file_that_cannot_be_taken_leaves_no_trace():
    with pytest.raises(FileNotTaken):
        register(samples.office(), samples.DOCX)

    assert list(Item.query(dossier_key(Here.dossier))) == []


def test_every_item_says_of_what_kind_it_is():
    uploaded(samples.pdf())

    assert {type(item).__name__ for item in Item.query(dossier_key(Here.dossier))} == {"DocumentItem", "DocumentCount"}


def test_a_check_settles_what_another_check_left_behind():
    """A slow check that copied the file finds that a later one, with newer signatures, called it infected."""
    form = register(samples.pdf())
    key = put(form, samples.pdf())
    real = files.admit

    def meanwhile(document: Document, etag: str) -> bool:
        copied = real(document, etag)
        infected = scanner.Verdict(scanner.Step.FOUND_INFECTED, Reason.INFECTED, "x")
        with patch.object(scanner, "scanned", return_value=infected):
            checking.look_at(document, LATER)
        return copied

    with patch.object(files, "admit", meanwhile):
        actions.arrived(key, NOW)

    assert records.find(Here.dossier, form.document_id).state is State.INFECTED
    assert bucket() == {}
