"""What a page costs the server beside the calls of the API that tell the same: on the local cloud, in one process."""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ops.bench.world import Ask, Service, least, over, served, table
from ops.local import cloud, keys

if TYPE_CHECKING:
    from chalicelib.dossiers.rules import Dossier

TARGET: Final = 1.5
TIMES: Final = 60
QUEUES: Final = ("to_accept", "in_progress", "supplement", "paused", "due_soon", "overdue", "to_return")
OF_DOSSIER: Final = ("", "/history", "/documents", "/deadline", "/payments", "/papers")


class Row(NamedTuple):
    """A page, and the calls it stands for."""

    name: str
    page: Ask
    calls: Sequence[Ask]


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with cloud.running(folder / "cloud", keep=False) as endpoint, over(folder, endpoint):
            _measure(folder)


def _measure(folder: Path) -> None:
    cloud.create_bare(os.environ, keys.credentials(folder))
    with served() as service:
        lines = [_line(service, row) for row in _rows(service, folder)]
    heads = ("", "page ms", "API ms", f"ratio (≤ {TARGET})", "of CPU", "calls", "AWS, page", "AWS, API")
    sys.stdout.write(table(heads, lines) + "\n")


def _line(service: Service, row: Row) -> tuple[str, ...]:
    page, calls = least(TIMES, lambda: service.page(row.page), lambda: [service.api(each) for each in row.calls])
    counts = []
    for act in (lambda: service.page(row.page), lambda: [service.api(each) for each in row.calls]):
        service.asked.clear()
        act()
        counts.append(str(len(service.asked)))
    told = f"{page.wall / calls.wall:.2f}" + ("" if page.wall <= TARGET * calls.wall else " !")
    taken = (f"{page.wall:.1f}", f"{calls.wall:.1f}", told, f"{page.cpu / calls.cpu:.2f}")
    return (row.name, *taken, str(len(row.calls)), *counts)


def _rows(service: Service, folder: Path) -> list[Row]:
    """Of a province with the sample's procedures and a few dossiers, seen by one of its clerks and a citizen."""
    dossier = _filled(service, folder)
    return [
        *_of_everybody(dossier),
        *_of_dossier(dossier),
        *_of_desk(str(dossier.applicant and dossier.applicant.phone)),
    ]


def _filled(service: Service, folder: Path) -> "Dossier":
    from chalicelib.access import Caller
    from chalicelib.clock.now import now
    from chalicelib.dossiers import records
    from ops import load_sample
    from ops.care.filling import Filling

    load_sample.load(load_sample.SAMPLE, now().date())
    filling = Filling(now())
    at_work = filling.processing()
    for _ in range(10):
        filling.submitted()
    dossier = records.load(at_work)
    clerk = Caller("officer", "an", "an", frozenset({"clerk"}), dossier.agency)
    service.sign_in("clerk", clerk, keys.token(folder, "clerk", "an", {"agency": dossier.agency}))
    service.sign_in("citizen", filling.citizen, "")
    return dossier


def _of_everybody(dossier: "Dossier") -> list[Row]:
    from chalicelib.catalogue import actions as catalogue
    from chalicelib.catalogue.search import Wanted
    from chalicelib.clock.now import now

    look_up = {"code": str(dossier.code), "proof": "0000"}
    told = [Ask("POST", f"/{what}-lookups", look_up) for what in ("status", "deadline")]
    procedure = catalogue.find(Wanted("đăng ký khai sinh"), now())[0].code
    return [
        Row("search of procedures", Ask("GET", "/tim?q=khai+sinh"), [Ask("GET", "/procedures?q=khai+sinh&limit=20")]),
        Row("a procedure", Ask("GET", f"/thu-tuc/{procedure}"), [Ask("GET", f"/procedures/{procedure}")]),
        Row("status by code and proof", Ask("POST", "/tra-cuu", look_up), told),
    ]


def _of_dossier(dossier: "Dossier") -> list[Row]:
    calls = [Ask("GET", f"/dossiers/{dossier.id}{each}", who="clerk") for each in OF_DOSSIER]
    return [
        Row("a citizen's dossier", Ask("GET", f"/ho-so/{dossier.id}", who="citizen"), calls),
        Row("an officer's dossier", Ask("GET", f"/can-bo/ho-so/{dossier.id}", who="clerk"), calls),
    ]


def _of_desk(phone: str) -> list[Row]:
    counted = [Ask("GET", f"/desk/dossiers?queue={each}&limit=100", who="clerk") for each in QUEUES]
    queue, found = [Ask("GET", "/desk/dossiers?queue=to_accept", who="clerk"), *counted], {"text": phone}
    return [
        Row("the desk, seven queues counted", Ask("GET", "/can-bo?hang=to_accept", who="clerk"), queue),
        Row(
            "the desk's search",
            Ask("POST", "/can-bo/tim", found, "clerk"),
            [Ask("POST", "/desk/searches", found, "clerk")],
        ),
    ]


if __name__ == "__main__":
    main()
