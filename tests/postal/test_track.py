"""What a citizen is shown of a parcel, whatever the carrier said and in whatever order it was heard."""

from datetime import datetime, timedelta

from chalicelib.clock.rules import ZONE
from chalicelib.postal import rules
from chalicelib.postal.rules import State
from chalicelib.postal.track import track_of
from chalicelib.postal.tracking import Meaning, TrackingEvent

AT = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
MEANINGS = {"1": Meaning.ACCEPTED, "2": Meaning.IN_TRANSIT, "4": Meaning.DELIVERED}
SENT = rules.new_shipment("d1", 7, "H32.10-260601-0001", "H32.10", "vnpost", AT)
PAGE = "https://example.vn/theo-doi?ma={code}"


def said(code: str, hours: int) -> TrackingEvent:
    at = AT + timedelta(hours=hours)
    return TrackingEvent(id=f"{hours}", order_number=SENT.order_number, code=code, text=f"lời {code}", at=at)


def test_what_happened_stands_in_the_order_it_happened_and_unknown_codes_are_no_news() -> None:
    track = track_of(SENT, [said("4", 9), said("99", 5), said("1", 1), said("2", 3)], MEANINGS, "")

    assert [(each.meaning, each.at - AT) for each in track.stops] == [
        (Meaning.ACCEPTED, timedelta(hours=1)),
        (Meaning.IN_TRANSIT, timedelta(hours=3)),
        (Meaning.DELIVERED, timedelta(hours=9)),
    ]


def test_a_parcel_the_carrier_took_was_taken_though_no_event_says_so() -> None:
    taken = rules.accepted(SENT, "RR473124829VN", AT + timedelta(hours=4))

    assert [each.meaning for each in track_of(taken, [], MEANINGS, "").stops] == [Meaning.ACCEPTED]
    late = track_of(taken, [said("2", 3)], MEANINGS, "")
    assert [each.meaning for each in late.stops] == [Meaning.ACCEPTED, Meaning.IN_TRANSIT]
    assert late.stops[0].at == AT + timedelta(hours=3), "not after what came of it"


def test_the_carriers_page_is_known_only_with_its_address_and_a_code() -> None:
    taken = rules.accepted(SENT, "RR 47&31", AT)

    assert track_of(taken, [], MEANINGS, PAGE).page == "https://example.vn/theo-doi?ma=RR%2047%2631"
    assert track_of(SENT, [], MEANINGS, PAGE).page == ""
    assert track_of(taken, [], MEANINGS, "").page == ""


def test_before_the_carrier_has_it_nothing_has_happened() -> None:
    assert track_of(SENT, [], MEANINGS, PAGE)[1:] == (State.TO_DISPATCH, AT, "", "", ())
