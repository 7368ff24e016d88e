"""`make drill`: fills a stack, backs it up, destroys it, restores it to a new one, and compares all that was in it."""

import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, NamedTuple

from ops.local import cloud
from ops.local.template import stage_environment
from ops.local.vnpost_double import VnpostDouble

DIFFERENT_ON_AWS: Final = """\
Not rehearsed here, because no emulator does it (docs/restore.md says how it is done, and how long it takes):
  - point-in-time recovery: AWS restores the table to any second of the last 35 days, in minutes to hours, to a NEW
    table; newest point about five minutes ago, so there RPO is 5 minutes and RTO is AWS's restore, not the copy above
  - what a restored table does not bring: its stream, TTL, point-in-time recovery, deletion protection, alarms, tags
  - the bucket is not destroyed with a stack: its versions are kept 30 days, and a deletion is taken back
  - on-demand backups and AWS Backup's vaults, encryption keys, another region, an account that is lost
  - messages in queues: they are not backed up; the follow-up marks in the table say what is still to be told"""


class Failed(Exception):
    """Something that was there is not; the message names what."""


class Drilled(NamedTuple):
    """What was compared, and the seconds each part took. `rpo`: how old the backup was when the stack went."""

    dossiers: int
    by_state: dict[str, int]
    compared: dict[str, int]
    seconds: dict[str, float]
    rpo: float
    rto: float


def drill(count: int, folder: Path, spoil: Callable[[Path], object] = lambda _: None) -> Drilled:
    """`spoil` may do to the backup what a drill is to notice. Raises `Failed`, or the backup's `Incomplete`."""
    from chalicelib.clock.now import now
    from chalicelib.dossiers import records
    from ops.care import backup, doctor
    from ops.care.filling import Filling

    clock, kept = Clock(), folder / "backup"
    with stack(folder / "before"):
        made = list(Filling(now()).fill(count))
        by_state = dict(Counter(records.load(each).stage.value for each in made))
        clock.lap("filling")
        before = backup.fingerprint()
        clock.lap("fingerprint")
        backed_up = time.monotonic()
        backup.back_up(kept)
        clock.lap("backup")
    destroyed = time.monotonic()
    spoil(kept)
    clock.lap("destroying")
    with stack(folder / "after"):
        backup.restore(kept)
        clock.lap("restoring")
        compared = _compared(before, backup.fingerprint(), made)
        clock.lap("comparing")
        wrong = list(doctor.findings(now()))
        if wrong:
            raise Failed(f"after the restore the doctor finds: {', '.join(' '.join(each.name) for each in wrong[:5])}")
        clock.lap("doctor")
    return Drilled(count, by_state, compared, clock.laps, destroyed - backed_up, time.monotonic() - destroyed)


def _compared(before: dict[str, str], after: dict[str, str], made: list[str]) -> dict[str, int]:
    """How many of each kind are as they were; what differs is named, first what is missing."""
    wrong = [f"{name} is missing" for name in before if name not in after]
    wrong += [f"{name} is not what it was" for name in before if name in after and after[name] != before[name]]
    wrong += [f"{name} was not there" for name in after if name not in before]
    if wrong:
        raise Failed(f"{len(wrong)} differences: " + "; ".join(wrong[:5]))
    counted = Counter(name.split(" ")[0] for name in before)
    return dict(counted) | {"document hashes": _hashed(made), "history roots": _rooted(made)}


def _hashed(made: list[str]) -> int:
    """Every checked document of every dossier: its bytes digest to what the dossier says of them."""
    from chalicelib.documents.records import of_dossier
    from chalicelib.documents.rules import State
    from ops.care.backup import file_digest

    documents = [each for dossier_id in made for each in of_dossier(dossier_id) if each.state is State.CLEAN]
    for each in documents:
        if file_digest(each.kept_key) != each.sha256:
            raise Failed(f"document {each.id} of dossier {each.dossier_id} has other bytes than were checked")
    return len(documents)


def _rooted(made: list[str]) -> int:
    """Every history holds, and ends in the hash that its dossier ends in."""
    from chalicelib.dossiers import records
    from chalicelib.history.records import events
    from chalicelib.history.rules import broken_at

    for dossier_id in made:
        chain = events(dossier_id)
        if broken_at(chain) is not None or chain[-1].hash != records.load(dossier_id).last_hash:
            raise Failed(f"the history of dossier {dossier_id} does not hold")
    return len(made)


class Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._began = time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.laps[name], self._began = now - self._began, now


# ——— a stack of nobody's ———


@contextmanager
def stack(folder: Path) -> Iterator[None]:
    """The table, bucket, queues and secret of the template on a cloud of their own; gone with the block."""
    with ExitStack() as opened:
        endpoint = opened.enter_context(cloud.running(folder, keep=False))
        carrier = opened.enter_context(VnpostDouble(folder / "carrier"))
        opened.callback(_enter, dict(os.environ))
        own = stage_environment("local") | cloud.aws_environment(endpoint)
        own |= {"VNPOST_URL": carrier.url, "CARRIER_CA_FILE": str(carrier.ca_file)}
        _enter(dict(os.environ) | own)
        cloud.create_bare(os.environ, _secrets(carrier))
        cloud.client("s3").put_bucket_versioning(
            Bucket=os.environ["BUCKET"], VersioningConfiguration={"Status": "Enabled"}
        )
        cloud.client("sesv2").create_email_identity(EmailIdentity=os.environ["MAIL_FROM"])
        yield
        shutil.rmtree(folder, ignore_errors=True)


def _secrets(carrier: VnpostDouble) -> dict[str, Any]:
    return {"vnpost": carrier.keys, "vnpay": {"tmn_code": "DRILL001", "secret": "of-a-drill-only-and-nothing-else"}}


def _enter(variables: dict[str, str]) -> None:
    """From here on the service means this cloud: what it remembers of another is forgotten, as by a new process."""
    os.environ.clear()
    os.environ.update(variables)
    from aws_lambda_powertools.utilities import parameters

    parameters.clear_caches()  # type: ignore[no-untyped-call]
    for name, module in list(sys.modules.items()):
        if name.startswith("chalicelib"):
            for value in list(vars(module).values()):
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()
    if "chalicelib.table" in sys.modules:
        _disconnect(sys.modules["chalicelib.table"].Item)


def _disconnect(kind: Any) -> None:
    kind._connection = None
    for below in kind.__subclasses__():
        _disconnect(below)


def main(count: int) -> int:
    """Prints what was compared, and how long it took; 1 when something is missing."""
    cloud.stand_alone()
    from ops.care.backup import Incomplete

    folder = Path(mkdtemp(prefix="drill-"))
    try:
        done = drill(count, folder)
    except (Failed, Incomplete) as failure:
        print(f"THE DRILL FAILED: {failure}")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{done.dossiers} dossiers: " + ", ".join(f"{n} {state}" for state, n in sorted(done.by_state.items())))
    print(
        "The same after the restore as before: " + ", ".join(f"{n:,} {of}" for of, n in sorted(done.compared.items()))
    )
    print("Seconds: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in done.seconds.items()))
    print(
        f"RPO {done.rpo:.1f} s (the backup began so long before the stack went), RTO {done.rto:.1f} s (until compared)"
    )
    print(DIFFERENT_ON_AWS)
    return 0
