"""The closed list of file types a dossier may hold, and file names made safe to store, show and save. Pure."""

import re
import unicodedata
from typing import Final, NamedTuple

PDF: Final = "application/pdf"
OFFICE: Final = "application/vnd.openxmlformats-officedocument."
LONGEST: Final = 150


class FileType(NamedTuple):
    name: str
    extensions: tuple[str, ...]


# A type may be added only together with the check that tells it from others (contents.py).
TYPES: Final[dict[str, FileType]] = {
    PDF: FileType("PDF", (".pdf",)),
    "image/jpeg": FileType("JPEG", (".jpg", ".jpeg")),
    "image/png": FileType("PNG", (".png",)),
    OFFICE + "wordprocessingml.document": FileType("Word (.docx)", (".docx",)),
    OFFICE + "spreadsheetml.sheet": FileType("Excel (.xlsx)", (".xlsx",)),
    OFFICE + "presentationml.presentation": FileType("PowerPoint (.pptx)", (".pptx",)),
}
UNSAFE_TO_SAVE: Final = re.compile(r'[<>:"|?*]')


def safe_name(given: str, content_type: str) -> str:
    """The last part of the name, in NFC, without what could mislead or harm where it is saved.

    Always ends as its type does: `đơn.exe` declared as PDF is kept as `đơn.exe.pdf`.
    """
    last = re.split(r"[/\\]", given)[-1]
    # Control and format characters go, among them those that turn the writing direction (exe.gpj).
    visible = "".join(c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    spaced = " ".join(unicodedata.normalize("NFC", visible).split())
    stem, extension = _divided(UNSAFE_TO_SAVE.sub("_", spaced), content_type)
    stem = stem[: LONGEST - len(extension)].strip(" .")
    return (stem or "tai-lieu") + extension


def _divided(name: str, content_type: str) -> tuple[str, str]:
    extensions = TYPES[content_type].extensions
    for extension in extensions:
        if name.lower().endswith(extension):
            return name[: -len(extension)], extension
    return name, extensions[0]
