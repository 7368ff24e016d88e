"""Files brought over a line that breaks: what has arrived is not sent twice, and nothing is lost or made up."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents import actions, bringing, files, multipart, records
from chalicelib.documents.parts import PART, Bringing, Cut, Part, cuts, lacking
from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import FORM_LIFETIME, LARGEST, Document, State, UploadOver
from chalicelib.documents.uploads import FileNotTaken
from chalicelib.table import fresh_id
from tests.conftest import environment
from tests.documents import samples
from tests.documents.ending import emptied
from tests.documents.samples import NOW, ORDINARY, PDF, PNG

SMALL = samples.pdf()
HUGE = samples.png(more=2 * PART + 1000)
LATER = NOW + timedelta(hours=2)
http = urllib3.PoolManager()


class Here:
    dossier = ""


@given(st.integers(1, LARGEST))
def test_the_parts_are_the_file_and_only_the_last_is_smaller_than_the_store_takes(size: int) -> None:
    parts = cuts(size)

    assert [each.number for each in parts] == list(range(1, len(parts) + 1))
    assert [each.start for each in parts] == [0, *(each.end for each in parts[:-1])]
    assert parts[-1].end == size
    assert all(each.end - each.start == PART for each in parts[:-1])


def test_a_part_that_is_not_whole_is_lacking() -> None:
    first, second, third = cuts(2 * PART + 10)

    assert lacking(2 * PART + 10, {}) == [first, second, third]
    assert lacking(2 * PART + 10, {1: PART, 2: PART - 1, 3: 10}) == [second]
    assert lacking(2 * PART + 10, {1: PART, 2: PART, 3: 10}) == []


@pytest.mark.stack
class TestAtTheStore:
    """Over a real socket, with the links a browser would use."""

    @pytest.fixture(autouse=True)
    def a_dossier_of_its_own(self, ministack: str) -> Iterator[None]:
        with environment(AWS_ENDPOINT_URL=ministack):
            Here.dossier = fresh_id()
            yield
            emptied(Here.dossier, NOW)

    def test_a_large_file_goes_part_by_part_and_is_checked_as_one(self) -> None:
        first = bring(HUGE)
        assert first.upload is None
        assert [each.end - each.start for each in first.parts] == [PART, PART, len(HUGE) - 2 * PART]
        send(HUGE, *first.parts)
        assert the_document().state is State.AWAITING_UPLOAD

        assert bring(HUGE).done
        document = checked()
        assert (document.state, document.sha256) == (State.CLEAN, hashlib.sha256(HUGE).hexdigest())
        assert kept(document) == HUGE

    def test_what_has_arrived_is_not_sent_again(self) -> None:
        first = bring(HUGE)
        send(HUGE, first.parts[0], first.parts[2])

        again = bring(HUGE)
        assert again.document_id == first.document_id
        assert [bool(each.url) for each in again.parts] == [False, True, False]
        send(HUGE, again.parts[1])
        assert bring(HUGE).done
        assert kept(checked()) == HUGE

    def test_it_is_gone_on_with_hours_later_and_from_elsewhere(self) -> None:
        first = bring(HUGE)
        send(HUGE, first.parts[0])
        assert the_document().reason_at(LATER) is Reason.UPLOAD_EXPIRED

        later = bring(HUGE, LATER)
        assert later.document_id == first.document_id
        assert later.expires_at == LATER + FORM_LIFETIME
        assert the_document().reason_at(LATER) is Reason.UPLOAD_AWAITED
        assert [bool(each.url) for each in later.parts] == [False, True, True]

    def test_a_half_sent_part_counts_for_nothing(self) -> None:
        first = bring(HUGE)
        with pytest.raises(urllib3.exceptions.HTTPError):
            put(first.parts[0].url, HUGE[: PART // 2], length=PART)

        assert [bool(each.url) for each in bring(HUGE).parts] == [True, True, True]

    def test_what_the_store_gave_up_is_begun_anew_in_the_same_place(self) -> None:
        first = bring(HUGE)
        send(HUGE, first.parts[0])
        before = the_document()
        files.client().abort_multipart_upload(Bucket=bucket(), Key=before.key, UploadId=before.parts_id)

        anew = bring(HUGE)
        assert anew.document_id == first.document_id
        assert all(each.url for each in anew.parts)
        assert the_document().parts_id != before.parts_id

    def test_asked_once_more_than_needed_it_stays_done_and_there_is_one_document(self) -> None:
        send(HUGE, *bring(HUGE).parts)
        assert bring(HUGE).done
        assert bring(HUGE).done, "the answer was lost on the way"
        document = checked()
        assert bring(HUGE) == Bringing(document_id=document.id, expires_at=document.upload_expires_at, done=True)
        assert len(records.of_dossier(Here.dossier)) == 1

    def test_a_note_lost_in_a_crash_costs_nothing_but_bytes(self) -> None:
        send(HUGE, *bring(HUGE).parts)
        with patch.object(records, "replace", side_effect=Killed), pytest.raises(Killed):
            bring(HUGE)

        assert kept(checked()) == HUGE
        assert bring(HUGE).done

    def test_declared_before_its_check_was_heard_of_it_may_be_sent_twice_but_is_kept_once(self) -> None:
        send(HUGE, *bring(HUGE).parts)
        with patch.object(records, "replace", side_effect=Killed), pytest.raises(Killed):
            bring(HUGE)
        send(HUGE, *bring(HUGE).parts)
        assert bring(HUGE).done

        assert kept(checked()) == HUGE
        assert len(records.of_dossier(Here.dossier)) == 1

    def test_other_bytes_in_its_parts_are_found_out(self) -> None:
        parts = bring(HUGE).parts
        send(HUGE[:-20] + bytes(8) + HUGE[-12:], *parts)
        assert bring(HUGE).done

        assert (checked().state, checked().reason) == (State.REJECTED, Reason.CONTENT_DIFFERS)

    def test_a_file_that_was_rejected_is_begun_anew(self) -> None:
        send(HUGE[:-20] + bytes(8) + HUGE[-12:], *bring(HUGE).parts)
        bring(HUGE)
        bad = checked()
        anew = bring(HUGE)

        assert anew.document_id != bad.id
        assert not anew.done

    def test_a_small_file_has_one_form_and_one_place(self) -> None:
        first, again = bring(SMALL), bring(SMALL, LATER)

        assert first.upload
        assert again.upload
        assert (first.parts, again.document_id) == ([], first.document_id)
        assert again.upload.fields["key"] == f"quarantine/{Here.dossier}/{first.document_id}"
        assert len(records.of_dossier(Here.dossier)) == 1

    def test_another_component_or_person_has_a_place_of_its_own(self) -> None:
        brought = bring(SMALL), bring(SMALL, component="khac"), bring(SMALL, by="officer")

        assert len({each.document_id for each in brought}) == 3

    def test_what_came_before_a_supplement_was_asked_for_is_no_answer_to_it(self) -> None:
        send(HUGE, *bring(HUGE).parts)
        bring(HUGE)
        filed = checked()
        fresh = bring(HUGE, LATER, since=NOW + timedelta(hours=1))

        assert not fresh.done
        assert fresh.document_id != filed.id

    def test_a_place_removed_meanwhile_is_not_gone_on_with(self) -> None:
        first = bring(HUGE)
        actions.remove(Here.dossier, first.document_id, NOW)

        assert bring(HUGE).document_id != first.document_id

    def test_somebody_who_moves_it_meanwhile_is_not_overwritten(self) -> None:
        bring(HUGE)
        with patch.object(records, "replace", return_value=False), pytest.raises(UploadOver):
            bring(HUGE, LATER)

    def test_what_is_not_taken_is_refused_before_anything_is_begun(self) -> None:
        new = samples.new(HUGE, PNG).model_copy(update={"size": LARGEST + 1})
        with pytest.raises(FileNotTaken):
            bringing.bring(Here.dossier, new, accepts=ORDINARY, by="citizen", since=None, now=NOW, also=())

        assert records.of_dossier(Here.dossier) == []


def test_a_part_is_signed_for_its_very_size_and_for_nothing_a_browser_does_not_send() -> None:
    with environment(AWS_ENDPOINT_URL=""):
        document = samples.document(b"x").model_copy(update={"parts_id": "u1"})
        url = multipart.address(document, Cut(2, PART, 2 * PART), FORM_LIFETIME)

    assert url.startswith("https://motcua-documents.s3.ap-southeast-1.amazonaws.com/quarantine/")
    assert "partNumber=2" in url
    assert "uploadId=u1" in url
    assert "X-Amz-SignedHeaders=content-length%3Bhost" in url
    assert "checksum" not in url.lower()


class Killed(BaseException):
    """The process is gone."""


def bring(data: bytes, at: object = NOW, *, component: str = "", **facts: object) -> Bringing:
    new = samples.new(data, PNG if data.startswith(b"\x89PNG") else PDF)
    new = new.model_copy(update={"component": component}) if component else new
    usual = {"accepts": ORDINARY, "by": "citizen", "since": None, "now": at, "also": ()}
    return bringing.bring(Here.dossier, new, **(usual | facts))  # type: ignore[arg-type]


def put(url: str, data: bytes, length: int | None = None) -> int:
    headers = {"Content-Length": str(length if length is not None else len(data))}
    return http.request("PUT", url, body=data, headers=headers, retries=False, timeout=3).status


def send(data: bytes, *parts: Part) -> None:
    for part in parts:
        assert put(part.url, data[part.start : part.end]) == 200


def the_document() -> Document:
    (document,) = records.of_dossier(Here.dossier)
    return document


def checked() -> Document:
    """After the store told of every file that is there."""
    for each in records.of_dossier(Here.dossier):
        actions.arrived(each.key, NOW)
    return records.of_dossier(Here.dossier)[0]


def bucket() -> str:
    from chalicelib.settings import settings

    return settings().BUCKET


def kept(document: Document) -> bytes:
    found = files.client().get_object(Bucket=bucket(), Key=document.kept_key)["Body"].read()
    assert isinstance(found, bytes)
    return found
