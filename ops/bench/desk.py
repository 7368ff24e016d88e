"""What desk, search, look-up, supervision and sweep cost at 100, 1,000, 100,000 dossiers: the same requests, as quick.

A desk of 1,000 shows and counts as much as one of any more: a page is full, and no queue is counted further than 99.

Each size has a process and an emulator (dynoxide) of its own, which is filled by importing a file: written one by one,
100,000 dossiers take longer than anybody waits.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import cycle, islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ops.bench.world import Ask, Service, least, over, served, table
from ops.local import cloud, dynoxide, keys
from ops.local.template import table_request

if TYPE_CHECKING:
    from chalicelib.dossiers.rules import Dossier

SIZES: Final = (100, 1_000, 100_000)
TIMES: Final = 40
PATIENCE: Final = 600.0  # for the import, on a slow machine
AGENCY: Final = "H32.10"
FAMILIES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi")
MIDDLES: Final = ("Văn", "Thị", "Minh", "Ngọc", "Thu")
GIVEN: Final = ("An", "Bình", "Cường", "Dung", "Hoà", "Hạnh", "Lan", "Long", "Mai", "Nam", "Phúc", "Sơn", "Thảo", "Yến")
ASKED: Final = {
    "desk, to accept": Ask("GET", "/can-bo?hang=to_accept", who="clerk"),
    "desk, in progress": Ask("GET", "/can-bo?hang=in_progress", who="clerk"),
    "queue to accept (API)": Ask("GET", "/desk/dossiers?queue=to_accept", who="clerk"),
    "search by given name": Ask("POST", "/desk/searches", {"text": "an", "limit": 5}, "clerk"),
    "search by family name": Ask("POST", "/desk/searches", {"text": "nguyen", "limit": 5}, "clerk"),
    "search by phone": Ask("POST", "/desk/searches", {"text": "0900000001", "limit": 5}, "clerk"),
    "search by code": Ask("POST", "/desk/searches", {"text": "H32.10-260901-0001", "limit": 5}, "clerk"),
    "search for nobody": Ask("POST", "/desk/searches", {"text": "khong co ai", "limit": 5}, "clerk"),
    "status look-up": Ask("POST", "/status-lookups", {"code": "H32.10-260901-0001", "proof": "0001"}),
    "supervision, by officer": Ask("GET", "/can-bo/giam-sat", who="supervisor"),
}
SWEEP: Final = "sweep, nothing newly due"
MORE_ITEMS, MORE_TIME = 1.1, 2.0
FLAT: Final = "flat: the same requests at {0}, {1} and {2}, and at {2} no more items read and no longer than at {1}\n"


def main() -> int:
    if len(sys.argv) > 1:
        json.dump(_measured(int(sys.argv[1])), sys.stdout)
        return 0
    try:
        dynoxide.program()
    except cloud.CloudFailed as no:
        sys.stderr.write(f"the desk and its search are NOT MEASURED: {no}\n")
        return 1
    costs = [_in_a_process_of_its_own(size) for size in SIZES]
    sizes = [f"{size:,}" for size in SIZES]
    heads = (
        "dossiers",
        *(f"ms at {size}" for size in sizes),
        "ratio",
        "requests",
        *(f"items at {size}" for size in sizes),
    )
    sys.stdout.write(table(heads, [_line([each[name] for each in costs], name) for name in costs[0]]) + "\n")
    growing = grown(costs)
    sys.stdout.write("\n".join(growing) + "\n" if growing else FLAT.format(*sizes))
    return 1 if growing else 0


def grown(costs: Sequence[dict[str, dict[str, Any]]]) -> list[str]:
    """What is not flat, in words: other requests than of the smallest, or more items read or time taken than of the
    size before the largest, at which every page is full already. Time is left some room for the machine."""
    few, before, most = costs[0], costs[-2], costs[-1]
    told = []
    for name, each in most.items():
        if each["requests"] != few[name]["requests"]:
            told.append(f"NOT THE SAME REQUESTS: {name}")
        if each["items"] > before[name]["items"] * MORE_ITEMS:
            told.append(f"MORE ITEMS READ: {name}")
        if each["ms"] > before[name]["ms"] * MORE_TIME:
            told.append(f"SLOWER: {name}")
    return told


def _line(costs: Sequence[dict[str, Any]], name: str) -> Sequence[str]:
    """The ratio: of the largest to the one before."""
    taken = [each["ms"] for each in costs]
    items = [str(each["items"]) for each in costs]
    requests = str(len(costs[-1]["requests"]))
    return (name, *(f"{each:.1f}" for each in taken), f"{taken[-1] / taken[-2]:.2f}", requests, *items)


def _in_a_process_of_its_own(size: int) -> dict[str, dict[str, Any]]:
    ran = subprocess.run([sys.executable, "-m", "ops.bench.desk", str(size)], stdout=subprocess.PIPE, check=True)
    found: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return found


def _measured(size: int) -> dict[str, dict[str, Any]]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        schema = folder / "schema.json"
        wanted = {key: value for key, value in table_request("").items() if key != "StreamSpecification"}
        with dynoxide.serving() as endpoint, over(folder, endpoint):
            # Whatever the service asks of the table while the heads are made: there is nothing in it yet.
            cloud.client("dynamodb").create_table(**wanted | {"TableName": os.environ["TABLE"]})
            schema.write_text(json.dumps({"Table": {**wanted, "TableName": os.environ["TABLE"]}}), encoding="utf-8")
            _write(folder / "export" / os.environ["TABLE"] / "data" / "all.json.gz", size)
        given = ("import", "--source", str(folder / "export"), "--schema", str(schema), "--serve")
        with dynoxide.serving(*given, patience=PATIENCE) as endpoint:
            os.environ.update(cloud.aws_environment(endpoint))
            sys.stderr.write(f"{size:,} dossiers made and imported in {time.monotonic() - began:.0f} s\n")
            return _asked(folder)


def _asked(folder: Path) -> dict[str, dict[str, Any]]:
    from chalicelib.access import Caller
    from chalicelib.table import Item

    Item._connection = None  # the one to the emulator that is gone
    with served() as service:
        clerk = Caller("officer", "an", "an", frozenset({"clerk"}), AGENCY)
        service.sign_in("clerk", clerk, keys.token(folder, "clerk", "an", {"agency": AGENCY}))
        lan = Caller("officer", "lan", "lan", frozenset({"supervisor"}), AGENCY)
        service.sign_in("supervisor", lan, keys.token(folder, "supervisor", "lan", {"agency": AGENCY}))
        asked = {name: _cost(service, _asking(service, ask)) for name, ask in ASKED.items()}
        return asked | {SWEEP: _cost(service, _swept)}


def _asking(service: Service, ask: Ask) -> Callable[[], object]:
    act = service.page if ask.path.startswith("/can-bo") else service.api
    return lambda: act(ask)


def _swept() -> None:
    """At an hour at which nothing is due yet: what every quarter of an hour costs, whoever waits."""
    from chalicelib.clock.now import now
    from chalicelib.dossiers.clock_actions import flag_deadlines

    assert flag_deadlines(now() - timedelta(days=400)) == 0  # noqa: S101


def _cost(service: Service, act: Callable[[], object]) -> dict[str, Any]:
    (taken,) = least(TIMES, act)
    service.asked.clear()
    service.read = 0
    act()
    return {"ms": taken.wall, "requests": list(service.asked), "items": service.read}


def _write(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True)
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        for item in _items(size):
            file.write(json.dumps({"Item": item}) + "\n")


def _items(size: int) -> Iterator[dict[str, Any]]:
    """Each head with all that finds it, as `records.keep` would have written them."""
    from chalicelib.dossiers import find_records, records
    from chalicelib.table import Put

    for number, dossier in enumerate(islice(_dossiers(), size)):
        yield records.head_of(dossier).serialize()
        for write in find_records.kept(None, dossier):
            assert isinstance(write, Put)  # noqa: S101 - there was nothing to delete
            yield write.item.serialize()
        if not number:
            yield _status(dossier)


def _status(dossier: "Dossier") -> dict[str, Any]:
    """For the search by code, of the first: an item for each would say nothing more."""
    from chalicelib.dossiers.items import StatusItem
    from chalicelib.dossiers.proofs import proofs
    from chalicelib.dossiers.records import public_body

    body, proved = public_body(dossier), proofs(dossier, str(dossier.code))
    return StatusItem(f"C#{dossier.code}", "STATUS", body=body, proofs=proved, steps=[]).serialize()


def _dossiers() -> Iterator["Dossier"]:
    """Open ones, without end: most to be accepted, the others in every stage in which a dossier waits for somebody."""
    from chalicelib.clock.now import now
    from chalicelib.dossiers import finding
    from chalicelib.dossiers.life import Stage

    stages = cycle([Stage.SUBMITTED] * 3 + [Stage.PROCESSING, Stage.SUPPLEMENT_REQUESTED, Stage.FINISHED])
    names = cycle(" ".join(each) for each in product(MIDDLES, GIVEN, FAMILIES))
    first, at = _first(), now()
    for number, (stage, name) in enumerate(zip(stages, names, strict=False), 1):
        middle, given, family = name.split()
        assert first.applicant is not None  # noqa: S101
        facts = {"full_name": f"{family} {middle} {given}", "phone": f"+84{900_000_000 + number}"}
        due = at + timedelta(minutes=number % 20_000)
        made = first.model_copy(
            update={
                **{"id": f"{number:026d}", "code": f"{AGENCY}-260901-{number:04d}", "stage": stage, "due_at": due},
                **{"acceptance_due_at": due, "submitted_at": at, "changed_at": at, "version": 2},
                "applicant": first.applicant.model_copy(update=facts),
            }
        )
        yield made.model_copy(update={"found_by": finding.entries(made)})


def _first() -> "Dossier":
    from chalicelib.clock.now import now
    from chalicelib.dossiers import filing
    from chalicelib.dossiers.people import Delivery, Person
    from chalicelib.dossiers.rules import Dossier
    from ops import load_sample
    from ops.care.filling import SOMEBODY

    procedure = next(load_sample.procedures(load_sample.SAMPLE))
    return Dossier(
        id="first",
        procedure=filing.pinned(procedure),
        agency=AGENCY,
        citizen_key="nobody",
        applicant=Person.model_validate(SOMEBODY),
        delivery=Delivery(channel="online"),
        created_at=now(),
        changed_at=now(),
        turn_since=now(),
    )


if __name__ == "__main__":
    sys.exit(main())
