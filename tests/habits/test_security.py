"""What SECURITY.md promises is promised by tests, too: for each promise those that would fail first."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMISES = re.findall(r"^- ((?:.+\n)(?:  .+\n)*)", (ROOT / "SECURITY.md").read_text(encoding="utf-8"), re.MULTILINE)
# How each promise begins, and where it is tested.
KEPT_BY = {
    "Another citizen's dossier": ["access/test_matrix.py::test_anothers_dossier_looks_like_none"],
    "Tokens are believed": [
        "access/test_tokens.py::test_a_token_is_refused",
        "ops/test_tokens.py::test_no_other_stack_starts_with_a_local_issuer",
    ],
    "An uploaded file": [
        "documents/test_actions.py::test_a_file_that_does_not_pass_is_discarded_and_says_why",
        "documents/test_actions.py::test_a_link_to_a_clean_document_saves_it_under_its_own_name",
    ],
    "A payment notification's signature": [
        "payments/test_hearing.py::test_what_is_forged_empty_or_doubled_touches_nothing",
        "payments/test_hearing.py::test_a_repeated_wrong_amount_is_still_a_wrong_amount",
    ],
    "Logs hold ids": [
        "web/test_edge.py::test_a_defect_tells_the_caller_nothing_and_the_log_no_person",
        "ops/test_alarms.py::test_what_an_alarm_counts_is_logged_once_and_names_nobody",
        "ops/test_stack.py::test_an_access_log_tells_of_the_route_and_of_no_person",
    ],
    "An event that is altered": [
        "history/test_chain.py::test_an_altered_event_shows",
        "history/test_chain.py::test_an_event_left_out_shows",
        "history/test_chain.py::test_another_dossiers_event_in_its_place_shows",
    ],
    "All that is kept is encrypted": [
        "ops/test_stack.py::test_the_key_is_used_only_through_the_services_that_keep_our_data",
        "ops/test_stack.py::test_a_function_may_use_the_key_only_where_it_uses_the_service",
        "ops/test_least_privilege.py::test_no_function_may_do_what_it_is_never_seen_to_do",
    ],
    "The bytes of a result's files": ["dossiers/test_result_lock.py::test_nobody_of_ours_can_end_the_locked_bytes"],
    "A package is installed": [
        "ops/test_locked.py::test_an_archive_with_another_hash_is_refused",
        "ops/test_audit.py::test_a_finding_without_a_reason_is_wrong",
    ],
}


def test_every_promise_has_its_tests():
    assert len(PROMISES) == len(KEPT_BY)
    for promise, beginning in zip(PROMISES, KEPT_BY, strict=True):
        assert promise.startswith(beginning)


@pytest.mark.parametrize("test", [each for tests in KEPT_BY.values() for each in tests])
def test_they_exist(test):
    path, _, name = test.partition("::")

    assert f"\ndef {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8")
