"""A draft that is never filed ends whole, discarded or erased by the clock; nothing of its people is left."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.clock.now import now
from chalicelib.documents import actions as documents
from chalicelib.documents import records as document_records
from chalicelib.documents.rules import MOST
from chalicelib.dossiers import clock_actions, drafts, records
from chalicelib.history.records import events
from chalicelib.settings import settings
from chalicelib.table import Item
from tests.dossiers.conftest import FREE, POSTED, WITH_PAPER, Uploaded, a_draft, an_applicant, file
from tests.people import Person, Reply, Town

Upload = Callable[..., Uploaded]
HERE = "H32.10"
OWNER = an_applicant(full_name="Lê Văn Chủ", email=None)


def begun(person: Person, procedure: str = WITH_PAPER.code, **changes: Any) -> str:
    draft = person.post("/dossiers", a_draft(procedure, **changes))
    assert draft.status == 201, draft
    return str(draft.body["id"])


def discarded(person: Person, dossier_id: str, **sent: Any) -> Reply:
    return person.ask("DELETE", f"/dossiers/{dossier_id}", **sent)


def types(dossier_id: str) -> list[str]:
    return [event.type.value for event in events(dossier_id)]


def stored() -> list[str]:
    return [each["Key"] for each in boto3.client("s3").list_objects_v2(Bucket=settings().BUCKET).get("Contents", ())]


def kept_of(dossier_id: str) -> str:
    """All that the table still holds of it, as text."""
    items = list(Item.query(f"D#{dossier_id}"))
    return "\n".join(str(item.attribute_values) for item in items)


def test_a_draft_is_discarded_with_its_files(town: Town, uploaded: Upload) -> None:
    binh = town.citizen()
    draft = begun(binh, delivery=POSTED, owner=OWNER)
    uploaded(binh, draft, "giay-to")
    uploaded(binh, draft, "giay-to", checked=False)

    assert (discarded(binh, draft).status, types(draft)) == (204, ["created", "draft_discarded"])

    gone = binh.get(f"/dossiers/{draft}")
    assert (gone.status, gone.body["code"]) == (410, "draft_expired")
    assert binh.get("/dossiers").body["items"] == []
    assert stored() == []


@pytest.mark.parametrize("by", ["discarded", "expired"])
def test_nothing_of_its_people_is_left(town: Town, by: str) -> None:
    binh = town.citizen()
    draft = begun(binh, delivery=POSTED, owner=OWNER)
    assert "Trần Thị Bình" in kept_of(draft)

    if by == "discarded":
        assert discarded(binh, draft).status == 204
    else:
        expire(now())

    left = kept_of(draft)
    for said in ("Trần", "Lê Văn Chủ", "Lê Lợi", "905123456", "056190001234", "example.vn", "Bổ túc"):
        assert said not in left, said


def expire(begun_at: datetime) -> None:
    for days in (28, 32):
        clock_actions.expire_drafts(begun_at + timedelta(days=days))


def test_what_is_gone_is_gone(town: Town) -> None:
    binh = town.citizen()
    draft = begun(binh)
    discarded(binh, draft)

    again, edited = discarded(binh, draft), binh.patch(f"/dossiers/{draft}", {"form": {}}, seen='"2"')
    assert (again.status, again.body["code"]) == (410, "draft_expired")
    assert (edited.status, edited.body["code"]) == (409, "not_in_this_status")
    assert "Bản nháp đã bị xoá" in edited.body["detail"]
    assert types(draft) == ["created", "draft_discarded"]


def test_what_was_filed_is_withdrawn_not_discarded(town: Town) -> None:
    binh = town.citizen()
    filed = file(binh)["id"]

    refused = discarded(binh, filed)

    assert (refused.status, refused.body["code"]) == (409, "not_in_this_status")
    assert binh.get(f"/dossiers/{filed}").body["status"] == "submitted"


def test_only_whose_it_is_may_discard_it(town: Town) -> None:
    draft = begun(town.citizen())
    officers = [town.officer(role, HERE) for role in ("clerk", "approver", "admin")]

    assert discarded(town.citizen("chi"), draft).status == 404
    assert {discarded(officer, draft).status for officer in officers} == {403}
    assert discarded(town.anyone, draft).status == 401
    assert types(draft) == ["created"]


def test_a_clerk_discards_what_was_begun_at_the_desk(town: Town) -> None:
    an = town.officer("clerk", HERE)
    draft = begun(an, FREE.code)

    others = (town.officer("clerk", "H32.11"), town.officer("specialist", HERE), town.citizen())
    assert [discarded(other, draft).status for other in others] == [403, 403, 404]
    assert discarded(an, draft).status == 204


def test_with_as_many_files_as_a_dossier_can_hold(town: Town, uploaded: Upload) -> None:
    binh = town.citizen()
    draft = begun(binh)
    for _ in range(MOST):
        uploaded(binh, draft, "giay-to", checked=False)

    assert discarded(binh, draft).status == 204
    assert document_records.of_dossier(draft) == []


# ——— at the same instant ———


@pytest.mark.parametrize("by", ["discarded", "expired"])
def test_what_is_filed_at_that_instant_keeps_all_its_files(
    town: Town, uploaded: Upload, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    binh = town.citizen()
    draft = begun(binh)
    uploaded(binh, draft, "giay-to")
    clock_actions.expire_drafts(now() + timedelta(days=28))
    leaving = documents.leaving

    def while_it_is_filed(*given: Any) -> Any:
        found = leaving(*given)
        assert binh.post(f"/dossiers/{draft}/submission").status == 200
        return found

    monkeypatch.setattr(drafts.documents, "leaving", while_it_is_filed)
    if by == "discarded":
        assert discarded(binh, draft).body["code"] == "not_in_this_status"
    else:
        clock_actions.expire_drafts(now() + timedelta(days=32))

    assert not {"draft_discarded", "draft_expired"} & set(types(draft))
    assert "submitted" in types(draft)
    (kept,) = binh.get(f"/dossiers/{draft}/documents").body["items"]
    assert boto3.client("s3").get_object(Bucket=settings().BUCKET, Key=stored()[0])["ContentLength"] == kept["size"]


def test_a_file_that_comes_at_that_instant_is_not_left_behind(
    town: Town, uploaded: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    binh = town.citizen()
    draft = begun(binh)
    leaving = documents.leaving

    def while_one_comes(*given: Any) -> Any:
        found = leaving(*given)
        uploaded(binh, draft, "giay-to", checked=False)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(drafts.documents, "leaving", while_one_comes)
        assert discarded(binh, draft).status == 409
    assert (types(draft), len(document_records.of_dossier(draft))) == (["created"], 1)

    assert discarded(binh, draft).status == 204
    assert document_records.of_dossier(draft) == []


def test_cut_off_before_the_bytes_are_erased_they_are_erased_later(
    town: Town, uploaded: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    binh = town.citizen()
    draft = begun(binh)
    uploaded(binh, draft, "giay-to")
    with monkeypatch.context() as patched:
        patched.setattr(drafts.documents, "erase", lambda _: 1 / 0)
        assert discarded(binh, draft).status == 500
    assert types(draft)[-1] == "draft_discarded"
    assert len(stored()) == 1

    documents.recheck_stuck(now() + timedelta(days=1))

    assert stored() == []
    assert records.load(draft).applicant is None
