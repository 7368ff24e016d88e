"""What it takes to publish a procedure and to file under it, what lists show of one, and the refusals of both. Pure."""

from datetime import date
from typing import Final, Literal

from pydantic import ConfigDict

from chalicelib.catalogue.result_templates import faults
from chalicelib.catalogue.rules import Channels, Procedure
from chalicelib.clock.rules import Processing
from chalicelib.history.rules import digest
from chalicelib.refusals import Conflict, Gone, Invalid, NotFound
from chalicelib.shapes import Shape

SubmitChannel = Literal["online", "desk", "post"]
REASONS_TOLD: Final = 3


class UnknownProcedure(NotFound):
    code = "unknown_procedure"
    vi = "Không có thủ tục hành chính nào mang mã này. Hãy tìm lại theo tên thủ tục."
    en = "There is no procedure with this code. Search for it by name."


class ProcedureAbolished(Gone):
    code = "procedure_abolished"
    vi = "Thủ tục {code} đã bị bãi bỏ, không còn tiếp nhận hồ sơ mới."
    en = "Procedure {code} has been abolished; no new dossiers are taken."


class ProcedureUnderReview(Conflict):
    code = "procedure_under_review"
    vi = "Thủ tục {code} đang chờ cán bộ rà soát nên chưa nhận hồ sơ trực tuyến: {reasons}"
    en = "Procedure {code} awaits review and cannot be filed online yet: {reasons}"


class ChannelNotOffered(Conflict):
    code = "channel_not_offered"
    vi = "Thủ tục {code} không tiếp nhận hồ sơ theo hình thức này. Các hình thức được nhận: {offered}."
    en = "Procedure {code} does not take dossiers this way. Ways offered: {offered}."


class PublishedMeanwhile(Conflict):
    code = "published_meanwhile"
    vi = "Thủ tục {code} vừa được người khác công bố phiên bản mới. Hãy xem lại rồi thực hiện lại."
    en = "Somebody else has just published another version of procedure {code}. Look again, then repeat."


class FormUnusable(Invalid):
    code = "form_unusable"
    vi = "Biểu mẫu của thủ tục {code} phải là JSON Schema hợp lệ và có ít nhất một ví dụ đúng với chính nó."
    en = "The form of procedure {code} must be a valid JSON Schema with at least one example that satisfies it."


class ResultTemplateUnusable(Invalid):
    code = "result_template_unusable"
    vi = "Mẫu kết quả của thủ tục {code} không dùng được: {reasons}"
    en = "The result template of procedure {code} cannot be used: {reasons}"


class Summary(Shape):
    """What lists and the search need of a procedure's latest version."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    agency: str
    agencies: tuple[str, ...]
    field: str
    level: Literal[1, 2, 3, 4]
    service: Literal["full", "partial", "information"]
    fee_total: int
    processing: Processing | None
    processing_note: str
    channels: Channels
    status: Literal["in_force", "abolished"]
    needs_review: bool
    version: int
    valid_from: date


def summary_of(procedure: Procedure) -> Summary:
    shared = {name: getattr(procedure, name) for name in Summary.model_fields if name != "needs_review"}
    return Summary(needs_review=bool(procedure.needs_review), **shared)


def content_digest(procedure: Procedure) -> str:
    return digest(procedure.content)


def next_version(procedure: Procedure, latest: Procedure | None, on: date) -> Procedure | None:
    """The version to publish on this day after the latest one; None when the content is the same."""
    if latest is None:
        return procedure.model_copy(update={"version": 1, "valid_from": on})
    if content_digest(latest) == content_digest(procedure):
        return None
    # Versions come into force in the order of their numbers, even when someone publishes with an old date.
    return procedure.model_copy(update={"version": latest.version + 1, "valid_from": max(on, latest.valid_from)})


def require_usable_form(procedure: Procedure) -> None:
    """A form that no filing could satisfy would be found out by a citizen; it is found out here instead."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(procedure.form)
    except SchemaError:
        raise FormUnusable(code=procedure.code) from None
    validator = Draft202012Validator(procedure.form)
    if not any(validator.is_valid(example) for example in procedure.form.get("examples", ())):
        raise FormUnusable(code=procedure.code)


def require_usable_result(procedure: Procedure) -> None:
    """What an officer could not fill in is found out here too."""
    template = procedure.result_template
    found = list(faults(template, procedure.form)) if template else []
    if found:
        raise ResultTemplateUnusable(found, code=procedure.code, reasons=" ".join(each.vi for each in found))


def require_filable(procedure: Procedure, channel: SubmitChannel) -> None:
    if procedure.status == "abolished":
        raise ProcedureAbolished(code=procedure.code)
    if channel not in procedure.channels.submit:
        raise ChannelNotOffered(code=procedure.code, offered=", ".join(procedure.channels.submit))
    if procedure.needs_review and channel == "online":
        reasons = " ".join(review.text for review in procedure.needs_review[:REASONS_TOLD])
        raise ProcedureUnderReview(code=procedure.code, reasons=reasons)
