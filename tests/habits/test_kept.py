"""What the table keeps is read by `table.as_kept` alone; what comes from outside is held to the letter."""

import ast
import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from chalicelib.catalogue.directory import AgencyEvent
from chalicelib.catalogue.rules import Agency, Procedure
from chalicelib.clock.amendments import Entered
from chalicelib.clock.outages import Outage
from chalicelib.dossiers.people import Person
from chalicelib.dossiers.rules import Dossier
from chalicelib.payments.receipts.rules import Receipt
from chalicelib.payments.reconciling.records import Run
from chalicelib.payments.refunds import RefundEvent
from chalicelib.payments.rules import Payment, PaymentEvent
from chalicelib.payments.unmatched import Unmatched
from chalicelib.postal.rules import Shipment
from chalicelib.site.officers import Officer
from chalicelib.table import as_kept
from chalicelib.wordings.rules import Edition
from tests.habits.test_source import SERVICE, named, tree

READS = {"model_validate", "model_validate_json", "validate_json", "validate_python"}
# Who else reads into a model, and what: it is not a body the table keeps.
ELSEWHERE = {
    "chalicelib/table.py": "as_kept itself",
    "chalicelib/settings.py": "the environment",
    "chalicelib/web/facts.py": "what callers send",
    "chalicelib/site/people_given.py": "what a form sends",
    "chalicelib/site/bringing.py": "what a form sends",
    "chalicelib/papers/tokens.py": "what a paper's code says",
    "chalicelib/papers/blocks.py": "packaged templates",
    "chalicelib/catalogue/life_events.py": "a packaged list",
    "chalicelib/dossiers/writing/general.py": "a packaged template",
    "chalicelib/payments/providers/__init__.py": "the secret's accounts",
    "chalicelib/payments/reconciling/statement_formats.py": "packaged formats",
    "chalicelib/postal/vnpost_format.py": "what the carrier sends",
    "chalicelib/documents/files.py": "what the store signs",
    "chalicelib/documents/pdf_checks.py": "what the process that reads a PDF says",
    "chalicelib/documents/records.py": "an item's attributes, of which the model takes its own",
    "chalicelib/site/session_records.py": "the caller of a session, a dataclass that takes its own",
    "chalicelib/dossiers/routes.py": "an answer being made",
    "chalicelib/dossiers/shown.py": "an answer being made",
    "chalicelib/documents/shown.py": "an answer being made",
    "chalicelib/dossiers/recalendar_routes.py": "an answer being made",
    "chalicelib/payments/finance_routes.py": "an answer being made",
}
AT, LATER = "2026-03-02T08:00:00+07:00", "2026-03-02T08:15:00+07:00"
ADDRESS = {"line": "1", "commune": "Hải Châu", "province": "Đà Nẵng"}
SOMEBODY = {
    **{"kind": "person", "full_name": "Lê Văn Bình", "identity_number": "048090000001"},
    **{"phone": "+84912345678", "address": ADDRESS},
}
PINNED = {
    **{"code": "1.000001", "name": "Cấp bản sao", "version": 1, "valid_from": "2026-01-01", "key": "k", "level": 4},
    **{"field": "x", "pauses": [], "resume": "continue", "pay_online": False},
    **{"processing": {"unit": "working_day", "amount": 3}, "refund": {}, "steps": [{"name": "a"}]},
}
SAID = {
    "order": "d-1",
    "verdict": "success",
    "money_taken": True,
    "amount": 8000,
    "provider_reference": "r",
    "facts": {},
}
BLANK = {"name": "content", "label": "Nội dung"}
AGENCY = {"code": "H32.10", "name": "Sở Nội vụ", "level": "department", "parent": "H32"}
KEPT: dict[type[BaseModel], dict[str, Any]] = {
    Agency: AGENCY,
    Edition: {"number": 2, "parts": {"body": "x"}, "restores": 1, "by": "quan", "at": AT, "reason": "x"},
    AgencyEvent: {
        **{"number": 2, "what": "changed", "by": "quan", "at": AT, "reason": "x"},
        **{"before": AGENCY, "after": AGENCY | {"name": "Sở Y tế"}},
    },
    Dossier: {
        **{"id": "d", "procedure": PINNED, "agency": "H32.10", "citizen_key": "c", "applicant": SOMEBODY},
        **{"delivery": {"channel": "post", "address": ADDRESS}, "created_at": AT, "changed_at": AT, "turn_since": AT},
        "fees": [{"code": "f", "name": "Phí", "kind": "phi", "amount": 8000}],
        "supplement": {"items": [{"component": "a", "reason": "b"}], "at": AT, "by": "mai"},
    },
    Payment: {
        **{"id": "d-1", "dossier_id": "d", "provider": "momo", "about": "H32", "amount": 8000},
        **{"created_at": AT, "expires_at": LATER},
    },
    PaymentEvent: {
        **{"id": "e", "payment_id": "d-1", "source": "query", "at": AT, "verdict": "success", "money_taken": True},
        **{"amount": 8000, "provider_reference": "r", "facts": {}},
    },
    RefundEvent: {"refund_id": "r", "payment_id": "d-1", "act": "asked", "at": AT, "by": "chi", "amount": 8000},
    Unmatched: {"id": "u", "provider": "sepay", "at": AT, "statement": SAID},
    Receipt: {
        **{"payment_id": "d-1", "dossier_id": "d", "kind": "le_phi", "n": 1, "symbol": "s", "number": "0000001"},
        "lines": [{"code": "f", "name": "Lệ phí", "kind": "le_phi", "amount": 8000}],
        **{"payer": "p", "applicant": "a", "dossier_code": "c", "procedure": "1.000001", "procedure_name": "n"},
        **{"agency": "H32.10", "provider": "momo", "provider_reference": "r", "paid_at": AT, "issued_at": AT},
    },
    Run: {
        **{"id": "r", "provider": "momo", "first": "2026-03-02", "last": "2026-03-02", "at": AT, "by": "dung"},
        **{"file_format": "f", "file_sha256": "0", "lines": 1, "unreadable": 0, "rows": 1, "differences": 0},
    },
    Shipment: {
        **{"dossier_id": "d", "n": 7, "agency": "H32.10", "carrier": "vnpost", "order_number": "o"},
        **{"since": AT, "trying_since": AT, "watch_at": None},
    },
    Entered: {
        "day_off": {"date": "2026-03-04", "name": {"vi": "Nghỉ", "en": "Off"}},
        **{"announced_at": "2026-03-01", "source": {"vi": "TB 1", "en": "TB 1"}},
        **{"number": 1, "entered_by": "quan", "at": AT},
    },
    Outage: {
        **{"id": "1", "begin": AT, "to": LATER, "reason": "mất điện", "agency": None},
        **{"declared_by": "quan", "declared_at": LATER},
    },
    Officer: {
        **{"key": "k", "subject": "mai", "issuer": "i", "agency": "H32.10", "name": "Mai", "roles": ["clerk"]},
        **{"first_seen_at": AT, "signed_in_at": AT, "sessions": [{"id": "s", "ends_at": LATER}]},
    },
    Procedure: {
        **{"code": "1.000001", "name": "Cấp bản sao", "agencies": ["H32.10"], "field": "x", "level": 4},
        **{"service": "full", "form": {}, "presence_required": False, "visits": 0, "source": "s"},
        "components": [{"code": "a", "name": "A", "original": 1, "copy": 0, "required": True}],
        **{"processing": {"unit": "working_day", "amount": 3}, "channels": {"submit": ["online"], "return": ["desk"]}},
        **{"legal_basis": [{"number": "1", "name": "n"}], "valid_from": "2026-01-01"},
        "result_template": {"title": "Quyết định", "abbreviation": "QĐ", "body": "b", "blanks": [BLANK]},
    },
}
LOOSE = {"form", "facts"}  # of any shape already


def with_more(facts: Any) -> Any:
    """The facts as a later release would keep them: one field more in every one of them."""
    if isinstance(facts, dict):
        return {name: value if name in LOOSE else with_more(value) for name, value in facts.items()} | {"added": "x"}
    return [with_more(each) for each in facts] if isinstance(facts, list) else facts


def test_what_the_table_keeps_is_read_in_one_way():
    """So that a release that is taken back reads what the newer one wrote."""
    reads = {
        named(path)
        for path in SERVICE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in READS
    }

    assert reads == set(ELSEWHERE)


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_what_a_newer_release_kept_is_read_as_if_it_had_added_nothing(model: type[BaseModel]):
    facts = KEPT[model]
    plain = as_kept(model, json.dumps(facts))

    newer = as_kept(model, json.dumps(with_more(facts)))

    assert newer.model_dump(include=set(model.model_fields)).keys() == plain.model_dump().keys()
    for name, value in plain:
        assert without_more(getattr(newer, name)) == without_more(value), name


def without_more(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: without_more(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {name: without_more(each) for name, each in value.items() if name != "added"}
    return [without_more(each) for each in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("model", [Dossier, Shipment, Officer], ids=lambda model: model.__name__)
def test_what_is_written_again_keeps_what_a_newer_release_added(model: type[BaseModel]):
    newer = as_kept(model, json.dumps(KEPT[model] | {"added": "x"}))

    assert json.loads(newer.model_copy(update={"version": 9}).model_dump_json())["added"] == "x"


def test_what_is_entered_is_still_held_to_the_letter():
    with pytest.raises(ValidationError):
        Person.model_validate_json(json.dumps(SOMEBODY | {"added": "x"}))
    with pytest.raises(ValidationError):
        Procedure.model_validate_json(json.dumps(with_more(KEPT[Procedure])))
