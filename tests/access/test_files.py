"""Whose files may be taken out, by whom, and until when."""

from collections.abc import Iterator

import pytest

from tests.access.conftest import HERE, OURS
from tests.dossiers.conftest import WITH_PAPER, a_draft, accepted
from tests.people import Person, Town
from tests.towns import a_clean_file, opened


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with opened() as town:
        yield town


@pytest.fixture(name="accepted")
def one_accepted(town: Town) -> str:
    return accepted(town)


def removed(person: Person, dossier_id: str, document_id: str) -> int:
    return person.ask("DELETE", f"/dossiers/{dossier_id}/documents/{document_id}").status


def test_a_results_file_is_taken_out_while_the_result_is_being_prepared(town: Town, accepted: str) -> None:
    scan = a_clean_file(accepted, "result", by="officer")

    assert removed(town.officer("finance", HERE), accepted, scan) == 403
    assert removed(town.officer("specialist", "H32.11"), accepted, scan) == 403
    assert removed(town.citizen(OURS), accepted, scan) == 403
    assert removed(town.citizen("hoa"), accepted, scan) == 404
    assert removed(town.officer("specialist", HERE), accepted, scan) == 204


@pytest.mark.parametrize("role", ["clerk", "specialist", "approver"])
def test_what_was_decided_on_stays(town: Town, accepted: str, role: str) -> None:
    scan = a_clean_file(accepted, "result", by="officer")
    granted = {"outcome": "granted", "documents": [scan]}
    assert town.officer("approver", HERE).decide(accepted, "result", granted).status == 200

    assert removed(town.officer(role, HERE), accepted, scan) == 409
    assert town.citizen(OURS).get(f"/dossiers/{accepted}/documents/{scan}/content").status == 200


def test_a_result_still_being_prepared_is_not_shown_to_the_citizen(town: Town, accepted: str) -> None:
    scan = a_clean_file(accepted, "result", by="officer")
    binh = town.citizen(OURS)

    assert binh.get(f"/dossiers/{accepted}/documents").body["items"] == []
    assert binh.get(f"/dossiers/{accepted}/documents/{scan}/content").status == 404


def test_at_the_desk_only_the_desk_takes_a_paper_out(town: Town) -> None:
    clerk = town.officer("clerk", HERE)
    draft = clerk.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"]
    paper = a_clean_file(draft, "giay-to", by="officer")

    for role in ("specialist", "approver"):
        assert removed(town.officer(role, HERE), draft, paper) == 403
    assert removed(clerk, draft, paper) == 204


def test_what_a_citizen_brought_no_officer_takes_away(town: Town) -> None:
    draft = town.citizen(OURS).post("/dossiers", a_draft(WITH_PAPER.code)).body["id"]
    paper = a_clean_file(draft, "giay-to")

    for role in ("clerk", "specialist", "approver", "supervisor", "auditor"):
        assert removed(town.officer(role, HERE), draft, paper) == 403
    assert removed(town.citizen("hoa"), draft, paper) == 404
    assert removed(town.citizen(OURS), draft, paper) == 204
