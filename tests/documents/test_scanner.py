"""The scanner's yes and no are believed; whatever else it does postpones the verdict."""

import socket

import pytest

from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import Step
from chalicelib.documents.scanner import scanned
from tests.conftest import environment
from tests.documents.clamd import CLOSES, HANGS, clamd
from tests.documents.samples import EICAR

ANSWERS = [
    ("OK", Step.PASSED, Reason.CHECKED),
    ("Win.Test.EICAR_HDB-1 FOUND", Step.FOUND_INFECTED, Reason.INFECTED),
    ("Heuristics.Limits.Exceeded.MaxFileSize FOUND", Step.TOO_MUCH, Reason.UNSCANNABLE),
    ("Heuristics.Encrypted.PDF FOUND", Step.TOO_MUCH, Reason.UNSCANNABLE),
    ("Time limit reached ERROR", Step.TOO_MUCH, Reason.UNSCANNABLE),
    ("Can't allocate memory ERROR", Step.POSTPONED, Reason.SCANNER_AWAY),
    ("", Step.POSTPONED, Reason.SCANNER_AWAY),
    ("OK, said somebody else", Step.POSTPONED, Reason.SCANNER_AWAY),
]


@pytest.mark.parametrize(("answer", "step", "reason"), ANSWERS)
def test_each_answer_is_understood(answer, step, reason):
    with clamd(answer) as address, environment(CLAMD=address):
        assert scanned(b"x" * 700_000)[:2] == (step, reason)


def test_malware_is_found_and_named():
    with clamd() as address, environment(CLAMD=address):
        assert scanned(b"A" * 300_000 + EICAR) == (
            Step.FOUND_INFECTED,
            Reason.INFECTED,
            "Win.Test.EICAR_HDB-1",
        )


def test_a_file_over_the_scanners_limit_is_unscannable_and_not_infected():
    with clamd(limit=100_000) as address, environment(CLAMD=address):
        assert scanned(bytes(20 * 1024 * 1024)).step is Step.TOO_MUCH


@pytest.mark.parametrize("failure", [HANGS, CLOSES])
def test_a_scanner_that_fails_midway_postpones_the_verdict(failure):
    with clamd(failure) as address, environment(CLAMD=address):
        assert scanned(b"x" * 10, patience=0.2).step is Step.POSTPONED


def test_a_scanner_that_is_not_there_postpones_the_verdict():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with environment(CLAMD=f"127.0.0.1:{port}"):
        assert scanned(b"x").step is Step.POSTPONED


def test_without_a_scanner_the_check_says_that_nothing_was_scanned():
    with environment(CLAMD=""):
        assert scanned(EICAR) == (Step.PASSED, Reason.CHECKED_UNSCANNED, "")
