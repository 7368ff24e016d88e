"""The applicant and the delivery as a form says them, and as its fields show them. Pure."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.access import Caller
from chalicelib.dossiers.people import Delivery, Person
from chalicelib.refusals import Fault, Invalid
from chalicelib.site.given import day
from chalicelib.site.visits import Fields
from chalicelib.site.wording import WANTED
from chalicelib.web.faults import faults_of

PLACE: Final = ("line", "commune", "province")
PERSON: Final = ("kind", "full_name", "identity_number", "tax_code", "date_of_birth", "phone", "email")
SENT: Final = ("recipient", "phone")
# What pydantic says of a choice is for programs.
CHOOSE: Final = ("required", "Hãy chọn một mục.", "Choose one.")
WRONG_DAY: Final = ("wrong_form", *WANTED["date"])
NAMES: Final = {
    "kind": ("Tư cách", "Kind"),
    "full_name": ("Họ và tên", "Name"),
    "identity_number": ("Số định danh", "Identity number"),
    "tax_code": ("Mã số thuế", "Tax code"),
    "date_of_birth": ("Ngày sinh", "Date of birth"),
    "phone": ("Số điện thoại", "Phone"),
    "email": ("Thư điện tử", "E-mail"),
    "channel": ("Nhận kết quả", "The result comes"),
    "recipient": ("Người nhận", "Recipient"),
    "address": ("Địa chỉ", "Address"),
    "line": ("Số nhà, đường, thôn, tổ dân phố", "House number, street, hamlet"),
    "commune": ("Xã, phường, đặc khu", "Commune"),
    "province": ("Tỉnh, thành phố", "Province"),
}
M = TypeVar("M", bound=BaseModel)


def person(form: Fields, at: str) -> Person:
    """Raises `Invalid` with every fault, each at `/at/…`."""
    facts = _said(form, at, PERSON) | _place(form, at)
    if "date_of_birth" in facts:
        facts["date_of_birth"] = day(facts["date_of_birth"])
    return _read(Person, facts, at)


def delivery(form: Fields, at: str) -> Delivery:
    """An address only where the post needs one. Raises `Invalid`."""
    channel = form[f"{at}.channel"]
    facts = {"channel": channel} if channel else {}
    return _read(Delivery, facts | (_said(form, at, SENT) | _place(form, at) if channel == "post" else {}), at)


def texts(given: BaseModel | None, at: str) -> dict[str, str]:
    """The values of its fields by their names, dates and numbers as people write them."""
    return dict(_texts(given.model_dump(exclude_none=True), at)) if given else {}


def of_session(caller: Caller, province: str) -> dict[str, str]:
    """What the sign-in already told of the applicant."""
    known = {
        "kind": "person",
        "full_name": caller.name,
        "identity_number": caller.identity,
        "phone": caller.phone,
        "address.province": province,
    }
    return {f"applicant.{name}": value for name, value in known.items()}


def _texts(facts: Mapping[str, Any], at: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in facts.items():
        if isinstance(value, dict):
            found += _texts(value, f"{at}.{name}")
        elif isinstance(value, date):
            found.append((f"{at}.{name}", value.strftime("%d/%m/%Y")))
        else:
            text = str(value)
            found.append((f"{at}.{name}", f"0{text[3:]}" if name == "phone" and text.startswith("+84") else text))
    return found


def _said(form: Fields, at: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: form[f"{at}.{name}"] for name in names if form[f"{at}.{name}"]}


def _place(form: Fields, at: str) -> dict[str, Any]:
    said = _said(form, f"{at}.address", PLACE)
    return {"address": said}


def _read(model: type[M], facts: dict[str, Any], at: str) -> M:
    try:
        return model.model_validate_json(json.dumps(facts))
    except ValidationError as error:
        raise Invalid([_plain(each, at) for each in faults_of(error)]) from None


def _plain(fault: Fault, at: str) -> Fault:
    """Told with the name of its field, for a list apart from the fields."""
    name = fault.pointer.rpartition("/")[2]
    told = {"date_of_birth": WRONG_DAY, "kind": CHOOSE, "channel": CHOOSE}.get(name)
    code, vi, en = told if told and (fault.code != "required" or told is CHOOSE) else fault[1:]
    called = NAMES.get(name)
    said = (f"{called[0]}: {vi}", f"{called[1]}: {en}") if called else (vi, en)
    return Fault(f"/{at}{fault.pointer}", code, *said)
