"""The states of a document, the words for each, and which files are taken at all."""

from datetime import timedelta
from itertools import pairwise, product
from string import Formatter

import pytest
from pydantic import ValidationError

from chalicelib.documents import rules
from chalicelib.documents.reasons import SAID, Reason
from chalicelib.documents.rules import NEXT, State, Step, Verdict, moved
from chalicelib.documents.shown import shown
from chalicelib.documents.uploads import LARGEST, FileNotTaken, faults_of, require_taken
from chalicelib.refusals import Conflict
from tests.documents import samples
from tests.documents.samples import DOCX, NOW, ORDINARY

FINAL = {State.CLEAN, State.INFECTED, State.REJECTED, State.UNSCANNABLE}


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_every_step_is_in_the_table_or_refused(state, step):
    document = samples.document(b"x", state=state)
    verdict = Verdict(step, Reason.CHECKED)

    if (state, step) in NEXT:
        assert moved(document, verdict, NOW).state is NEXT[state, step]
    else:
        with pytest.raises(Conflict):
            moved(document, verdict, NOW)


def test_a_verdict_is_final_but_for_removal():
    assert {step for state, step in NEXT if state in FINAL} == {Step.REMOVED}


def test_only_a_passed_check_leads_to_clean():
    assert [pair for pair, state in NEXT.items() if state is State.CLEAN] == [(State.CHECKING, Step.PASSED)]


def test_what_is_unsettled_is_watched_and_what_is_settled_is_not():
    taken = moved(samples.document(b"x"), Verdict(Step.TAKEN_UP, Reason.BEING_CHECKED), NOW)
    away = moved(taken, Verdict(Step.POSTPONED, Reason.SCANNER_AWAY), NOW)
    clean = moved(away, Verdict(Step.PASSED, Reason.CHECKED), NOW)

    assert taken.attempts == 1
    assert taken.watch_at == away.watch_at == NOW + timedelta(minutes=2)
    assert (clean.watch_at, clean.checked_at) == (None, NOW)
    assert moved(clean, Verdict(Step.REMOVED, Reason.REMOVED), NOW).watch_at == NOW


def test_each_retry_waits_longer_up_to_an_hour():
    waits = [rules.retry_after(attempts) for attempts in range(12)]

    assert all(later >= sooner for sooner, later in pairwise(waits))
    assert (waits[0], waits[-1]) == (timedelta(minutes=2), timedelta(hours=1))


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_both_languages_with_the_same_facts(reason):
    document = samples.document(b"x", reason=reason, found="PNG")
    facts = [{field for _, field, _, _ in Formatter().parse(words) if field} for words in SAID[reason]]

    assert facts[0] == facts[1] <= {"found", "declared"}
    assert "{" not in document.told("vi", NOW) + document.told("en", NOW)


def test_an_unknown_type_is_named_as_such():
    document = samples.document(b"x", reason=Reason.WRONG_TYPE)

    assert "Nội dung thật của tệp là một định dạng không nhận ra được, không phải PDF" in document.told("vi", NOW)
    assert "The file is really of a format that is not known here, not PDF" in document.told("en", NOW)


def test_an_upload_form_that_ran_out_is_noticed_when_somebody_looks():
    document = samples.document(b"x")

    assert document.reason_at(NOW) is Reason.UPLOAD_AWAITED
    assert document.reason_at(document.upload_expires_at) is Reason.UPLOAD_EXPIRED


def test_what_is_shown_tells_the_state_the_reason_and_where_a_fresh_link_is():
    clean = samples.document(b"x", state=State.CLEAN, reason=Reason.CHECKED, checked_at=NOW)

    answer = shown(clean, "vi", NOW).model_dump(mode="json")

    assert answer["content"] == "/dossiers/d1/documents/abc/content"
    assert (answer["state"], answer["reason"]) == ("clean", "checked")
    assert answer["detail"] == "Tệp đã được kiểm tra và chấp nhận."
    assert answer["checked_at"] == "2026-03-02T09:15:00+07:00"
    assert shown(samples.document(b"x"), "vi", NOW).content is None


@pytest.mark.parametrize("size", [1, LARGEST])
def test_a_file_within_the_limits_is_taken(size):
    new = samples.new(b"x", size=size)
    require_taken(new, ORDINARY)

    assert faults_of(new.content_type, size, ORDINARY) == []


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"size": 0}, {("/size", "file_empty")}),
        ({"size": -1}, {("/size", "file_empty")}),
        ({"size": LARGEST + 1}, {("/size", "file_too_large")}),
        ({"content_type": DOCX}, {("/content_type", "type_not_accepted")}),
        ({"content_type": "text/html"}, {("/content_type", "type_not_accepted")}),
        ({"content_type": "x", "size": 1 << 40}, {("/size", "file_too_large"), ("/content_type", "type_not_accepted")}),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_every_reason(changes, faults):
    with pytest.raises(FileNotTaken) as refusal:
        require_taken(samples.new(b"x", **changes), ORDINARY)

    assert {(fault.pointer, fault.code) for fault in refusal.value.faults} == faults
    assert all(fault.vi and fault.en for fault in refusal.value.faults)


def test_a_component_may_take_more_types_but_none_that_cannot_be_checked():
    require_taken(samples.new(b"x", DOCX), [DOCX])
    with pytest.raises(FileNotTaken):
        require_taken(samples.new(b"x", "image/svg+xml"), ["image/svg+xml"])


@pytest.mark.parametrize(
    "changes",
    [{"sha256": "ab"}, {"sha256": "g" * 64}, {"size": "12"}, {"size": 1.5}, {"component": "a/b"}, {"file_name": ""}],
)
def test_a_request_of_the_wrong_form_is_refused(changes):
    with pytest.raises(ValidationError):
        samples.new(b"x", **changes)


def test_a_checksum_in_capitals_is_the_same_checksum():
    assert samples.new(b"x", sha256="AB" * 32).sha256 == "ab" * 32
