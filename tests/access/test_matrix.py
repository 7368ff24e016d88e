"""Every operation, for everyone, on their own and others' dossiers, of their own and another agency.

What is expected stands here as the contract says it ("Callers", "Who may"), not as the service does.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

import app  # noqa: F401 - registers every operation
from chalicelib.web import OPERATIONS
from tests.access.conftest import ELSEWHERE, HERE, OURS, THEIRS, World
from tests.dossiers.conftest import FREE, a_draft
from tests.people import Person, Reply, token

pytestmark = pytest.mark.slow

OFFICERS = ("clerk", "specialist", "approver", "finance", "post_clerk", "supervisor", "admin", "auditor")
EVERYONE = ("nobody", "citizen", *OFFICERS)
# The admin keeps catalogue, calendar, agencies and users, and has no business in a dossier; the auditor reads all.
READS = frozenset(OFFICERS) - {"admin"}
KEEPERS = frozenset({"admin", "auditor"})
NONE: frozenset[str] = frozenset()
MONEY = frozenset({"finance", "supervisor", "auditor"})
FINANCE = frozenset({"finance"})
PAPER_MENDERS: frozenset[str] = frozenset({"clerk", "approver"})
SEE_LETTERS: frozenset[str] = frozenset({"approver", "supervisor", "auditor"})
NOT_SEEN = '"999999999"'  # a version nobody has seen: who is let through hears 412, and nothing changes
NOT_LISTED = {"items": [{"field": "no-such-field", "reason": "Ghi rõ"}]}
NOT_ANNOUNCED = {"known_until": "2027-12-31", "announced_at": "2090-01-01", "source": {"vi": "Thử", "en": "Try"}}
STAND_INS = frozenset({"clerk", "specialist", "approver", "supervisor"})
OWN_COVER_PAST = {"covering": "dung", "from": "2026-01-05", "to": "2026-01-06"}
COVER_PAST = {**OWN_COVER_PAST, "absent": "chi"}
NOT_OVER = {"from": "2090-01-01T08:00:00+07:00", "to": "2090-01-01T09:00:00+07:00", "reason": "Thử"}
NOT_BELIEVED = {"amount": 1, "refundable": 999, "reason": "Nộp thừa"}
NO_DISPUTE = {"state": "kept", "amount": 1, "reference": "TS-0", "reason": "Không có"}
NO_STATEMENT = {"provider": "vnpay", "from": "2026-06-01", "to": "2026-06-01", "format": "csv", "file": "YTtiCg=="}
WRITTEN = {"template": "general", "texts": {"content": "Đồng ý", "grounds": "Điều 5"}}
WRITERS = frozenset({"specialist", "approver"})
A_FILE = {"file_name": "a.pdf", "content_type": "application/pdf", "size": 3, "sha256": "0" * 64}


class Case(NamedTuple):
    """One operation asked in one way. `citizens`: of those who have a dossier of their own in this stage."""

    method: str
    path: str
    stage: str = ""
    body: Any = None
    citizens: bool = False
    officers: frozenset[str] = NONE
    anyone: bool = False
    query: str = ""
    seen: bool = False  # asked with the version as it is; the body is then one that the rules refuse

    @property
    def name(self) -> str:
        told = f"-{self.stage}" if self.stage else ""
        return f"{self.method}-{self.path.strip('/').replace('/', '-')}{self.query}{told}"


def to_all(method: str, path: str, body: Any = None) -> Case:
    return Case(method, path, body=body, anyone=True)


def on_dossier(what: str, stage: str, body: Any, *, citizens: bool = False, officers: str = "") -> Case:
    return Case("POST", f"/dossiers/{{dossier_id}}/{what}", stage, body, citizens, frozenset(officers.split()))


def reading(path: str, stage: str = "submitted") -> Case:
    return Case("GET", path, stage, citizens=True, officers=READS)


CASES = [
    # ——— anyone, with or without a token ———
    to_all("GET", "/health"),
    to_all("GET", "/openapi.json"),
    to_all("GET", "/agencies"),
    to_all("GET", "/procedures"),
    to_all("GET", "/procedures/{code}"),
    to_all("POST", "/status-lookups", {"code": "H32.10-260101-0001", "proof": "1234"}),
    to_all("POST", "/deadline-lookups", {"code": "H32.10-260101-0001", "proof": "1234"}),
    to_all(
        "POST",
        "/deadline-calculations",
        {"start": "2026-06-01T08:00:00+07:00", "unit": "working_day", "amount": 3},
    ),
    to_all("GET", "/calendar"),
    to_all("GET", "/verifications/{token}"),
    to_all("GET", "/verification-keys"),
    to_all("GET", "/webhooks/payments/vnpay"),
    to_all("GET", "/webhooks/payments/{provider}"),
    to_all("POST", "/webhooks/payments/{provider}", {}),
    to_all("POST", "/webhooks/post/{carrier}/{secret}", {}),
    # ——— citizens; a clerk files at the desk for who comes to it ———
    Case("POST", "/dossiers", "", a_draft(FREE.code), True, frozenset({"clerk"})),
    Case("GET", "/dossiers", citizens=True),
    reading("/dossiers/{dossier_id}"),
    reading("/dossiers/{dossier_id}", "draft"),
    reading("/dossiers/{dossier_id}", "at_desk"),
    reading("/dossiers/{dossier_id}", "returned"),
    reading("/dossiers/{dossier_id}/documents"),
    reading("/dossiers/{dossier_id}/documents", "draft"),
    reading("/dossiers/{dossier_id}/documents/{document_id}/content"),
    reading("/dossiers/{dossier_id}/payments"),
    reading("/dossiers/{dossier_id}/payments/{payment_id}/receipts"),
    reading("/dossiers/{dossier_id}/payments/{payment_id}/receipts/{kind}"),
    reading("/dossiers/{dossier_id}/payments/{payment_id}/failure-proof"),
    reading("/dossiers/{dossier_id}/history"),
    reading("/dossiers/{dossier_id}/history", "draft"),
    reading("/dossiers/{dossier_id}/deadline"),
    reading("/dossiers/{dossier_id}/papers", "accepted"),
    reading("/dossiers/{dossier_id}/papers/{paper_id}", "accepted"),
    *(
        Case("PATCH", "/dossiers/{dossier_id}", stage, {"form": {"purpose": "Xin việc"}}, True, frozenset({"clerk"}))
        for stage in ("draft", "at_desk", "asked")
    ),
    Case("DELETE", "/dossiers/{dossier_id}", "draft", None, True, frozenset({"clerk"})),
    Case("DELETE", "/dossiers/{dossier_id}", "at_desk", None, True, frozenset({"clerk"})),
    on_dossier("submission", "draft", {}, citizens=True, officers="clerk"),
    on_dossier("submission", "at_desk", {}, citizens=True, officers="clerk"),
    on_dossier("supplements", "asked", {}, citizens=True, officers="clerk"),
    on_dossier("documents", "draft", A_FILE | {"component": "giay-to"}, citizens=True, officers="clerk"),
    on_dossier("documents", "at_desk", A_FILE | {"component": "giay-to"}, citizens=True, officers="clerk"),
    on_dossier("documents", "asked", A_FILE | {"component": "giay-to"}, citizens=True, officers="clerk"),
    on_dossier(
        "documents", "accepted", A_FILE | {"component": "result"}, citizens=True, officers="clerk specialist approver"
    ),
    Case(
        "DELETE",
        "/dossiers/{dossier_id}/documents/{document_id}",
        "asked",
        None,
        True,
        frozenset({"clerk", "specialist", "approver"}),  # whose file it is decides further
    ),
    on_dossier("messages", "submitted", {"text": "Xin chào"}, citizens=True, officers="clerk specialist approver"),
    on_dossier(
        "payments", "submitted", {"provider": "vnpay", "return_url": "https://motcua.example/ve"}, citizens=True
    ),
    on_dossier("withdrawal", "submitted", {"reason": "Không còn nhu cầu"}, citizens=True),
    on_dossier("rating", "submitted", {"attitude": 5, "timeliness": 5}, citizens=True),
    # ——— officers ———
    Case("GET", "/desk/dossiers", officers=READS),
    Case("GET", "/desk/dossiers", officers=READS, query=f"?agency={HERE}"),
    Case("POST", "/desk/searches", body={"text": "binh"}, officers=READS),
    on_dossier("acceptance", "submitted", {}, officers="clerk"),
    on_dossier("refusal", "submitted", {"reason": "Sai thẩm quyền", "legal_basis": "Điều 5"}, officers="clerk"),
    *(
        on_dossier("supplement-requests", stage, NOT_LISTED, officers=whose)._replace(seen=True)
        for stage, whose in (("submitted", "clerk"), ("accepted", "specialist"))
    ),
    on_dossier("assignment", "accepted", {"officer": OURS}, officers="specialist supervisor"),  # each takes it
    on_dossier("assignment", "submitted", {"officer": "somebody-else"}, officers="supervisor"),
    on_dossier("suspension", "accepted", {"cause": "other_agency", "reason": "Xác minh"}, officers="specialist"),
    on_dossier("resumption", "suspended", {}, officers="specialist"),
    on_dossier("extension", "accepted", {"reason": "Hồ sơ phức tạp", "days": 3}, officers="approver"),
    on_dossier("apology", "accepted", {"reason": "Chờ", "promised_date": "2026-06-11"}, officers="approver"),
    Case("GET", "/dossiers/{dossier_id}/apology", "accepted", officers=SEE_LETTERS),
    Case("GET", "/desk/apologies", officers=SEE_LETTERS),
    Case("GET", "/desk/apologies", officers=SEE_LETTERS, query=f"?agency={HERE}"),
    on_dossier("stop", "accepted", {"reason": "Không đủ điều kiện"}, officers="approver"),
    on_dossier("result", "accepted", {"outcome": "granted", "documents": []}, officers="specialist approver"),
    Case("GET", "/dossiers/{dossier_id}/result-template", "accepted", officers=WRITERS),
    on_dossier("result-drafts", "accepted", WRITTEN, officers="specialist approver"),
    on_dossier("result-papers", "accepted", WRITTEN, officers="specialist approver"),
    on_dossier("return", "finished", {"channel": "online"}, officers="clerk"),
    on_dossier("return", "finished", {"channel": "post"}, officers="clerk post_clerk"),
    on_dossier("counter-payments", "submitted", {"amount": 1, "receipt_number": "BL-1"}, officers="clerk"),
    Case("GET", "/desk/payments", officers=MONEY),
    Case("GET", "/payments/{payment_id}", "paid", officers=MONEY),
    Case("POST", "/payments/{payment_id}/refunds", "paid", NOT_BELIEVED, officers=FINANCE),
    Case("POST", "/payments/{payment_id}/refunds/{refund_id}/approval", "paid", {}, officers=FINANCE),
    Case("POST", "/payments/{payment_id}/refunds/{refund_id}/rejection", "paid", {"reason": "Không"}, officers=FINANCE),
    Case("POST", "/payments/{payment_id}/refunds/{refund_id}/failure", "paid", {"reason": "Bị trả"}, officers=FINANCE),
    Case("POST", "/payments/{payment_id}/refunds/{refund_id}/completion", "paid", {"reference": "1"}, officers=FINANCE),
    Case("POST", "/payments/{payment_id}/disputes", "paid", NO_DISPUTE, officers=FINANCE),
    Case("GET", "/unmatched-payments", officers=MONEY),
    Case("GET", "/forged-notifications", officers=MONEY),
    Case("POST", "/unmatched-payments/{money_id}/place", body={"payment_id": "x-1"}, officers=FINANCE),
    Case("POST", "/unmatched-payments/{money_id}/return", body={"reference": "FT1"}, officers=FINANCE),
    Case("POST", "/reconciliations", body=NO_STATEMENT, officers=FINANCE),
    Case("GET", "/reconciliations", officers=FINANCE | {"auditor"}, query="?provider=vnpay"),
    Case("GET", "/reconciliations/{reconciliation_id}", officers=FINANCE | {"auditor"}),
    Case("GET", "/reconciliations/{reconciliation_id}/workbook", officers=FINANCE | {"auditor"}),
    Case("GET", "/calendar/amendments", officers=KEEPERS),
    Case("GET", "/calendar/replay", officers=KEEPERS),
    Case("POST", "/calendar/amendments", body=NOT_ANNOUNCED, officers=frozenset({"admin"})),
    Case("POST", "/outages", body=NOT_OVER, officers=frozenset({"admin"})),
    Case("GET", "/outages", officers=KEEPERS | {"supervisor", "approver", "specialist", "clerk"}),
    Case("POST", "/desk/covers", body=OWN_COVER_PAST, officers=frozenset({"specialist", "supervisor"})),
    Case("POST", "/desk/covers", body=COVER_PAST, officers=frozenset({"supervisor"})),
    Case("GET", "/desk/covers", officers=READS),
    Case("GET", "/desk/covers", officers=READS, query=f"?agency={HERE}"),
    Case("POST", "/desk/covers/{cover_id}/end", body={}, officers=STAND_INS),
    Case("GET", "/desk/register", officers=READS, query=f"?from=2026-06-01&to=2026-06-02&agency={HERE}"),
    Case("POST", "/papers/{paper_id}/revocation", "accepted", {"reason": "In sai"}, officers=PAPER_MENDERS),
    Case("GET", "/desk/shipments", officers=frozenset({"clerk", "post_clerk", "supervisor", "auditor"})),
    Case("POST", "/shipments/{dossier_id}/{number}/retry", "finished", {}, False, frozenset({"clerk", "post_clerk"})),
]
# Whose desk it is says the query, where there is one; without it, everybody's own. The calendar is the province's.
OWN_DESK = {
    "/unmatched-payments/{money_id}/place",
    "/unmatched-payments/{money_id}/return",
    "/unmatched-payments",
    "/forged-notifications",
    "/desk/payments",
    "/desk/dossiers",
    "/desk/searches",
    "/desk/apologies",
    "/desk/covers",
    "/desk/covers/{cover_id}/end",
    "/desk/shipments",
    "/calendar/amendments",
    "/calendar/replay",
    "/outages",
}
# A provider's statement is of the whole province's account: whoever may reconcile at all sees every agency's rows.
WHOLE_PROVINCE = {
    "/reconciliations",
    "/reconciliations/{reconciliation_id}",
    "/reconciliations/{reconciliation_id}/workbook",
}
# What a citizen's draft holds is nobody else's business, not even an agency's; one begun at a desk is no citizen's.
PRIVATE, NOBODYS = "draft", "at_desk"


def expected(case: Case, role: str, *, own: bool, same_agency: bool) -> int | None:
    """The contract's "no", or None when the caller is let through."""
    if case.anyone:
        return None
    if role == "nobody":
        return 401
    if role == "citizen":
        return _for_citizen(case, own=own)
    if role not in case.officers or case.stage == PRIVATE:
        return 403
    everywhere = role == "auditor" or case.path in WHOLE_PROVINCE or (case.path in OWN_DESK and not case.query)
    return None if same_agency or everywhere else 403


def _for_citizen(case: Case, *, own: bool) -> int | None:
    if not case.citizens:
        return 403
    mine = own and case.stage != NOBODYS
    return None if mine or not case.stage else 404


def verdict(case: Case, reply: Reply) -> int | None:
    """The service's "no" to this caller, or None: whatever else it says, it has let them through."""
    assert reply.status < 500, reply
    hidden = reply.status == 404 and reply.body["code"] == "not_found" and not case.anyone
    return reply.status if reply.status in (401, 403) or hidden else None


def ask(world: World, case: Case, person: Person, whose: str) -> Reply:
    names = {
        "dossier_id": world.dossiers.get((whose, case.stage), "-"),
        **{"document_id": "none-such", "number": "1", "code": FREE.code, "kind": "phi"},
        "cover_id": "20260101-1",
        **{"paper_id": f"{world.dossiers.get((whose, case.stage), 'none')}-3-receipt", "token": "guessed"},
        **{
            "payment_id": f"{world.dossiers.get((whose, case.stage), 'none')}-none",
            "refund_id": "none",
            "money_id": "none",
            "reconciliation_id": "none",
        },
        **{"provider": "none-such", "carrier": "vnpost", "secret": "guessed"},
    }
    path = case.path.format(**names) + case.query
    seen = world.town.officer("clerk", HERE).get(f"/dossiers/{names['dossier_id']}").etag if case.seen else NOT_SEEN
    return person.ask(case.method, path, case.body, seen=seen)


def caller(world: World, role: str, agency: str) -> Person:
    if role == "nobody":
        return world.town.anyone
    if role == "citizen":
        return world.town.citizen(OURS)
    return world.town.officer(role, agency, OURS)  # the same subject as the citizen: as officer it earns them nothing


def places() -> Iterator[tuple[str, str]]:
    yield from product((OURS, THEIRS), (HERE, ELSEWHERE))


@pytest.mark.parametrize("role", EVERYONE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_who_may_is_let_through_and_nobody_else(world: World, case: Case, role: str) -> None:
    for whose, agency in places():
        reply = ask(world, case, caller(world, role, agency), whose)
        wanted = expected(case, role, own=whose == OURS, same_agency=agency == HERE)
        assert verdict(case, reply) == wanted, (whose, agency, reply)


def test_no_operation_is_missing_from_the_matrix() -> None:
    asked = {(case.method, case.path) for case in CASES}

    assert asked == {(operation.method, operation.path) for operation in OPERATIONS}


@pytest.mark.parametrize("case", [each for each in CASES if each.citizens and each.stage], ids=lambda case: case.name)
def test_anothers_dossier_looks_like_none(world: World, case: Case) -> None:
    binh = world.town.citizen(OURS)
    others = ask(world, case, binh, THEIRS)
    none = ask(World(world.town, {}), case, binh, THEIRS)

    assert (others.status, others.body, others.headers) == (none.status, none.body, none.headers)
    assert others.status == 404


def test_several_roles_may_what_each_of_them_may(world: World) -> None:
    both = Person(world.town.send, token("ha", roles=["finance", "clerk", "unknown-role"], agency=HERE))
    dossier = world.dossiers[OURS, "submitted"]

    assert both.post(f"/dossiers/{dossier}/acceptance", seen=NOT_SEEN).status == 412
    assert both.post(f"/dossiers/{dossier}/stop", {"reason": "Thử"}, seen=NOT_SEEN).status == 403


@pytest.mark.parametrize("agency", ["", "H32", "H32.1", "H32.10.01", "h32.10"])
def test_an_agency_above_below_or_like_ours_is_another(world: World, agency: str) -> None:
    clerk = world.town.officer("clerk", agency, "lan")

    assert clerk.get(f"/dossiers/{world.dossiers[OURS, 'submitted']}").status == 403


def test_who_sees_which_dossiers_in_lists(world: World) -> None:
    every = {dossier_id: whose for (whose, stage), dossier_id in world.dossiers.items() if stage != NOBODYS}
    town = world.town
    for sub in (OURS, THEIRS):
        listed = town.citizen(sub).get("/dossiers?limit=100").body["items"]
        assert {every.get(card["id"], sub) for card in listed} == {sub}
        assert {each for each, whose in every.items() if whose == sub} <= {card["id"] for card in listed}
    assert town.citizen("stranger").get("/dossiers").body == {"items": []}


@pytest.mark.parametrize("role", sorted(READS - {"auditor"}))
@pytest.mark.parametrize("queue", ["to_accept", "in_progress", "supplement", "paused", "to_return", "all"])
def test_a_desk_shows_its_own_agencys_filed_dossiers_only(world: World, role: str, queue: str) -> None:
    drafts = {each for (_, stage), each in world.dossiers.items() if stage in (PRIVATE, NOBODYS)}
    ours = world.town.officer(role, HERE, OURS).get(f"/desk/dossiers?queue={queue}&limit=100").body["items"]

    assert ours
    assert {card["agency"] for card in ours} == {HERE}
    assert not drafts & {card["id"] for card in ours}
    elsewhere = world.town.officer(role, ELSEWHERE, OURS)
    assert elsewhere.get(f"/desk/dossiers?queue={queue}").body["items"] == []
    assert elsewhere.get(f"/desk/dossiers?queue={queue}&officer={OURS}").body["items"] == []
    assert elsewhere.get(f"/desk/dossiers?queue={queue}&agency={HERE}").status == 403


def test_the_next_page_of_another_desk_shows_nothing_of_it(world: World) -> None:
    page = world.town.officer("clerk", HERE).get("/desk/dossiers?limit=1").body
    elsewhere = world.town.officer("clerk", ELSEWHERE).get(f"/desk/dossiers?limit=1&cursor={page['next']}")
    mine = world.town.citizen(OURS).get("/dossiers?limit=1").body
    hers = world.town.citizen(THEIRS).get(f"/dossiers?limit=100&cursor={mine['next']}").body["items"]

    assert elsewhere.body == {"items": []}
    assert not {card["id"] for card in hers} & {each for (whose, _), each in world.dossiers.items() if whose == OURS}


def test_an_auditor_without_an_agency_must_name_one(world: World) -> None:
    auditor = world.town.officer("auditor", "", "tam")

    assert auditor.get(f"/desk/dossiers?agency={HERE}").status == 200
    assert auditor.get("/desk/dossiers").status == 422
    assert world.town.officer("clerk", "", "tam").get("/desk/dossiers").status in (403, 422)


def test_the_look_up_shows_nothing_that_says_whose_it_is(world: World) -> None:
    dossier = world.town.citizen(OURS).get(f"/dossiers/{world.dossiers[OURS, 'returned']}").body
    found = world.town.anyone.post("/status-lookups", {"code": dossier["code"], "proof": "3456"})

    assert found.status == 200
    told = str(found.body)
    for personal in ("Bình", "0905123456", "+84905123456", "056190001234", "binh@example.vn", "Lê Lợi", dossier["id"]):
        assert personal not in told
