"""The files of a result stay as they were when it was decided, whatever happens to them afterwards."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from chalicelib.clock.now import now
from chalicelib.documents import actions, files, records
from chalicelib.settings import settings
from tests.dossiers.conftest import accepted
from tests.people import Town
from tests.towns import a_clean_file, opened

OURS, HERE = "binh", "H32.10"


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with opened() as town:
        yield town


@pytest.fixture(name="accepted")
def one_accepted(town: Town) -> str:
    return accepted(town)


def place(dossier_id: str, document_id: str) -> dict[str, str]:
    return {"Bucket": settings().BUCKET, "Key": records.find(dossier_id, document_id).kept_key}


def locked(dossier_id: str, document_id: str) -> tuple[str, datetime] | None:
    head = files.client().head_object(**place(dossier_id, document_id))
    return (head["ObjectLockMode"], head["ObjectLockRetainUntilDate"]) if "ObjectLockMode" in head else None


def given(town: Town, role: str, dossier_id: str, scan: str) -> int:
    result = {"outcome": "granted", "documents": [scan]}
    return town.officer(role, HERE).decide(dossier_id, "result", result).status


def test_a_results_file_is_locked_for_ten_years_when_it_is_decided(town: Town, accepted: str) -> None:
    scan, draft = (a_clean_file(accepted, "result", by="officer") for _ in range(2))

    assert given(town, "approver", accepted, scan) == 200

    mode, until = locked(accepted, scan)
    assert mode == "GOVERNANCE"
    assert until > now() + actions.RESULT_LOCKED - timedelta(days=1)
    assert timedelta(days=365 * 10) < actions.RESULT_LOCKED
    assert locked(accepted, draft) is None, "only what the result names"


def test_what_is_only_proposed_is_not_locked(town: Town, accepted: str) -> None:
    scan = a_clean_file(accepted, "result", by="officer")

    assert given(town, "specialist", accepted, scan) == 200

    assert locked(accepted, scan) is None


def test_nobody_of_ours_can_end_the_locked_bytes(town: Town, accepted: str) -> None:
    scan = a_clean_file(accepted, "result", by="officer")
    assert given(town, "approver", accepted, scan) == 200
    where = place(accepted, scan)
    version = files.client().head_object(**where)["VersionId"]

    with pytest.raises(ClientError, match="AccessDenied"):
        files.client().delete_object(**where, VersionId=version)


def test_a_result_decided_while_its_file_is_taken_out_is_a_conflict_and_no_fault(
    town: Town, accepted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = a_clean_file(accepted, "result", by="officer")

    def taken_out_first(**_: object) -> None:
        actions.remove(accepted, scan, now())
        raise ClientError({"Error": {"Code": "MethodNotAllowed"}}, "PutObjectRetention")

    monkeypatch.setattr(files.client(), "put_object_retention", taken_out_first)

    assert given(town, "approver", accepted, scan) == 409
    assert town.officer("approver", HERE).get(f"/dossiers/{accepted}").body["status"] == "accepted"
