"""What a page of a desk's queue costs: one query, which reads nothing it does not show."""

import pytest

from tests.asked_of_aws import Asked
from tests.dossiers.conftest import an_applicant, file
from tests.people import Town
from tests.towns import warned

ONE = ["dynamodb.Query"]
QUEUES = ("to_accept", "in_progress", "supplement", "paused", "due_soon", "overdue", "to_return", "all")


@pytest.fixture(scope="module")
def desk(counted: tuple[Town, Asked]) -> Town:
    """With three dossiers to accept and three in progress."""
    town = counted[0]
    clerk = town.officer("clerk", "H32.10")
    for _ in range(3):
        file(town.citizen())
        assert clerk.decide(file(town.citizen())["id"], "acceptance").status == 200
    return town


@pytest.mark.parametrize("query", ["", "&overdue=true"])
def test_one_page_of_unsigned_apologies_is_one_query_that_drops_nothing(desk: Town, asked: Asked, query: str) -> None:
    approver = desk.officer("approver", "H32.10")
    for card in approver.get("/desk/dossiers?queue=in_progress").body["items"]:
        if not approver.get(f"/dossiers/{card['id']}").body["apology"]["needed"]:
            warned(card["id"])
    asked.clear()
    asked.dropped = 0

    page = approver.get(f"/desk/apologies?limit=2{query}")
    assert (page.status, asked, asked.dropped) == (200, ONE, 0)
    assert bool(page.body.get("next")) == (not query)


@pytest.mark.parametrize("queue", QUEUES)
def test_one_page_of_a_queue_is_one_query_that_drops_nothing(desk: Town, asked: Asked, queue: str) -> None:
    clerk, next_page = desk.officer("clerk", "H32.10"), ""
    asked.dropped = 0

    for query in ("", "&officer=minh", "&limit=2"):
        page = clerk.get(f"/desk/dossiers?queue={queue}{query}")
        next_page = page.body.get("next", "")
        assert (page.status, asked) == (200, ONE)
        asked.clear()
    assert bool(next_page) == (queue in ("to_accept", "in_progress", "all"))
    if next_page:
        assert clerk.get(f"/desk/dossiers?queue={queue}&limit=2&cursor={next_page}").status == 200
        assert asked == ONE
    assert asked.dropped == 0


def several(times: int, name: str) -> None:
    """A dossier's head and what finds it by name, again and again under other ids."""
    from chalicelib.dossiers.find_records import FindItem
    from chalicelib.dossiers.items import HeadItem
    from chalicelib.dossiers.records import HEAD, load

    head = load(next(iter(FindItem.query("FIND#H32.10", FindItem.sk.startswith(f"name#{name}")))).sk.rsplit("#", 1)[1])
    kept = HeadItem.get(f"D#{head.id}", HEAD)
    with HeadItem.batch_write() as batch:
        for number in range(times):
            body = head.model_copy(update={"id": f"copy{number}"}).model_dump_json()
            batch.save(HeadItem(f"D#copy{number}", HEAD, body=body, version=1, card=kept.card, changed_at="2026"))
    with FindItem.batch_write() as batch:
        for number in range(times):
            for entry in head.found_by:
                batch.save(FindItem("FIND#H32.10", f"{entry}#copy{number}"))


def test_a_search_costs_two_requests_whatever_it_finds(desk: Town, asked: Asked) -> None:
    person = an_applicant(full_name="Phan Thị Thu Thảo", phone="0905777002", identity_number="056190007002")
    clerk, dossier = desk.officer("clerk", "H32.10"), file(desk.citizen(), applicant=person)
    found = ["dynamodb.Query", "dynamodb.BatchGetItem"]

    def costs(text: str, **more: object) -> list[str]:
        asked.clear()
        asked.read = asked.dropped = 0
        clerk.post("/desk/searches", {"text": text, "limit": 10, **more})
        assert asked.read <= 11
        assert asked.dropped == 0
        return list(asked)

    few = {text: costs(text) for text in ("phan thi", "thao", "0905777002", "056190007002")}
    several(400, "thao")
    assert {text: costs(text) for text in few} == few == dict.fromkeys(few, found)
    cursor = clerk.post("/desk/searches", {"text": "thao", "limit": 10}).body["next"]
    assert costs("thao", cursor=cursor) == ["dynamodb.GetItem", *found]
    assert costs("nobody") == ["dynamodb.Query"]
    assert costs(dossier["code"]) == ["dynamodb.GetItem", "dynamodb.BatchGetItem"]
    assert costs("H32.10-260101-9999") == ["dynamodb.GetItem"]
