"""What each operation may cost, in requests to AWS of any kind: the table of the design, counted.

Not counted: the keys in Secrets Manager, which a container reads once in five minutes.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.clock.calendars import load
from chalicelib.clock.now import now
from chalicelib.payments import records as payments
from tests.asked_of_aws import Asked
from tests.dossiers.conftest import FREE, PAID, POSTED, WITH_PAPER, a_draft, file
from tests.payments.conftest import notification
from tests.people import Reply, Town
from tests.towns import a_clean_file, warned

HERE = "H32.10"
READ, QUERY, WRITE = "dynamodb.GetItem", "dynamodb.Query", "dynamodb.UpdateItem"
TRANSACTION = "dynamodb.TransactWriteItems"
PROMISED = load().working_from(now().date() + timedelta(days=30)).isoformat()
GRANTED: dict[str, Any] = {"outcome": "granted", "documents": []}


def cost(asked: Asked, act: Callable[[], Reply], status: int = 200) -> list[str]:
    asked.clear()
    reply = act()
    assert reply.status == status, reply
    return list(asked)


# ——— anyone ———


def test_a_look_up_reads_once_and_writes_only_for_a_wrong_proof(town: Town, asked: Asked) -> None:
    code = file(town.citizen())["code"]

    def look_up(proof: str, code: str = code) -> Callable[[], Reply]:
        return lambda: town.anyone.post("/status-lookups", {"code": code, "proof": proof})

    assert cost(asked, look_up("3456")) == [QUERY]
    assert cost(asked, look_up("0000"), 404) == [QUERY, WRITE]
    assert cost(asked, look_up("3456", "H32.10-260101-9999"), 404) == [QUERY, WRITE]
    for _ in range(4):
        look_up("0000")()
    assert cost(asked, look_up("0000"), 429) == [QUERY]


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/docs"])
def test_what_does_not_change_costs_nothing(town: Town, asked: Asked, path: str) -> None:
    assert cost(asked, lambda: town.anyone.get(path)) == []


def test_a_stranger_costs_nothing_and_a_forger_one_count(town: Town, asked: Asked) -> None:
    assert cost(asked, lambda: town.anyone.get("/dossiers/any"), 401) == []
    assert cost(asked, lambda: town.anyone.get("/webhooks/payments/vnpay?vnp_TxnRef=any")) == [WRITE]  # forged: counted
    assert cost(asked, lambda: town.anyone.get("/webhooks/payments/vnpay")) == []


def test_a_search_reads_the_catalogue_once_and_then_asks_only_whether_it_is_old(town: Town, asked: Asked) -> None:
    cost(asked, lambda: town.anyone.get("/procedures?q=thu"))

    assert len(cost(asked, lambda: town.anyone.get("/procedures?q=tuc"))) <= 1
    assert len(cost(asked, lambda: town.anyone.get(f"/procedures/{FREE.code}"))) <= 1


# ——— citizens ———


def test_a_draft_and_each_autosave_cost_two(town: Town, asked: Asked) -> None:
    binh = town.citizen()
    draft: list[Reply] = []

    assert len(cost(asked, lambda: draft.append(binh.post("/dossiers", a_draft())) or draft[0], 201)) <= 2
    path, etag = f"/dossiers/{draft[0].body['id']}", draft[0].etag
    assert len(cost(asked, lambda: binh.patch(path, {"form": {"copies": 2}}, seen=etag))) <= 2
    assert cost(asked, lambda: binh.patch(path, {"form": {"copies": 3}}, seen=etag), 412) == [READ]
    assert cost(asked, lambda: binh.get(path)) == [READ]


@pytest.mark.parametrize("papers", [0, 1, 20])
def test_a_submission_costs_four_whatever_is_filed(town: Town, asked: Asked, papers: int) -> None:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code if papers else FREE.code)).body["id"]
    for _ in range(papers):
        a_clean_file(draft, "giay-to")
    path = f"/dossiers/{draft}/submission"

    assert len(cost(asked, lambda: binh.post(path, key=f"{draft}-once"))) <= 4
    assert TRANSACTION not in cost(asked, lambda: binh.post(path, key=f"{draft}-once"))
    assert len(asked) <= 2
    assert len(cost(asked, lambda: binh.post(path, key=f"{draft}-twice"), 409)) <= 2


def test_a_submission_that_is_refused_draws_no_number(town: Town, asked: Asked) -> None:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"]

    assert set(cost(asked, lambda: binh.post(f"/dossiers/{draft}/submission"), 422)) <= {QUERY, READ}


def test_an_upload_form_costs_two(town: Town, asked: Asked) -> None:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"]
    new = {"component": "giay-to", "file_name": "a.pdf", "content_type": "application/pdf", "size": 3}

    assert len(cost(asked, lambda: binh.post(f"/dossiers/{draft}/documents", new | {"sha256": "0" * 64}), 201)) <= 2
    assert cost(asked, lambda: binh.get(f"/dossiers/{draft}/documents")) == [QUERY]


def test_one_page_of_ones_own_dossiers_is_one_query(town: Town, asked: Asked) -> None:
    binh = town.citizen()
    for _ in range(3):
        file(binh)

    assert cost(asked, lambda: binh.get("/dossiers?limit=2")) == [QUERY]
    page = binh.get("/dossiers?limit=2").body
    assert cost(asked, lambda: binh.get(f"/dossiers?limit=2&cursor={page['next']}")) == [QUERY]


def test_the_rest_of_what_a_citizen_does(town: Town, asked: Asked) -> None:
    binh = town.citizen()
    dossier = file(binh)["id"]
    path = f"/dossiers/{dossier}"

    assert cost(asked, lambda: binh.get(f"{path}/history")) == [QUERY]
    assert cost(asked, lambda: binh.get(f"{path}/deadline")) == [QUERY]
    assert len(cost(asked, lambda: binh.post(f"{path}/messages", {"text": "Xin chào"}), 201)) <= 2
    assert len(cost(asked, lambda: binh.post(f"{path}/withdrawal", {"reason": "Thôi"}))) <= 2


# ——— money ———


def test_a_payment_notification_costs_three_and_its_repetition_one_read(town: Town, asked: Asked) -> None:
    binh = town.citizen()
    dossier = file(binh, PAID.code)["id"]
    wanted = {"provider": "vnpay", "return_url": "https://motcua.example/ve"}
    assert len(cost(asked, lambda: binh.post(f"/dossiers/{dossier}/payments", wanted), 201)) <= 3
    (payment,) = payments.ledger(dossier).payments.values()
    heard = f"/webhooks/payments/vnpay?{urlencode(notification(payment).query)}"

    assert len(cost(asked, lambda: town.anyone.get(heard))) <= 3
    assert cost(asked, lambda: town.anyone.get(heard)) == [QUERY]
    assert len(cost(asked, lambda: binh.get(f"/dossiers/{dossier}/payments"))) <= 2


# ——— officers ———

# Each decision: by whom, on a dossier brought how far, with what.
DECISIONS: dict[str, tuple[str, str, Any]] = {
    "acceptance": ("clerk", "submitted", {}),
    "refusal": ("clerk", "submitted", {"reason": "Sai thẩm quyền", "legal_basis": "Điều 5"}),
    "supplement-requests": ("clerk", "submitted", {"items": [{"field": "purpose", "reason": "Ghi rõ"}]}),
    "supplement-requests ": ("specialist", "accepted", {"items": [{"field": "purpose", "reason": "Ghi rõ"}]}),
    "assignment": ("supervisor", "accepted", {"officer": "minh"}),
    "suspension": ("specialist", "accepted", {"cause": "other_agency", "reason": "Xác minh"}),
    "resumption": ("specialist", "suspended", {}),
    "extension": ("approver", "accepted", {"reason": "Phức tạp", "days": 2}),
    "apology": ("approver", "warned", {"reason": "Chờ xác minh", "promised_date": PROMISED}),
    "stop": ("approver", "accepted", {"reason": "Không đủ điều kiện"}),
    "result": ("specialist", "accepted", GRANTED),
    "result ": ("approver", "accepted", GRANTED),
    "return": ("clerk", "finished", {"channel": "online"}),
    "return ": ("clerk", "finished", {"channel": "post"}),
}
ON_THE_WHOLE_PAST = {"resumption", "extension"}
WAITING = {"cause": "other_agency", "reason": "Chờ xác minh"}
BROUGHT: dict[str, list[tuple[str, str, Any]]] = {
    "submitted": [],
    "accepted": [("clerk", "acceptance", {})],
    "warned": [("clerk", "acceptance", {})],
    "suspended": [
        ("clerk", "acceptance", {}),
        ("specialist", "suspension", {"cause": "other_agency", "reason": "Chờ"}),
    ],
    "finished": [("clerk", "acceptance", {}), ("approver", "result", GRANTED)],
}


def brought(town: Town, stage: str) -> dict[str, Any]:
    dossier = file(town.citizen(), FREE.code, delivery=POSTED)
    for role, what, body in BROUGHT[stage]:
        assert town.officer(role, HERE).decide(dossier["id"], what, body).status == 200
    if stage == "warned":
        warned(dossier["id"])
    return town.citizen().get(f"/dossiers/{dossier['id']}").body


@pytest.mark.parametrize("decision", DECISIONS)
def test_an_officers_decision_costs_three(town: Town, asked: Asked, decision: str) -> None:
    role, stage, body = DECISIONS[decision]
    dossier, officer = brought(town, stage), town.officer(role, HERE)
    if decision == "result ":
        body = body | {"documents": [a_clean_file(dossier["id"], "result") for _ in range(3)]}

    def decide(key: str) -> Reply:
        return officer.decide(
            dossier["id"], decision.strip(), body, seen=f'"{dossier["version"]}"', key=dossier["id"] + key
        )

    locks = ["s3.PutObjectRetention"] * len(body.get("documents", [])) * (decision == "result ")
    first = cost(asked, lambda: decide("first"))
    assert [each for each in first if each in locks] == locks, "and one for each file of a result"
    assert len(first) - len(locks) <= 3, list(asked)
    assert len(cost(asked, lambda: decide("first"))) <= 3, ("the same again", list(asked))
    read = QUERY if decision in ON_THE_WHOLE_PAST else READ
    stale = cost(asked, lambda: decide("another"), 412)
    assert stale in ([read], [read, READ]), "stale, and not answered before"


def test_money_at_the_desk_costs_three(town: Town, asked: Asked) -> None:
    dossier = file(town.citizen(), PAID.code)["id"]
    taken = {"amount": 20_000, "receipt_number": "BL-1"}

    clerk = town.officer("clerk", HERE)
    assert len(cost(asked, lambda: clerk.post(f"/dossiers/{dossier}/counter-payments", taken), 201)) <= 3
