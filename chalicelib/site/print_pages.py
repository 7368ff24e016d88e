"""Papers of the dossiers ticked at the desk as one file to print, with an outcome for each and in bounded time."""

from datetime import datetime
from time import monotonic
from typing import Final

from chalicelib.access import require
from chalicelib.dossiers.printing import press
from chalicelib.papers.binding import bound
from chalicelib.papers.forms import PaperKind, set_on
from chalicelib.refusals import Malformed, Refusal
from chalicelib.site.pages import Pages
from chalicelib.site.ticks import Outcome, Tick, ticks
from chalicelib.site.visits import Html, Visit, here
from chalicelib.web.call import plain

pages: Final = Pages(__name__)
KINDS: Final = tuple(each for each in PaperKind if each is not PaperKind.REGISTER)
SECONDS: Final = 16.0  # for the papers; the gateway waits 29, and a hundred are bound and kept in less than ten
LATER: Final = ("Chưa kịp in trong lần này.", "There was no time for it now.")


def printable(now: datetime) -> list[tuple[str, str]]:
    """The forms in force that a dossier may have, by name."""
    in_force = set_on(now.date()).forms
    return [(kind.value, in_force[kind].title) for kind in KINDS if kind in in_force]


@pages.page("POST", "/can-bo/in", who="officer")
def print_many(visit: Visit) -> Html:
    """What is not made yet is made and kept, so that those left over for want of time go faster the next time."""
    require(visit.person, "read")
    if visit.form["giay"] not in KINDS:
        raise Malformed
    ticked, papers = ticks(visit.form), dict[str, bytes]()
    outcomes, rest = _printed(visit, ticked, papers)
    facts = {
        "outcomes": outcomes,
        "done": len(papers),
        "link": bound(papers, visit.now).url if papers else "",
        "rest": [each.sent for each in rest],
        "back": here("/can-bo", hang=visit.form["hang"]),
    }
    return Html("desk-printed.html", visit.told("In giấy tờ", "Print papers"), facts)


def _printed(visit: Visit, ticked: list[Tick], papers: dict[str, bytes]) -> tuple[list[Outcome], list[Tick]]:
    """Fills `papers`; what became of each, and those for which there was no time."""
    printed, until = press(PaperKind(visit.form["giay"]), visit.person, visit.now), monotonic() + SECONDS
    outcomes: list[Outcome] = []
    for place, each in enumerate(ticked):
        if monotonic() > until:
            rest = ticked[place:]
            return [*outcomes, *(late.became(visit.told(*LATER)) for late in rest)], rest
        try:
            paper = printed(plain(each.id))
            papers[paper.paper_id] = paper.pdf
            outcomes.append(each.became("", is_done=True))
        except Refusal as no:
            outcomes.append(each.became(no.told(visit.language)))
    return outcomes, []
