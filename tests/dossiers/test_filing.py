"""What may be filed and what is said when it may not: everything wrong at once, each with its place."""

import os
from typing import Any

import boto3
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.records import of_dossier
from chalicelib.dossiers.forms import changed_paths, merged
from chalicelib.dossiers.people import AS_KEPT, _phone
from tests.dossiers.conftest import (
    ABOLISHED,
    AT_DESK,
    FREE,
    OFFLINE,
    POSTED,
    WITH_PAPER,
    a_draft,
    an_applicant,
    file,
)
from tests.people import Town

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=3), JSON, max_size=4)


def pointers(answer: Any) -> set[tuple[str, str]]:
    return {(fault["pointer"], fault["code"]) for fault in answer.body["errors"]}


def test_everything_wrong_with_a_filing_is_said_at_once(town: Town) -> None:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code, form={"copies": 0}, delivery={"channel": "post"}))

    refused = binh.post(f"/dossiers/{draft.body['id']}/submission")

    assert refused.status == 422
    assert pointers(refused) == {
        ("/form/purpose", "required"),
        ("/form/copies", "too_small"),
        ("/documents/giay-to", "component_missing"),
        ("/delivery/address", "required"),
        ("/delivery/recipient", "required"),
        ("/delivery/phone", "required"),
    }
    assert binh.get(f"/dossiers/{draft.body['id']}").body["status"] == "draft"


def test_a_refused_filing_draws_no_number(town: Town) -> None:
    binh = town.citizen()
    bad = binh.post("/dossiers", a_draft(form={"wrong": 1}))
    assert binh.post(f"/dossiers/{bad.body['id']}/submission").status == 422
    assert file(binh)["code"].endswith("-0001")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"phone": "12"}, "/applicant/phone", "wrong_phone"),
        ({"phone": "không có"}, "/applicant/phone", "wrong_phone"),
        ({"email": "không phải thư"}, "/applicant/email", "wrong_email"),
        ({"identity_number": "12345"}, "/applicant/identity_number", "wrong_identity_number"),
        ({"identity_number": None}, "/applicant/identity_number", "required"),
        ({"kind": "organisation", "identity_number": None}, "/applicant/tax_code", "required"),
        ({"kind": "organisation", "tax_code": "0312387090"}, "/applicant/tax_code", "wrong_tax_code"),
        ({"kind": "robot"}, "/applicant/kind", "unknown_value"),
        ({"full_name": ""}, "/applicant/full_name", "too_short"),
        ({"date_of_birth": "31/12/1990"}, "/applicant/date_of_birth", "wrong_type"),
        ({"nickname": "Tí"}, "/applicant/nickname", "unknown_field"),
    ],
)
def test_a_wrong_applicant_is_refused_where_it_is_wrong(
    town: Town, changes: dict[str, Any], pointer: str, code: str
) -> None:
    refused = town.citizen().post("/dossiers", a_draft(applicant=an_applicant(**changes)))
    assert (refused.status, pointers(refused)) == (422, {(pointer, code)})


@given(st.from_regex(AS_KEPT, fullmatch=True))
def test_a_number_that_is_not_looked_at_again_is_what_it_would_become(number: str) -> None:
    parsed = phonenumbers.parse(number, "VN")

    assert phonenumbers.is_possible_number(parsed)
    assert _phone(number) == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number


@pytest.mark.parametrize("place", ["DOC#later", "PAY#later"])
def test_what_a_later_release_keeps_beside_the_papers_is_passed_over(town: Town, place: str) -> None:
    binh = town.citizen()
    dossier_id = binh.post("/dossiers", a_draft()).body["id"]
    facts = {"pk": {"S": f"D#{dossier_id}"}, "sk": {"S": place}, "kind": {"S": "of_a_later_release"}}
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item=facts)

    assert binh.post(f"/dossiers/{dossier_id}/submission").status == 200
    assert binh.get(f"/dossiers/{dossier_id}/documents").body["items"] == []
    assert binh.get(f"/dossiers/{dossier_id}/payments").status == 200


@pytest.mark.parametrize(
    ("procedure", "status", "code"),
    [
        ("9.999999", 404, "unknown_procedure"),
        (ABOLISHED.code, 410, "procedure_abolished"),
        (OFFLINE.code, 409, "channel_not_offered"),
    ],
)
def test_what_cannot_be_filed_is_refused_before_a_draft_is_begun(
    town: Town, procedure: str, status: int, code: str
) -> None:
    refused = town.citizen().post("/dossiers", a_draft(procedure))
    assert (refused.status, refused.body["code"]) == (status, code)


def test_an_agency_the_procedure_does_not_list_is_refused(town: Town) -> None:
    refused = town.citizen().post("/dossiers", a_draft(agency="H32.11"))
    assert (refused.status, refused.body["code"]) == (422, "agency_not_competent")


def test_a_required_component_must_be_there_and_clean(town: Town, uploaded: Any) -> None:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"]
    document = uploaded(binh, draft, "giay-to", checked=False)
    waiting = binh.post(f"/dossiers/{draft}/submission")
    assert pointers(waiting) == {("/documents/giay-to", "component_missing")}  # the form was asked for, nothing came

    document.arrive()
    filed = binh.post(f"/dossiers/{draft}/submission")
    assert (filed.status, filed.body["status"]) == (200, "submitted"), filed
    assert [each.state.value for each in of_dossier(draft)] == ["clean"]


def test_what_was_filed_cannot_be_removed_or_added_to(town: Town, uploaded: Any) -> None:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"]
    document = uploaded(binh, draft, "giay-to")
    assert binh.post(f"/dossiers/{draft}/submission").status == 200

    assert binh.ask("DELETE", f"/dossiers/{draft}/documents/{document.id}").status == 409
    more = {
        "component": "giay-to",
        "file_name": "a.pdf",
        "content_type": "application/pdf",
        "size": 9,
        "sha256": "0" * 64,
    }
    assert binh.post(f"/dossiers/{draft}/documents", more).body["code"] == "not_in_this_status"


def test_an_answered_supplement_needs_the_file_that_was_asked_for(town: Town, uploaded: Any) -> None:
    binh, an = town.citizen(), town.officer("clerk", "H32.10")
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"]
    uploaded(binh, draft, "giay-to")
    binh.post(f"/dossiers/{draft}/submission")
    an.decide(draft, "supplement-requests", {"items": [{"component": "giay-to", "reason": "Ảnh mờ"}]})

    assert pointers(binh.post(f"/dossiers/{draft}/supplements")) == {("/documents/giay-to", "component_missing")}
    uploaded(binh, draft, "giay-to")
    assert binh.post(f"/dossiers/{draft}/supplements").body["status"] == "submitted"


def test_only_what_the_procedure_lists_may_be_asked_for(town: Town) -> None:
    filed = file(town.citizen())
    asked = {"items": [{"component": "so-ho-khau", "reason": "?"}, {"field": "salary", "reason": "?"}]}
    refused = town.officer("clerk", "H32.10").decide(filed["id"], "supplement-requests", asked)
    assert pointers(refused) == {("/items/0", "not_in_procedure"), ("/items/1", "not_in_procedure")}


def test_a_supplement_asks_for_each_thing_once(town: Town) -> None:
    dossier = file(town.citizen())
    items = [{"field": name, "reason": "Ghi rõ hơn"} for name in ("purpose", "/copies", "/purpose")]
    refused = town.officer("clerk", "H32.10").decide(dossier["id"], "supplement-requests", {"items": items})

    assert refused.status == 422
    assert pointers(refused) == {("/items/2", "asked_twice")}


def test_a_clerk_files_at_the_desk_for_somebody_present(town: Town) -> None:
    an = town.officer("clerk", "H32.10")
    begun = an.post("/dossiers", a_draft(WITH_PAPER.code, paper=["giay-to"]))
    filed = an.post(f"/dossiers/{begun.body['id']}/submission")
    assert (filed.status, filed.body["channel"], filed.body["status"]) == (200, "desk", "submitted"), filed
    assert town.officer("clerk", "H32.11").get(f"/dossiers/{begun.body['id']}").status == 403
    assert town.citizen().get(f"/dossiers/{begun.body['id']}").status == 404


def test_a_citizens_draft_is_no_agencys_business(town: Town) -> None:
    draft = town.citizen().post("/dossiers", a_draft()).body["id"]
    for role in ("clerk", "supervisor", "auditor"):
        assert town.officer(role, "H32.10").get(f"/dossiers/{draft}").status == 403


def test_a_level_3_fee_is_shown_and_keeps_nobody_waiting(town: Town) -> None:
    filed = file(town.citizen(), AT_DESK.code, delivery={"channel": "desk"})
    assert filed["payment"] == {"status": "due", "amount": 8_000}
    assert town.officer("clerk", "H32.10").decide(filed["id"], "acceptance").status == 200


def test_the_receipt_is_the_hash_of_exactly_what_was_filed(town: Town) -> None:
    first, second = file(town.citizen()), file(town.citizen(), form={"purpose": "Việc khác"})
    same = file(town.citizen("an"))
    assert first["submission_receipt"] == same["submission_receipt"] != second["submission_receipt"]


def test_a_result_by_post_needs_an_address_at_filing(town: Town) -> None:
    assert file(town.citizen(), FREE.code, delivery=POSTED)["delivery"]["recipient"] == "Trần Thị Bình"


@given(OBJECTS, OBJECTS)
def test_a_merge_patch_says_all_it_names_and_leaves_the_rest(before: dict[str, Any], patch: dict[str, Any]) -> None:
    after = merged(before, patch)
    assert merged(after, patch) == after
    assert {name: value for name, value in after.items() if name not in patch} == {
        name: value for name, value in before.items() if name not in patch
    }
    assert all(name not in after for name, value in patch.items() if value is None)


@given(OBJECTS, OBJECTS)
def test_two_forms_differ_somewhere_exactly_when_they_differ(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert bool(changed_paths(before, after)) == (before != after)
    assert changed_paths(before, after) == changed_paths(after, before)
