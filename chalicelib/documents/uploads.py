"""Which files are taken, and how a browser is told to upload one. Pure."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from chalicelib.documents.names import TYPES
from chalicelib.documents.reasons import SAID, Reason
from chalicelib.documents.rules import LARGEST
from chalicelib.refusals import Fault, Invalid
from chalicelib.shapes import Shape


class FileNotTaken(Invalid):
    code = "file_not_taken"
    vi = "Tệp này không nhận được. Hãy xem lý do ở từng mục rồi chọn tệp khác."
    en = "This file cannot be taken. See the reason at each field, then choose another file."


class NewDocument(Shape):
    """A file the caller is about to upload; `sha256` in hexadecimal digits."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    component: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    file_name: str = Field(min_length=1, max_length=255)
    content_type: str = Field(min_length=1, max_length=127)
    size: int = Field(description=f"Bytes, from 1 to {LARGEST}")
    sha256: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{64}$"), AfterValidator(str.lower)]


class Upload(Shape):
    """A form for the bucket: POST the fields as multipart/form-data, then the file as the last field, `file`."""

    url: str
    fields: dict[str, str]


class UploadForm(Shape):
    document_id: str
    upload: Upload
    expires_at: datetime


def require_taken(new: NewDocument, accepts: Collection[str]) -> None:
    """Refuses, with every reason at once, a file that a component accepting these types cannot take."""
    faults = faults_of(new.content_type, new.size, accepts)
    if faults:
        raise FileNotTaken(faults)


def faults_of(content_type: str, size: int, accepts: Collection[str]) -> list[Fault]:
    """What speaks against taking such a file for a component that accepts these types."""
    faults = []
    if size > LARGEST:
        faults.append(_too_large(size))
    if size < 1:
        faults.append(Fault("/size", "file_empty", *SAID[Reason.EMPTY]))
    taken = [type_ for type_ in accepts if type_ in TYPES]
    if content_type not in taken:
        names = ", ".join(TYPES[type_].name for type_ in taken)
        vi = f"Thành phần hồ sơ này chỉ nhận: {names}. Hãy chuyển tệp sang một trong các định dạng đó."
        en = f"This component takes only: {names}. Convert the file to one of these."
        faults.append(Fault("/content_type", "type_not_accepted", vi, en))
    return faults


def _too_large(size: int) -> Fault:
    megabytes = f"{size / 1024 / 1024:.1f}"
    vi = f"Tệp nặng {megabytes.replace('.', ',')} MB, vượt quá 20 MB. Hãy nén, giảm độ phân giải hoặc tách nhỏ tệp."
    en = f"The file has {megabytes} MB; at most 20 MB are taken. Compress it, lower its resolution, or split it."
    return Fault("/size", "file_too_large", vi, en)
