"""Whatever anyone sends to any operation, over a socket, is answered as `/openapi.json` says."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

import app  # noqa: F401 - fills the list of operations
from chalicelib.clock.calendars import load
from chalicelib.clock.now import now
from chalicelib.clock.rules import ZONE
from chalicelib.payments import records as payments
from chalicelib.payments.receipts import actions as receipt_actions
from chalicelib.payments.rules import belongs_to
from chalicelib.web import OPERATIONS, Operation
from tests.dossiers.conftest import AT_DESK, FREE, PAID, PDF, POSTED, WITH_PAPER, Uploaded, a_draft, file
from tests.payments.conftest import FAILED, notification, vnpay_hears
from tests.payments.ledgers import as_csv
from tests.people import Reply, Town
from tests.towns import warned
from tests.web.described import require_described

VNPAY_HEADS = ("vnp_TransactionNo", "vnp_TxnRef", "Loại giao dịch", "Trạng thái", "Số tiền", "vnp_PayDate")
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
pytestmark = pytest.mark.slow  # and all in one process (`--dist loadfile`): the last test says which got nowhere
PEOPLE = [each for each in OPERATIONS if each.who != "machine"]
# A working day after whatever is promised today.
PROMISED = load().working_from(now().date() + timedelta(days=30)).isoformat()
# A request of each kind that may well succeed: what is generated replaces parts of it.
SENSIBLE: dict[str, Any] = {
    "begin_dossier": a_draft(),
    "edit_dossier": {"form": {"purpose": "Xin việc làm"}},
    "request_upload": {
        **{"component": "giay-to", "file_name": "giấy tờ.pdf", "content_type": "application/pdf"},
        **{"size": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest()},
    },
    "withdraw_dossier": {"reason": "Nộp nhầm"},
    "rate_dossier": {"attitude": 5, "timeliness": 4},
    "write_message": {"text": "Xin chào"},
    "start_payment": {"provider": "vnpay", "return_url": "https://example.vn/xong"},
    "take_counter_payment": {"amount": 8000, "receipt_number": "BL-1"},
    "search_dossiers": {"text": "binh", "limit": 1},
    "refuse_dossier": {"reason": "Không thuộc thẩm quyền", "legal_basis": "Điều 17"},
    "ask_supplement": {"items": [{"field": "purpose", "reason": "Ghi rõ mục đích"}]},
    "assign_dossier": {"officer": "specialist-H32.10"},
    "suspend_dossier": {"cause": "other_agency", "reason": "Chờ ý kiến"},
    "extend_dossier": {"reason": "Hồ sơ phức tạp", "days": 3},
    "sign_apology": {"reason": "Chờ xác minh", "promised_date": PROMISED},
    "stop_dossier": {"reason": "Không đủ điều kiện"},
    "revoke_paper": {"reason": "In sai tên"},
    "give_result": {"outcome": "granted", "documents": []},
    "return_result": {"channel": "online"},
    **dict.fromkeys(("draft_result", "write_result"), {"texts": {"content": "Đồng ý cấp", "grounds": "Điều 64"}}),
    "amend_calendar": {
        **{"day_off": {"date": "2028-03-01", "name": {"vi": "nghỉ do bão", "en": "storm"}}},
        **{"announced_at": "2026-01-05", "source": {"vi": "Công điện 01", "en": "Dispatch 01"}},
    },
    "declare_outage": {
        **{"from": "2026-01-05T08:00:00+07:00", "to": "2026-01-05T10:00:00+07:00", "reason": "Mất điện"},
    },
    "declare_cover": {"absent": "chi", "covering": "dung", "from": PROMISED, "to": PROMISED, "reason": "Nghỉ phép"},
    "ask_refund": {"amount": 1000, "refundable": 8000, "reason": "Nộp thừa"},
    "reject_refund": {"reason": "Không đủ căn cứ"},
    "give_refund_up": {"reason": "Sao kê cho thấy bị từ chối"},
    "complete_refund": {"reference": "FT26001"},
    "note_dispute": {"state": "opened", "amount": 1000, "reference": "TS-1", "reason": "Ngân hàng tra soát"},
    "return_money": {"reference": "FT26002"},
    "reconcile": {
        **{"provider": "vnpay", "from": "2026-06-01", "to": "2026-06-01", "format": "csv"},
        "file": base64.b64encode(as_csv([["1", "none", "Thanh toán", "00", "20000", ""]], heads=VNPAY_HEADS)).decode(),
    },
    "calculate_deadline": {"start": "2026-03-02T08:00:00+07:00", "unit": "working_day", "amount": 5},
}
SENSIBLE_QUERY: dict[str, dict[str, Any]] = {
    "list_procedures": {"q": "thu tuc", "limit": 2},
    "show_calendar": {"year": 2026, "agency": "H32.10"},
    "list_unsigned_apologies": {"overdue": "true", "limit": 1},
    "read_queue": {"queue": "to_accept", "limit": 1},
    "read_result_template": {"template": "general"},
    "list_reconciliations": {"provider": "vnpay"},
    "make_register": {"from": "2026-06-01", "to": "2026-06-02", "format": "xlsx"},
}


class Scene(NamedTuple):
    """What stands in the town: dossiers in every stage, the cursors of lists, and how it is all put back."""

    town: Town
    address: str
    dossiers: dict[str, str]
    document: str
    paper: str
    code: str
    refund: dict[str, tuple[str, str]]
    money: str
    reconciliation: str
    cover: str
    put_back: Callable[[], None]


@pytest.fixture(scope="module")
def scene(wired_town: Town, address: str, kept_table: Callable[[], Callable[[], None]]) -> Scene:
    town = wired_town
    binh, an, chi = town.citizen(), town.officer("clerk", "H32.10"), town.officer("specialist", "H32.10")
    duyen = town.officer("approver", "H32.10")
    draft = binh.post("/dossiers", a_draft()).body["id"]
    papers = binh.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"]
    document = binh.post(f"/dossiers/{papers}/documents", SENSIBLE["request_upload"]).body["document_id"]
    Uploaded(papers, document).arrive()
    unpaid, at_desk = file(binh, PAID.code), file(binh, AT_DESK.code, delivery={"channel": "desk"})
    stages = {
        name: file(binh, delivery=POSTED if name == "finished" else {"channel": "online"})["id"] for name in STAGES
    }
    for name in ("accepted", "processing", "suspended", "finished", "returned", "warned"):
        an.decide(stages[name], "acceptance")
    warned(stages["warned"])
    an.decide(stages["asked"], "supplement-requests", SENSIBLE["ask_supplement"])
    chi.decide(stages["processing"], "assignment", {"officer": "specialist-H32.10"})
    chi.decide(stages["suspended"], "suspension", SENSIBLE["suspend_dossier"])
    for name in ("finished", "returned"):
        duyen.decide(stages[name], "result", SENSIBLE["give_result"])
    an.decide(stages["returned"], "return", {"channel": "online"})
    refunds = _refunds(town) | {"failed": _failed(town)}
    paper = an.get(f"/dossiers/{stages['accepted']}/papers").body["items"][0]["paper_id"]
    others = {"draft": draft, "papers": papers, "unpaid": unpaid["id"], "at_desk": at_desk["id"]}
    others |= {name: belongs_to(refunds[name][0]) for name in ("paid", "failed")}
    made = town.officer("finance", "H32.10").post("/reconciliations", SENSIBLE["reconcile"]).body["id"]
    away = {**SENSIBLE["declare_cover"], "absent": "away"}
    cover = town.officer("supervisor", "H32.10").post("/desk/covers", away).body["id"]
    found = (document, paper, unpaid["code"], refunds, _lost_money(), made, cover)
    return Scene(town, address, {**others, **stages}, *found, kept_table())


def _refunds(town: Town) -> dict[str, tuple[str, str]]:
    """A payment at the desk; one with a refund asked for; one whose refund the procedure's rule proposes."""
    from chalicelib.payments import refund_actions

    an, mai = town.officer("clerk", "H32.10"), town.officer("finance", "H32.10")
    made: dict[str, tuple[str, str]] = {}
    for number, name in enumerate(("paid", "asked", "proposed")):
        dossier_id = file(town.citizen(), AT_DESK.code, delivery={"channel": "desk"})["id"]
        money = {"amount": 8000, "receipt_number": f"BL-9{number}"}
        payment = an.post(f"/dossiers/{dossier_id}/counter-payments", money).body["payment_id"]
        made[name] = (payment, "none")
        if name == "asked":
            asked = mai.post(f"/payments/{payment}/refunds", SENSIBLE["ask_refund"])
            made[name] = (payment, asked.body["refund_id"])
        if name == "proposed":
            an.decide(dossier_id, "refusal", SENSIBLE["refuse_dossier"])
            refund_actions.propose(dossier_id, 4, NOW)
            seen = mai.get(f"/payments/{payment}").body["refunds_seen"]
            made[name] = (payment, seen[0]["refund_id"])
    receipt_actions.follow(belongs_to(made["paid"][0]), NOW)
    return made


def _failed(town: Town) -> tuple[str, str]:
    """An attempt at which the provider told of a failure."""
    dossier_id = file(town.citizen(), PAID.code)["id"]
    wanted = SENSIBLE["start_payment"]
    payment = town.citizen().post(f"/dossiers/{dossier_id}/payments", wanted).body["payment_id"]
    said = notification(payments.ledger(dossier_id).payments[payment], **FAILED)
    assert vnpay_hears(said) == "00"
    return payment, "none"


def _lost_money() -> str:
    from chalicelib.payments import unmatched
    from chalicelib.payments.rules import Statement, Verdict

    said = Statement(
        order="none",
        verdict=Verdict.SUCCESS,
        money_taken=True,
        amount=20_000,
        provider_reference="FT-1",
        facts={"content": "chuyen tien"},
    )
    unmatched.keep("vnpay", said, NOW)
    return str(unmatched.waiting(1, "")[0][0]["id"])


# Where each can be carried out, when not on what has just been filed.
APT = {
    **dict.fromkeys(("edit_dossier", "submit_dossier", "discard_draft"), "draft"),
    **dict.fromkeys(("request_upload", "list_documents", "remove_document", "fetch_document"), "papers"),
    **dict.fromkeys(("suspend_dossier", "extend_dossier", "give_result", "stop_dossier"), "processing"),
    **dict.fromkeys(("read_result_template", "draft_result", "write_result"), "processing"),
    **{"answer_supplement": "asked", "resume_dossier": "suspended", "return_result": "finished"},
    **dict.fromkeys(("list_papers", "fetch_paper", "revoke_paper"), "accepted"),
    **dict.fromkeys(("sign_apology", "draft_apology"), "warned"),
    **{"list_receipts": "paid", "fetch_receipt": "paid", "fetch_failure_proof": "failed"},
    **{"rate_dossier": "returned", "start_payment": "unpaid", "take_counter_payment": "at_desk"},
}
OF_REFUND = {
    **dict.fromkeys(("approve_refund", "reject_refund"), "proposed"),
    **{"complete_refund": "asked", "give_refund_up": "asked", "fetch_failure_proof": "failed"},
}
STAGES = ("submitted", "asked", "accepted", "processing", "suspended", "finished", "returned", "warned")
PERSONS: dict[str, Callable[[Town, Operation], str | None]] = {
    "citizen": lambda town, operation: town.citizen().bearer,
    "officer": lambda town, operation: _officer(town, operation).bearer,
    "nobody": lambda town, operation: None,
}
ROLES = {
    "specialist": {
        *("suspend_dossier", "resume_dossier", "assign_dossier"),
        *("read_result_template", "draft_result", "write_result"),
    },
    "approver": {
        *("give_result", "extend_dossier", "stop_dossier"),
        *("sign_apology", "draft_apology", "list_unsigned_apologies"),
    },
    "finance": {
        *("list_payments_needing", "read_payment", "ask_refund", "approve_refund", "reject_refund", "complete_refund"),
        *("give_refund_up", "note_dispute", "list_unmatched", "list_forged", "place_money", "return_money"),
        *("reconcile", "list_reconciliations", "show_reconciliation", "fetch_reconciliation_workbook"),
    },
    "supervisor": {"declare_cover", "end_cover"},
    "admin": {"amend_calendar", "list_amendments", "show_replay", "declare_outage"},
}


def _officer(town: Town, operation: Operation) -> Any:
    """A clerk, or whoever may decide so."""
    return town.officer(next((role for role, acts in ROLES.items() if operation.name in acts), "clerk"), "H32.10")


class Touch(NamedTuple):
    """How a generated request is made one that reaches further than the door."""

    apt: bool
    dossier: int | None
    seen: str
    sensible: bool
    kept: tuple[bool, ...]
    language: str


PROMISING = Touch(apt=True, dossier=None, seen="current", sensible=True, kept=(False,) * 8, language="vi")
touches = st.just(PROMISING) | st.builds(
    Touch,
    apt=st.booleans(),
    dossier=st.one_of(st.integers(0, 10), st.none()),
    seen=st.sampled_from(["current", "current", "current", "current", "stale", "generated"]),
    sensible=st.sampled_from([True, True, False]),
    kept=st.one_of(st.just((False,) * 8), st.tuples(*[st.booleans()] * 8)),
    language=st.sampled_from(["vi", "en", "en;q=0.5, vi;q=0.1"]),
)


def touched(case: Any, touch: Touch, operation: Operation, scene: Scene, number: int) -> None:
    dossier_id = _chosen(touch, operation, scene)
    real = {"dossier_id": dossier_id, "document_id": scene.document, "code": FREE.code, "number": "1", "kind": "le_phi"}
    payment, refund = scene.refund[OF_REFUND.get(operation.name, "paid")]
    real |= {"reconciliation_id": scene.reconciliation, "cover_id": scene.cover}
    real |= {"paper_id": scene.paper, "payment_id": payment, "refund_id": refund, "money_id": scene.money}
    for name in real.keys() & (case.path_parameters or {}).keys() if dossier_id else ():
        case.path_parameters[name] = real[name]
    if touch.sensible:
        case.body = _mixed(case.body, SENSIBLE.get(operation.name), touch.kept)
        if operation.name in ("look_up_status", "look_up_deadline"):
            case.body = {"code": scene.code, "proof": "0000" if touch.kept[0] else "3456"}
        if operation.name == "place_money":
            case.body = {"dossier_code": scene.code}
        if operation.query:
            case.query = _mixed(case.query, SENSIBLE_QUERY.get(operation.name, {}), touch.kept)
        if operation.once:
            case.headers["Idempotency-Key"] = f"k-{number}"
        if operation.if_match:
            _shown_version(case, touch, dossier_id)
    case.headers["Accept-Language"] = touch.language


def _chosen(touch: Touch, operation: Operation, scene: Scene) -> str | None:
    """A dossier on which this can be done, any dossier, or what was generated."""
    if touch.apt:
        return scene.dossiers[APT.get(operation.name, "submitted")]
    return list(scene.dossiers.values())[touch.dossier] if touch.dossier is not None else None


def _mixed(generated: Any, sensible: Any, kept: tuple[bool, ...]) -> Any:
    """The sensible body, some of its parts replaced by generated ones."""
    if not isinstance(sensible, dict) or not isinstance(generated, dict):
        return generated if sensible is None else sensible
    names = sorted(str(name) for name in generated)
    taken = {name: generated[name] for name, take in zip(names, kept, strict=False) if take and name in generated}
    return sensible | taken


def _shown_version(case: Any, touch: Touch, dossier_id: str | None) -> None:
    from chalicelib.dossiers import records

    if touch.seen != "generated" and dossier_id:
        version = records.load(dossier_id).version - (touch.seen == "stale")
        case.headers["If-Match"] = f'"{version}"'


load_all_checks()
CONFORMS = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
]

WRONG_IS_REFUSED = [CHECKS.get_one("negative_data_rejection")]  # true only of what was not touched since


@pytest.fixture(scope="module")
def described_api(address: str) -> Any:
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


def cases(api: Any, operation: Operation) -> Any:
    """Requests as described, and requests that are not."""
    described = api[operation.path][operation.method]
    positive = described.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not (operation.body or operation.query or "{" in operation.path or operation.once):
        return positive
    return st.one_of(positive, described.as_strategy(generation_mode=GenerationMode.NEGATIVE))


@pytest.mark.parametrize("person", PERSONS)
@pytest.mark.parametrize("operation", PEOPLE, ids=lambda each: each.name)
def test_whatever_is_sent_is_answered_as_described(
    scene: Scene, described_api: Any, operation: Operation, person: str, pytestconfig: pytest.Config
) -> None:
    more = pytestconfig.getoption("--fuzz")
    examples = more or (12 if operation.body else 6)
    bearer = PERSONS[person](scene.town, operation)
    numbers = iter(range(10_000_000))

    with requests.Session() as session:

        @settings(
            max_examples=examples,
            derandomize=not more,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases(described_api, operation), touch=touches)
        def ask(case: Any, touch: Touch) -> None:
            if operation.method != "GET":
                scene.put_back()
            touched(case, touch, operation, scene, next(numbers))
            headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
            answer = case.call(base_url=scene.address, headers=headers, session=session)
            as_generated = not (touch.apt or touch.dossier is not None or touch.sensible)
            case.validate_response(answer, checks=[*CONFORMS, *WRONG_IS_REFUSED] if as_generated else CONFORMS)
            heads = {name.lower(): values[0] for name, values in answer.headers.items()}
            is_json = "json" in heads.get("content-type", "")
            reply = Reply(
                answer.status_code, heads, json.loads(answer.content) if is_json and answer.content else answer.content
            )
            require_described(operation.method, operation.path, reply)
            SEEN.setdefault(operation.name, set()).add(reply.status)

        ask()


SEEN: dict[str, set[int]] = {}


def test_the_requests_reached_further_than_the_door() -> None:
    """A fuzzer that is only ever refused proves little: operations were also carried out."""
    if len(SEEN) < len(PEOPLE):
        pytest.skip("only some of the operations were asked")
    refused = {name for name, statuses in SEEN.items() if min(statuses) >= 300}
    assert refused <= {"retry_shipment"}, refused  # nothing was sent by post
