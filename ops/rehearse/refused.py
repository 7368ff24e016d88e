"""One needed permission taken from a deployed role: the call is refused, the log says so, and it is mended."""

import json
from typing import Any, Final

from ops.local.cloud import client
from ops.rehearse.journey import BINH, BY_POST, PROCEDURE, answered, until
from ops.rehearse.town import Town

FUNCTION: Final = "APIHandler"
TAKEN: Final = "dynamodb:PutItem"
POLICY: Final = "may"


def without_a_permission(town: Town) -> None:
    """A draft can be begun, then not, then again."""
    role = town.resources[f"{FUNCTION}Role"]
    said = client("iam").get_role_policy(RoleName=role, PolicyName=POLICY)["PolicyDocument"]
    whole: dict[str, Any] = json.loads(said) if isinstance(said, str) else said
    _expect_draft(town, 201)
    try:
        _put(role, {**whole, "Statement": [_less(each) for each in whole["Statement"] if _less(each)["Action"]]})
        _expect_draft(town, 500)
        until("the refusal stands in the log", lambda: _refusals(town) > 0, True, 20)
    finally:
        _put(role, whole)
    _expect_draft(town, 201)


def _less(statement: dict[str, Any]) -> dict[str, Any]:
    return {**statement, "Action": [action for action in statement["Action"] if action != TAKEN]}


def _put(role: str, document: dict[str, Any]) -> None:
    client("iam").put_role_policy(RoleName=role, PolicyName=POLICY, PolicyDocument=json.dumps(document))


def _expect_draft(town: Town, wanted: int) -> None:
    asked = {"procedure": PROCEDURE, "applicant": BINH, "form": {}, "delivery": BY_POST}
    reply = town.person("citizen", "binh").post("/dossiers", asked)
    answered(reply, wanted)


def _refusals(town: Town) -> int:
    return town.log_of(FUNCTION).count("AccessDenied")
