"""An import never takes back what a person has settled and the export does not say."""

from chalicelib.catalogue import national
from chalicelib.catalogue.rules import Channels, Procedure, Review
from chalicelib.clock.rules import Convention, PauseCause, Processing, Unit
from tests.catalogue.samples import FORM, a_procedure

WAYS = ("online", "desk")
UNMATCHED = Review(code="agency_unmatched", line=9, text="…")
OTHER = Review(code="fee_not_stated", line=9, text="…")


def read(**facts: object) -> Procedure:
    """What the import makes of a record: its defaults beside its facts."""
    return a_procedure(form={"type": "object", "examples": [{}]}, **facts)


def settled(**facts: object) -> Procedure:
    usual = {
        "level": 4,
        "service": "full",
        "visits": 0,
        "pauses": (PauseCause.SUPPLEMENT, PauseCause.OTHER_AGENCY),
        "channels": Channels(submit=WAYS, pay=("online", "desk"), return_=("online", "desk")),
        "processing": Processing(unit=Unit.WORKING_DAY, amount=9, convention=Convention.CIVIL_CODE),
    }
    return a_procedure(**usual | facts)


def test_a_procedure_that_is_new_is_as_read() -> None:
    assert national.keeping(read(), None) == read()


def test_what_the_export_does_not_say_stays_and_what_it_says_is_taken() -> None:
    kept = national.keeping(read(name="Đăng ký khai sinh mới", field="Khác"), settled())
    assert (kept.form, kept.pauses) == (FORM, settled().pauses)
    assert (kept.level, kept.service, kept.visits, kept.channels) == (4, "full", 0, settled().channels)
    assert kept.processing == Processing(unit=Unit.WORKING_DAY, amount=5, convention=Convention.CIVIL_CODE)
    assert (kept.name, kept.field) == ("Đăng ký khai sinh mới", "Khác")


def test_an_export_does_not_bring_back_what_was_abolished() -> None:
    assert national.keeping(read(), settled(status="abolished")).status == "abolished"


def test_other_ways_of_filing_are_served_as_the_defaults_say() -> None:
    at_desk = Channels(submit=("desk",), return_=("desk",))
    kept = national.keeping(read(channels=at_desk, level=2, service="information", visits=2), settled())
    assert (kept.level, kept.visits, kept.channels, kept.form) == (2, 2, at_desk, FORM)


def test_agencies_that_a_person_settled_replace_a_stand_in() -> None:
    doubted = read(agencies=("H32",), needs_review=(UNMATCHED, OTHER))
    kept = national.keeping(doubted, settled(agencies=("H32.10",)))
    assert (kept.agencies, kept.needs_review) == (("H32.10",), (OTHER,))
    still = national.keeping(doubted, settled(agencies=("H32",), needs_review=(UNMATCHED,)))
    assert (still.agencies, still.needs_review) == (("H32",), (UNMATCHED, OTHER))


def test_keeping_twice_keeps_the_same() -> None:
    once = national.keeping(read(needs_review=(UNMATCHED,)), settled())
    assert national.keeping(read(needs_review=(UNMATCHED,)), once).content == once.content
