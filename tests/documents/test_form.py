"""The form lets exactly the declared file in: proven on a store that enforces what a form says."""

import base64
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import urllib3

from chalicelib.documents import actions, files, records
from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import MOST, State, TooManyDocuments
from chalicelib.documents.uploads import LARGEST, Upload
from chalicelib.table import fresh_id
from tests.conftest import environment
from tests.documents import samples
from tests.documents.samples import NOW, ORDINARY

pytestmark = pytest.mark.stack
DATA = samples.pdf()


@pytest.fixture(scope="module", autouse=True)
def cloud(ministack: str) -> Iterator[None]:
    with environment(AWS_ENDPOINT_URL=ministack):
        yield


def form_for(data: bytes, lifetime: timedelta = timedelta(minutes=5)) -> Upload:
    return files.upload_form(samples.document(data, id=fresh_id()), lifetime)


def post(form: Upload, data: bytes, **changes: str | None) -> int:
    fields = {name: value for name, value in (form.fields | changes).items() if value is not None}
    answer = urllib3.request("POST", form.url, fields={**fields, "file": ("f.pdf", data, "application/pdf")})
    return answer.status


def checksum(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def test_the_declared_file_is_let_in():
    assert post(form_for(DATA), DATA) == 201


def test_a_file_of_the_largest_size_is_let_in():
    data = os.urandom(LARGEST)

    assert post(form_for(data), data) == 201


@pytest.mark.parametrize(
    "data", [DATA + b" ", DATA[:-1], b"", bytes(LARGEST)], ids=["longer", "shorter", "none", "20 MB"]
)
def test_another_size_is_refused(data):
    assert post(form_for(DATA), data) in {400, 403}


def test_other_bytes_of_the_same_size_never_become_a_document():
    """S3 compares the form's SHA-256 with the bytes; the local cloud does not, and then the check does."""
    dossier = fresh_id()
    form = actions.register(dossier, samples.new(DATA), accepts=ORDINARY, by="citizen", now=NOW)

    status = post(form.upload, DATA[::-1])
    actions.arrived(form.upload.fields["key"], NOW)

    (document,) = records.of_dossier(dossier)
    assert status == 400 or document.reason is Reason.CONTENT_DIFFERS
    assert document.state in {State.AWAITING_UPLOAD, State.REJECTED}


@pytest.mark.parametrize(
    "changes",
    [
        {"Content-Type": "text/html"},
        {"Content-Type": None},
        {"key": "kept/d1/abc"},
        {"key": "quarantine/other/abc"},
        {"x-amz-checksum-sha256": checksum(DATA[::-1])},
        {"x-amz-checksum-sha256": None},
        {"x-amz-checksum-algorithm": None},
        {"success_action_redirect": "https://evil.example/"},
        {"acl": "public-read"},
        {"x-amz-meta-extra": "1"},
        {"policy": None},
    ],
    ids=str,
)
def test_a_form_that_was_changed_is_refused(changes):
    data = DATA[::-1] if changes.get("x-amz-checksum-sha256") else DATA

    assert post(form_for(DATA), data, **changes) in {400, 403}


def test_a_form_that_ran_out_is_refused():
    assert post(form_for(DATA, timedelta(seconds=-5)), DATA) == 403


def test_the_whole_way_through_the_form_and_back_by_the_link():
    dossier = fresh_id()
    form = actions.register(dossier, samples.new(DATA), accepts=ORDINARY, by="citizen", now=NOW)
    assert post(form.upload, DATA) == 201

    actions.arrived(form.upload.fields["key"], NOW)

    link = actions.download(dossier, form.document_id, NOW)
    answer = urllib3.request("GET", link.url)
    assert answer.data == DATA
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "filename*=UTF-8''%C4%90%C6%A1n%20" in answer.headers["Content-Disposition"]


def test_eight_uploads_at_once_are_eight_documents():
    dossier = fresh_id()

    def upload(number: int) -> str:
        data = samples.pdf(text=str(number))
        form = actions.register(dossier, samples.new(data), accepts=ORDINARY, by="citizen", now=NOW)
        assert post(form.upload, data) == 201
        actions.arrived(form.upload.fields["key"], NOW)
        return form.document_id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(upload, range(8)))

    documents = records.of_dossier(dossier)
    assert {document.id for document in documents} == ids
    assert {document.state for document in documents} == {State.CLEAN}


def test_however_many_are_registered_at_once_the_limit_holds():
    dossier = fresh_id()

    def register(_: int) -> bool:
        try:
            actions.register(dossier, samples.new(DATA), accepts=ORDINARY, by="citizen", now=NOW)
        except TooManyDocuments:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        taken = sum(pool.map(register, range(MOST + 14)))

    assert taken == len(records.of_dossier(dossier)) == MOST


def test_one_event_delivered_eight_times_at_once_has_one_effect():
    dossier = fresh_id()
    form = actions.register(dossier, samples.new(DATA), accepts=ORDINARY, by="citizen", now=NOW)
    post(form.upload, DATA)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: actions.arrived(form.upload.fields["key"], NOW), range(8)))

    (document,) = records.of_dossier(dossier)
    assert document.state is State.CLEAN
    assert files.read(document) is None
