"""How a result in the post reads on the citizen's pages."""

from typing import Any, Final

from chalicelib.dossiers.rules import Dossier
from chalicelib.postal import actions as post
from chalicelib.postal import vnpost
from chalicelib.postal.rules import State
from chalicelib.postal.tracking import Meaning
from chalicelib.refusals import Language
from chalicelib.site.wording import Words, said

CARRIERS: Final[dict[str, Words]] = {vnpost.NAME: ("Bưu điện Việt Nam (VNPost)", "Vietnam Post (VNPost)")}
STATES: Final[dict[State, tuple[Words, str]]] = {
    State.TO_DISPATCH: (("Chờ bưu chính nhận", "Waiting for the post to take it"), "waiting"),
    State.DISPATCHED: (("Bưu chính đã nhận", "With the post"), "waiting"),
    State.IN_TRANSIT: (("Đang trên đường", "On its way"), "waiting"),
    State.DELIVERED: (("Đã phát", "Delivered"), "good"),
    State.RETURNED_TO_SENDER: (("Bị hoàn về cơ quan gửi", "Came back to the agency"), "late"),
    State.FAILED: (("Phát không thành công", "Could not be delivered"), "late"),
    State.NEEDS_PERSON: (
        ("Cơ quan đang làm việc với bưu chính", "The agency sees to it with the post"),
        "waiting",
    ),
    State.CLOSED: (("Cơ quan trả kết quả theo cách khác", "The agency returns the result another way"), "ended"),
}
STOPS: Final[dict[Meaning, Words]] = {
    Meaning.ACCEPTED: ("Bưu chính nhận gửi", "Taken by the post"),
    Meaning.IN_TRANSIT: ("Đang vận chuyển", "On its way"),
    Meaning.DELIVERED: ("Đã phát", "Delivered"),
    Meaning.RETURNED_TO_SENDER: ("Hoàn về nơi gửi", "Sent back"),
    Meaning.FAILED: ("Phát không thành công", "Could not be delivered"),
}


def parcel(dossier: Dossier, language: Language, *, its_citizen: bool) -> dict[str, Any] | None:
    """The newest parcel of a dossier its reader was let in to; None before there is one.

    What the carrier said in its own words, which may name people, is for the dossier's own citizen only.
    """
    track = post.track(dossier.id) if dossier.shipping.status != "none" else None
    if track is None:
        return None
    words, kind = STATES[track.state]
    return {
        "carrier": said(CARRIERS[track.carrier], language),
        "state": said(words, language),
        "kind": kind,
        "since": track.since,
        "code": track.code,
        "page": track.page,
        "stops": [
            {"name": said(STOPS[each.meaning], language), "at": each.at, "note": each.said if its_citizen else ""}
            for each in reversed(track.stops)
        ],
    }
