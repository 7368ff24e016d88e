"""docs/care.md names for each command just the permissions that it is seen to use."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore import handlers

from chalicelib.clock.now import now
from chalicelib.dossiers import records
from chalicelib.history import followups
from chalicelib.history.records import dossier_key
from chalicelib.settings import settings
from ops.care import doctor, letters, migrations
from tests.care import test_doctor as faults
from tests.care.conftest import Healthy, changed
from tests.care.test_letters import BOUNCE, Letters, lost_stretch
from tests.care.test_migrations import as_of_old
from tests.conftest import forget_connections
from tests.roles import INSIDE_TRANSACTIONS, ROOT

S3 = {
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "DeleteObject": "s3:DeleteObject",
}
WRITES = {"PutItem", "UpdateItem", "DeleteItem"}
# Each on a dossier, or a part of one, that none of the others touches.
MENDED = (
    *(faults.no_queue, faults.no_officer, faults.not_searched, faults.old_status, faults.entry_of_nobody),
    *(faults.letter_that_should_not_wait, faults.deleted_file, faults.miscount, faults.payment_never_asked),
    *(faults.parcel_off_watch, faults.parcel_nobody_finds, faults.not_told, faults.entry_elsewhere),
    faults.count_of_yesterday,
)


class Heard(set[str]):
    """The permissions used while `at` something, by any of its threads."""

    listens = False

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self.listens:
            self.update(_permissions(model.service_model.service_name, model.name, params))

    def at(self, what: Callable[[], object]) -> set[str]:
        self.clear()
        self.listens = True
        try:
            what()
        finally:
            self.listens = False
        return set(self)


def _permissions(service: str, operation: str, params: dict[str, Any]) -> Iterator[str]:
    if operation == "TransactWriteItems":
        yield from (INSIDE_TRANSACTIONS[kind] for item in params["TransactItems"] for kind in item)
    elif service == "s3":
        yield S3[operation] + ("Version" if "VersionId" in params else "")
    else:
        yield "lambda:InvokeFunction" if operation == "Invoke" else f"{service}:{operation}"


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Asked for before the cloud is mocked, so that every client is heard."""
    heard = Heard()
    handlers.BUILTIN_HANDLERS.append(("before-parameter-build", heard.note))
    forget_connections()
    yield heard
    forget_connections()
    handlers.BUILTIN_HANDLERS.remove(("before-parameter-build", heard.note))


def written(command: str) -> set[str]:
    """What the table of docs/care.md names for the command."""
    rows = re.findall(r"^\| `(.+?)` \| (.+) \|$", (ROOT / "docs" / "care.md").read_text(encoding="utf-8"), re.M)
    service, found = "", set()
    for name in re.findall(r"`((?:[a-z0-9]+:)?[A-Z][A-Za-z]+)`", dict(rows)[command]):
        service = name.partition(":")[0] if ":" in name else service
        found.add(f"{service}:{name.rpartition(':')[2]}")
    return found


def test_the_doctor_is_given_what_it_uses(
    heard: Heard, healthy: Healthy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = boto3.client("sqs").get_queue_url(QueueName="motcua-notices")["QueueUrl"]
    current = settings().model_copy(update={f"{name.upper()}_QUEUE": url for name in followups.FOLLOWERS})
    monkeypatch.setattr(followups, "settings", lambda: current)
    healthy.everything()
    for fault in MENDED:
        fault(healthy)
    later = now() + faults.LATER

    looked = heard.at(lambda: doctor.main("here", later, repair=False, every=False))
    mended = heard.at(lambda: doctor.main("here", later, repair=True, every=False))

    assert looked == written("doctor")
    assert mended - looked == written("doctor REPAIR=1")


def test_letters_are_given_what_they_use(
    heard: Heard, healthy: Healthy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office, dossier_id = Letters(), healthy["draft"]
    named = {f"{name.upper()}_QUEUE": office.named[f"{name.title()}Queue"] for name in followups.FOLLOWERS}
    monkeypatch.setattr(followups, "settings", lambda: settings().model_copy(update=named))
    monkeypatch.setattr(letters, "LISTEN", 0)
    office.die("PostDeadLetters", {"dossier_id": dossier_id, "seq": 1})
    office.die("NoticesDeadLetters", BOUNCE)
    office.die("RelayDeadLetters", lost_stretch())

    listed = heard.at(office.run)
    sent = heard.at(lambda: office.run("all"))  # the bounces' function is not here: it is asked, and the letter stays

    assert listed == written("letters")
    assert sent - listed == written("redrive")


def test_a_migration_is_given_what_it_uses(heard: Heard, healthy: Healthy, capsys: pytest.CaptureFixture[str]) -> None:
    healthy.everything()
    for state in ("accepted", "returned"):
        as_of_old(healthy[state])
    head = records.load(healthy["stopped"])
    other = head.model_copy(update={"found_by": (*head.found_by, "name#of an earlier rule#260101")})
    changed(dossier_key(head.id), "DOSSIER", body={"S": other.model_dump_json()})
    forget_connections()  # as in a process that has read nothing yet

    looked = heard.at(lambda: migrations.main("here", now, dry=True, again=""))
    done = heard.at(lambda: migrations.main("here", now, dry=False, again=""))

    assert looked <= {each for each in written("migrate") if each.partition(":")[2] not in WRITES}
    assert looked | done == written("migrate")
