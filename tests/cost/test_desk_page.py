"""What the desk's page costs: the same with more dossiers than it shows and counts as with a handful."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.clock.now import now
from chalicelib.dossiers.covers import day_of
from tests.asked_of_aws import Asked, listening
from tests.dossiers.conftest import file
from tests.site.conftest import Browser, Pages, browsed

SHOWN, COUNTED = 50, 100  # on a page; no queue is counted further
MANY = 400


@pytest.fixture
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pages, Asked]]:
    with listening() as asked, browsed(tmp_path_factory.mktemp("provider")) as pages:
        yield pages, asked


def multiplied(dossier_id: str, times: int) -> None:
    """The dossier's head again and again under other keys: its queues know no difference."""
    client, table = boto3.client("dynamodb"), os.environ["TABLE"]
    head = client.get_item(TableName=table, Key={"pk": {"S": f"D#{dossier_id}"}, "sk": {"S": "DOSSIER"}})["Item"]
    copies = [{"PutRequest": {"Item": {**head, "pk": {"S": f"D#copy{number}"}}}} for number in range(times)]
    for first in range(0, times, 25):
        client.batch_write_item(RequestItems={table: copies[first : first + 25]})


def opened(desk: Browser, asked: Asked, queue: str) -> tuple[list[str], int, Any]:
    desk.get("/can-bo")  # what is asked once a minute has been asked
    asked.clear()
    asked.read = 0
    shown = desk.get(f"/can-bo?hang={queue}")
    assert shown.status == 200
    return list(asked), asked.read, shown


def test_the_desk_opens_with_as_many_reads_whatever_waits(watched: tuple[Pages, Asked]) -> None:
    pages, asked = watched
    desk, dossier = pages.browser("an"), file(pages.citizen("binh"))
    few, _, one = opened(desk, asked, "to_accept")
    multiplied(dossier["id"], MANY)
    many, read, full = opened(desk, asked, "to_accept")

    assert one.text.count("/can-bo/ho-so/") == 1
    assert full.text.count("/can-bo/ho-so/") == SHOWN
    assert "99+" in full.words
    assert many == few
    assert read <= SHOWN + 1 + 2 * (COUNTED + 1), "the queue shown, and each of the two that hold them, counted"


def test_who_stands_in_for_nobody_pays_nothing_for_it(watched: tuple[Pages, Asked]) -> None:
    """Covers are read once a minute; each colleague one stands in for is one query for the list and each count."""
    pages, asked = watched
    desk = pages.browser("dung")
    alone, _, _ = opened(desk, asked, "in_progress&toi=1")
    days = {"from": f"{day_of(now())}", "to": f"{day_of(now())}"}
    declared = pages.officer("specialist", "H32.10", "chi").post("/desk/covers", {"covering": "dung", **days})
    assert declared.status == 201
    standing_in, _, _ = opened(desk, asked, "in_progress&toi=1")

    assert len(standing_in) == 2 * len(alone) - 1, "all but the session is asked twice"


def supervised(browser: Browser, asked: Asked, path: str) -> tuple[int, Any]:
    browser.get(path)
    asked.clear()
    asked.read = 0
    shown = browser.get(path)
    assert shown.status == 200
    return len(asked), shown


def test_supervision_counts_no_further_whatever_is_late(watched: tuple[Pages, Asked], monkeypatch: Any) -> None:
    pages, asked = watched
    dossier = file(pages.citizen("binh"))
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    pages.officer("specialist", "H32.10", "chi").decide(dossier["id"], "assignment", {"officer": "chi"})
    monkeypatch.setattr("chalicelib.web.serving.now", lambda: now() + timedelta(days=30))
    giang, kiem = pages.browser("giang"), pages.browser("kiem")
    few, _ = supervised(giang, asked, "/can-bo/giam-sat")
    compared, _ = supervised(kiem, asked, "/can-bo/giam-sat/co-quan")
    multiplied(dossier["id"], MANY)
    many, page = supervised(giang, asked, "/can-bo/giam-sat")
    of_many = supervised(kiem, asked, "/can-bo/giam-sat/co-quan")[0]

    assert page.words.count("99+") >= 2, "in all, and of the one officer"
    assert many <= few + 3, "the officer met in a list that goes on is counted: three queries"
    assert of_many == compared
    assert asked.read <= 2 * (COUNTED + 1) + 1
