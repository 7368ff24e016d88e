"""The desk's search: what an officer finds, page by page, and that nobody finds another agency's people by it."""

from typing import Any

import pytest

from chalicelib.web.cursors import cursor_after, position_of
from tests.dossiers.conftest import FREE, a_draft, a_procedure, an_applicant, file
from tests.people import Person, Town

HERE, ELSEWHERE = "H32.10", "H32.11"
OTHER_DESK = a_procedure("1.000011", agencies=(ELSEWHERE,))
EVERYTHING = ["Trần Thị Bình", "tran thi binh", "binh", "0905123456", "056190001234"]


@pytest.fixture
def town(town: Town) -> Town:
    from chalicelib.catalogue import actions as catalogue

    catalogue.publish(OTHER_DESK, OTHER_DESK.valid_from)
    return town


def clerk(town: Town, agency: str = HERE) -> Person:
    return town.officer("clerk", agency)


def found(officer: Person, text: str, **more: Any) -> list[str]:
    reply = officer.post("/desk/searches", {"text": text, **more})
    assert reply.status == 200, reply
    return [card["id"] for card in reply.body["items"]]


def paged(officer: Person, text: str, limit: int) -> list[list[str]]:
    pages, cursor = [], None
    while True:
        body = officer.post("/desk/searches", {"text": text, "limit": limit, "cursor": cursor}).body
        pages.append([card["id"] for card in body["items"]])
        cursor = body.get("next")
        if not cursor:
            return pages


def named(town: Town, name: str, procedure: str = FREE.code, **facts: Any) -> str:
    return str(file(town.citizen(), procedure, applicant=an_applicant(full_name=name, **facts))["id"])


def test_a_dossier_is_found_by_all_that_people_say_at_a_desk(town: Town) -> None:
    dossier = file(town.citizen())
    named(town, "Lê Văn Cường", phone="0905999999", identity_number="056190009999")

    for text in [*EVERYTHING, dossier["code"], dossier["code"].lower()]:
        assert found(clerk(town), text) == [dossier["id"]], text
    (card,) = clerk(town).post("/desk/searches", {"text": "binh"}).body["items"]
    assert card in clerk(town).get("/desk/dossiers").body["items"], "as the queue shows it"
    assert found(clerk(town), "nobody of this name") == []


def test_it_is_found_as_it_is_now_and_still_when_it_is_closed(town: Town) -> None:
    dossier = file(town.citizen())
    clerk(town).decide(dossier["id"], "refusal", {"reason": "Sai thẩm quyền", "legal_basis": "Điều 5"})

    (card,) = clerk(town).post("/desk/searches", {"text": "binh"}).body["items"]
    assert (card["status"], card["version"]) == ("not_accepted", 3)


def test_no_other_agency_finds_it_nor_learns_that_it_is_there(town: Town) -> None:
    dossier = file(town.citizen())
    lan, auditor = clerk(town, ELSEWHERE), town.officer("auditor", "")

    for text in [*EVERYTHING, dossier["code"]]:
        assert found(lan, text) == []
        assert lan.post("/desk/searches", {"text": text, "agency": HERE}).status == 403
        assert found(auditor, text, agency=HERE) == [dossier["id"]]
        assert found(auditor, text, agency=ELSEWHERE) == []
    assert auditor.post("/desk/searches", {"text": "binh"}).status == 422


def test_no_draft_is_found_the_desks_own_neither(town: Town) -> None:
    town.citizen().post("/dossiers", a_draft())
    clerk(town).post("/dossiers", a_draft())

    assert [found(clerk(town), text) for text in EVERYTHING] == [[]] * len(EVERYTHING)


def test_names_come_in_their_order_and_a_number_with_the_latest_filed_first(town: Town) -> None:
    names = ["Nguyễn Văn Cường", "Nguyễn Văn An", "Nguyễn Văn Bình"]
    ids = {name: named(town, name) for name in names}

    assert found(clerk(town), "nguyen van") == [ids[name] for name in sorted(names)]
    assert sorted(found(clerk(town), "0905123456")) == sorted(ids.values())


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_every_one_is_listed_once_whatever_the_page(town: Town, limit: int) -> None:
    ids = [named(town, name) for name in ("An", "Văn An An", "An Bình An", "Trần An", "Anh")]
    pages = paged(clerk(town), "an", limit)

    assert sorted(each for page in pages for each in page) == sorted(ids)
    assert all(len(page) <= limit for page in pages)


def test_a_cursor_tells_nothing_of_anybody(town: Town) -> None:
    ids = {named(town, "Trần Thị Bình"), named(town, "Trần Thị Bình")}
    for text in ("tran thi", "0905123456"):
        body = clerk(town).post("/desk/searches", {"text": text, "limit": 1}).body
        dossier_id, _, place = position_of(body["next"]).partition("\n")

        assert dossier_id in ids
        assert place.isdecimal()


def test_a_cursor_opens_no_other_search(town: Town) -> None:
    """Its refusal is the same whether it names another agency's dossier, none, or one that does not match."""
    theirs = named(town, "Trần Thị Bình", OTHER_DESK.code)
    ours = [named(town, "Trần Thị Bình"), named(town, "Trần Thị Bình")]
    draft = clerk(town).post("/dossiers", a_draft()).body["id"]
    known = [0, 1, 2, 3, 4, 9, "x", "-1", "²", "9" * 900, ""]
    forged = [f"{each}\n{place}" for each in (theirs, draft, "none", "") for place in known]
    refused = [
        clerk(town).post("/desk/searches", {"text": "tran thi binh", "cursor": cursor_after(each)})
        for each in [*forged, ours[0], f"{ours[0]}\n77", "name#a\nb"]
    ]
    assert {(each.status, each.body["code"]) for each in refused} == {(422, "cursor_unreadable")}
    next_page = clerk(town).post("/desk/searches", {"text": "tran thi binh", "limit": 1}).body["next"]
    assert clerk(town).post("/desk/searches", {"text": "le van", "cursor": next_page}).status == 422
    assert clerk(town, ELSEWHERE).post("/desk/searches", {"text": "tran thi binh", "cursor": next_page}).status == 422


def test_who_was_renamed_between_two_pages_is_found_anew_and_no_page_breaks(town: Town) -> None:
    from chalicelib.clock.now import now
    from chalicelib.dossiers import records
    from chalicelib.dossiers.change import Change
    from chalicelib.history.rules import SYSTEM, EventType

    first = named(town, "An Nhất")
    named(town, "An Nhì")
    cursor = clerk(town).post("/desk/searches", {"text": "an nh", "limit": 1}).body["next"]
    before = records.load(first)
    assert before.applicant
    renamed = before.model_copy(update={"applicant": before.applicant.model_copy(update={"full_name": "Bá Ba"})})
    records.keep(before, Change(renamed, EventType.MESSAGED, {}), SYSTEM, now())

    assert clerk(town).post("/desk/searches", {"text": "an nh", "cursor": cursor}).status == 422
    assert found(clerk(town), "an nhat") == []
    assert found(clerk(town), "ba ba") == [first]


HOSTILE = ["#", "name#", "number#", "FIND#H32.10", "%", "*", "' OR 1=1", "\u202e", "가" * 200, "9" * 200, "-" * 200]


def test_whatever_is_typed_is_answered_and_finds_nobody(town: Town) -> None:
    file(town.citizen())

    assert [found(clerk(town), text) for text in HOSTILE] == [[]] * len(HOSTILE)


NO_SEARCH = [{}, {"text": ""}, {"text": "\u0000"}, {"text": "x" * 201}, {"text": 5}, {"text": "a", "q": "b"}]


def test_what_is_no_search_is_refused(town: Town) -> None:
    refused = [clerk(town).post("/desk/searches", body).status for body in NO_SEARCH]

    assert set(refused) <= {400, 422}
