"""How the facts of a dossier read on its papers, in Vietnamese. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from chalicelib import amounts
from chalicelib.catalogue.form_words import Schema, label_at
from chalicelib.clock.rules import ZONE, Processing, Unit
from chalicelib.dossiers.people import Address, Delivery
from chalicelib.dossiers.results import EvidenceKind
from chalicelib.dossiers.rules import PinnedComponent

UNITS: Final = {
    Unit.WORKING_HOUR: "giờ làm việc",
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.CALENDAR_DAY: "ngày",
    Unit.MONTH: "tháng",
}
FILED: Final = {"online": "Trực tuyến", "desk": "Trực tiếp tại bộ phận một cửa"}
RETURNED: Final = {
    "online": "Trực tuyến",
    "desk": "Tại bộ phận một cửa",
    "post": "Qua dịch vụ bưu chính công ích",
}

PROVED: Final[dict[EvidenceKind, str]] = {
    "outage": "hệ thống bị gián đoạn",
    "document": "theo văn bản đã ký",
}


def asked(item: dict[str, str], listed: Mapping[str, PinnedComponent], form: Schema) -> str:
    """Of a supplement: a paper by its name, a place of the form as the form itself calls it."""
    component = item.get("component")
    if component:
        return listed[component].name if component in listed else component
    return f"Mục “{label_at(form, item['field'], 'vi').strip('/')}” của tờ khai điện tử"


def delivery(to: Delivery) -> str:
    return f"{RETURNED[to.channel]}, đến {address(to.address)}" if to.address else RETURNED[to.channel]


def address(given: Address) -> str:
    return f"{given.line}, {given.commune}, {given.province}"


def phone(given: str) -> str:
    """As it is dialled at home."""
    return "0" + given.removeprefix("+84") if given.startswith("+84") else given


def recorded(finished_at: datetime, recorded_at: datetime, evidence: EvidenceKind) -> str:
    """An earlier finish: when the work was finished, when that was entered, and what proves it."""
    done, entered = (f"{at.astimezone(ZONE):%H:%M ngày %d/%m/%Y}" for at in (finished_at, recorded_at))
    return f"xong lúc {done} ({PROVED[evidence]}), ghi nhận lúc {entered}"


def step_assigned(name: str, due_at: datetime | None) -> str:
    by = f", hạn {due_at.astimezone(ZONE):%H:%M ngày %d/%m/%Y}" if due_at else ""
    return f"Phân công giải quyết bước “{name}”{by}"


def term(processing: Processing | None) -> str:
    if processing is None:
        return "Pháp luật không quy định thời hạn"
    return f"{processing.amount:g} {UNITS[processing.unit]}".replace(".", ",")


def fee(amount: int) -> str:
    return amounts.dong(amount) if amount else "Không"
