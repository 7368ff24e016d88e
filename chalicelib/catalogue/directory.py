"""What an admin does to the directory of agencies: adds, changes, ends, reopens; what forbids it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from pydantic import ConfigDict

from chalicelib.catalogue import placing
from chalicelib.catalogue.placing import Directory, Known, Typed
from chalicelib.catalogue.rules import Agency, Level
from chalicelib.refusals import Conflict, Fault, Invalid, NotFound
from chalicelib.shapes import Shape

What = Literal["added", "changed", "ended", "reopened"]


class UnknownAgency(NotFound):
    code = "unknown_agency"
    vi = "Không có cơ quan nào mang mã này."
    en = "There is no agency with this code."


class AgencyChangedMeanwhile(Conflict):
    code = "agency_changed_meanwhile"
    vi = "Cơ quan này vừa được người khác thay đổi, không còn như bạn đã xem. Hãy xem lại rồi thực hiện lại."
    en = "Somebody else has just changed this agency, or it is no longer as you saw it. Look again, then repeat."


class AgencyInUse(Conflict):
    code = "agency_in_use"
    vi = (
        "Chưa thể kết thúc cơ quan này: còn {dossiers} hồ sơ đang mở, {procedures} thủ tục đang có hiệu lực, "
        "{beneath} cơ quan trực thuộc."
    )
    en = (
        "This agency cannot be ended yet: {dossiers} open dossiers, {procedures} procedures in force and "
        "{beneath} agencies under it are in the way."
    )


class ProvinceStays(Conflict):
    code = "province_stays"
    vi = "Không thể kết thúc chính cơ quan cấp tỉnh mà hệ thống này phục vụ."
    en = "The province this service is for cannot itself be ended."


@dataclass(frozen=True)
class InTheWay:
    """What keeps an agency from being ended."""

    dossiers: int
    procedures: int
    beneath: int


class AgencyEvent(Shape):
    """What an admin did to an agency, and why; `number` is the agency's version after it. Additions are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")

    number: int
    what: What
    by: str
    at: datetime
    reason: str
    before: Agency | None
    after: Agency


def added(typed: Typed, directory: Directory, province: str) -> Known:
    """Raises `Invalid` with everything wrong."""
    return Known(_judged(typed, [*placing.code_faults(typed, directory, province)], directory, province), 1)


def changed(before: Known, typed: Typed, directory: Directory, province: str) -> Known:
    """Another name, level or parent. Raises `Invalid`, `AgencyChangedMeanwhile` when it has ended."""
    if not before.stands:
        raise AgencyChangedMeanwhile
    after = _judged(typed, [*placing.beneath_faults(typed, directory)], directory, province)
    if after == before.agency:
        raise Invalid([placing.fault("name", "unchanged", "Chưa có gì thay đổi.", "Nothing is different.")])
    return Known(after, before.version + 1)


def ended(before: Known, reason: str, now: datetime, province: str, way: InTheWay) -> Known:
    """Raises `Invalid` without a reason, `AgencyInUse` with what is in the way, `ProvinceStays`."""
    if not before.stands:
        raise AgencyChangedMeanwhile
    if faults := [*placing.reason_faults(reason)]:
        raise Invalid(faults)
    if before.agency.code == province:
        raise ProvinceStays
    if way.dossiers or way.procedures or way.beneath:
        raise AgencyInUse(
            dossiers=at_most(way.dossiers), procedures=at_most(way.procedures), beneath=at_most(way.beneath)
        )
    return Known(before.agency, before.version + 1, now)


def reopened(before: Known, reason: str, directory: Directory, province: str) -> Known:
    """Ended by mistake: as it was, where that is still possible. Raises `Invalid`, `AgencyChangedMeanwhile`."""
    if before.stands:
        raise AgencyChangedMeanwhile
    agency = before.agency
    typed = Typed(agency.code, agency.name, agency.level, agency.parent or "", reason)
    return Known(_judged(typed, [], directory, province), before.version + 1)


def at_most(count: int, most: int = 99) -> str:
    return str(count) if count <= most else f"{most}+"


def _judged(typed: Typed, faults: list[Fault], directory: Directory, province: str) -> Agency:
    faults += [
        *placing.name_faults(typed, directory),
        *placing.level_faults(typed, directory, province),
        *placing.parent_faults(typed, directory),
        *placing.reason_faults(typed.reason),
    ]
    if faults:
        raise Invalid(faults)
    return Agency(code=typed.code, name=typed.name, level=cast("Level", typed.level), parent=typed.parent or None)
