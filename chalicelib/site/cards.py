"""A dossier in the citizen's list: whose turn, until when. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.dossiers.life import NAMES, RUNNING, Stage
from chalicelib.dossiers.rules import MONEY_IN
from chalicelib.dossiers.status import whose
from chalicelib.refusals import Language
from chalicelib.site import wording


class Line(NamedTuple):
    """`kind`: of its tag. `until`: by when whose turn it is must have acted."""

    id: str
    code: str
    procedure: str
    applicant: str
    stage: str
    kind: str
    whose: str
    what: str
    until: datetime | None
    changed_at: datetime


def line(card: Mapping[str, Any], now: datetime, language: Language) -> Line:
    """Of the card that lists hold; the dossier itself is not read."""
    stage = Stage(card["stage"])
    who, *what = _turn(card, stage)
    until = _until(card, stage)
    late = stage in RUNNING and until is not None and now > until
    turn, kind = wording.TURNS[who]
    return Line(
        id=card["id"],
        code=card["code"] or "",
        procedure=card["procedure_name"],
        applicant=card["applicant_name"],
        stage=wording.said(("Quá hạn", "Overdue") if late else NAMES[stage], language),
        kind="late" if late else "good" if stage in (Stage.FINISHED, Stage.RETURNED) else kind,
        whose=wording.said(turn, language),
        what=what[0 if language == "vi" else 1],
        until=until,
        changed_at=datetime.fromisoformat(card["changed_at"]),
    )


def _turn(card: Mapping[str, Any], stage: Stage) -> tuple[str, str, str]:
    """Cards kept before they told of the delivery say no more than that the agency has the result."""
    unpaid = bool(card["fee_due"]) and card["payment_status"] not in MONEY_IN
    pays = stage == Stage.SUBMITTED and unpaid and card["acceptance_due_at"] is None
    return whose(stage, card.get("shipping", ""), card.get("delivery", ""), pays=pays)


def _until(card: Mapping[str, Any], stage: Stage) -> datetime | None:
    name = "acceptance_due_at" if stage == Stage.SUBMITTED else "due_at" if stage in RUNNING else ""
    return datetime.fromisoformat(card[name]) if name and card[name] else None
