"""The people of a dossier as they are given: names, numbers, addresses, and what makes one of them wrong. Pure."""

import re
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from chalicelib.refusals import TellingError
from chalicelib.shapes import Shape

# What nearly every number of a dossier is whenever it is read again; `phonenumbers` would say just that of it.
AS_KEPT: Final = re.compile(r"\+84[1-9][0-9]{8}")
MAIL: Final = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")


def _phone(given: str) -> str:
    """E.164 of a phone number, Vietnamese when it carries no country."""
    if AS_KEPT.fullmatch(given):
        return given
    import phonenumbers

    try:
        number = phonenumbers.parse(given, "VN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise TellingError(
            "wrong_phone", "Số điện thoại chưa đúng, ví dụ 0912345678.", "This is no phone number; e.g. 0912345678."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _mail(given: str) -> str:
    if not MAIL.fullmatch(given) or not given.isascii():
        raise TellingError(
            "wrong_email", "Địa chỉ thư điện tử chưa đúng, ví dụ ten@example.vn.", "This is no e-mail address."
        )
    return given


def _tax_code(given: str) -> str:
    from stdnum.vn import mst

    if not mst.is_valid(given) and not re.fullmatch(r"\d{12}", given):
        raise TellingError("wrong_tax_code", "Mã số thuế chưa đúng.", "This is no Vietnamese tax code.")
    return given


def _identity(given: str) -> str:
    if not re.fullmatch(r"\d{12}|\d{9}|[A-Z]\d{7,8}", given):
        raise TellingError(
            "wrong_identity_number",
            "Số định danh gồm 12 chữ số (CCCD), 9 chữ số (CMND) hoặc số hộ chiếu.",
            "An identity number has 12 digits (or 9, or is a passport number).",
        )
    return given


Phone = Annotated[str, Field(max_length=20), AfterValidator(_phone)]
Mail = Annotated[str, Field(max_length=254), AfterValidator(_mail)]
TaxCode = Annotated[str, Field(max_length=14), AfterValidator(_tax_code)]
IdentityNumber = Annotated[str, Field(max_length=12), AfterValidator(_identity)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(min_length=1, max_length=2000)]


class Facts(Shape):
    """As we store it. What a later release added is read and kept, so that two run side by side, or one goes back."""

    model_config = ConfigDict(frozen=True, extra="allow", str_strip_whitespace=True)


class Given(Facts):
    """What a caller gives: loose types are refused."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Address(Given):
    line: Text
    commune: Text
    province: Text


class Person(Given):
    """The applicant (người nộp) or the owner (chủ hồ sơ)."""

    kind: Literal["person", "organisation", "household"]
    full_name: Text
    identity_number: IdentityNumber | None = None
    tax_code: TaxCode | None = None
    date_of_birth: date | None = None
    phone: Phone
    email: Mail | None = None
    address: Address

    @model_validator(mode="after")
    def named_by_a_number(self) -> Self:
        if self.kind != "organisation" and not (self.identity_number or self.tax_code):
            raise TellingError(
                "required", "Hãy nhập số định danh cá nhân.", "Enter the identity number.", "/identity_number"
            )
        if self.kind == "organisation" and not self.tax_code:
            raise TellingError("required", "Hãy nhập mã số thuế của tổ chức.", "Enter the tax code.", "/tax_code")
        return self


class Delivery(Given):
    """How the result is to be returned; by post it needs an address, a recipient and a phone."""

    channel: Literal["online", "desk", "post"]
    address: Address | None = None
    recipient: Text | None = None
    phone: Phone | None = None
