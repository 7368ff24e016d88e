"""What a page of a desk's queue costs: one query, which reads nothing it does not show."""

import pytest

from tests.asked_of_aws import Asked
from tests.dossiers.conftest import file
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
