"""What a dossier says, line by line, as it is read again before it is filed and afterwards. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from chalicelib.documents.rules import Document
from chalicelib.dossiers.people import Delivery, Person
from chalicelib.refusals import Language
from chalicelib.site import wording
from chalicelib.site.people_given import NAMES, texts
from chalicelib.site.questions import Question
from chalicelib.site.visits import Visit

NOTHING: Final = "—"
YES_NO: Final = {"true": ("Có", "Yes"), "false": ("Không", "No")}


class Row(NamedTuple):
    """`deep`: how far below the section's own questions; `text`: a dash where nothing was answered."""

    label: str
    text: str
    deep: int = 0


def applicant_rows(person: Person | None, language: Language) -> list[Row]:
    if person is None:
        return []
    return _rows(texts(person, "x"), {"kind": wording.said(wording.AUDIENCE[person.kind], language)}, language)


def owner_rows(person: Person | None, language: Language) -> list[Row]:
    """Below a heading of its own; nothing for a dossier that is the applicant's own."""
    if person is None:
        return []
    heading = Row(wording.said(("Chủ hồ sơ", "Filed for"), language), person.full_name)
    return [heading, *(row._replace(deep=1) for row in applicant_rows(person, language) if row.text != heading.text)]


def delivery_rows(delivery: Delivery, language: Language) -> list[Row]:
    said = wording.said(wording.CHANNELS[delivery.channel], language)
    return _rows(texts(delivery, "x"), {"channel": said[0].upper() + said[1:]}, language)


def paper_rows(names: Mapping[str, str], papers: Sequence[Document], visit: Visit) -> list[Row]:
    """Each component with its files and what became of their check."""
    found = []
    for code, name in names.items():
        files = [
            f"{each.file_name}: {each.told(visit.language, visit.now)}" for each in papers if each.component == code
        ]
        found.append(Row(name, "\n".join(files) or NOTHING))
    return found


def form_rows(asked: Iterable[Question], language: Language, deep: int = 0) -> list[Row]:
    """Every question that is asked, answered or not; below a group or list each of its parts."""
    found: list[Row] = []
    for each in asked:
        if not each.asked:
            continue
        if each.kind in ("group", "list"):
            found.append(Row(each.label, "" if each.value is not None else NOTHING, deep))
            found += form_rows(each.parts, language, deep + 1) if each.value is not None else []
        else:
            given = place(each) if each.kind == "address" else answer(each, language)
            found.append(Row(each.label, given or NOTHING, deep))
    return found


def answer(question: Question, language: Language) -> str:
    """As the one who chose it read it."""
    labels = dict(question.choices)
    if question.kind == "several":
        return ", ".join(labels.get(str(each), str(each)) for each in question.value or ())
    if question.kind in ("yesno", "declaration") and question.text in YES_NO:
        return wording.said(YES_NO[question.text], language)
    return labels.get(question.text, question.text)


def place(address: Question) -> str:
    """`12 Lê Lợi, Phường Nha Trang, Tỉnh Khánh Hòa`, without the codes."""
    return ", ".join(part.text for part in address.parts if part.text and not part.name.endswith("_code"))


def _rows(values: Mapping[str, str], instead: Mapping[str, str], language: Language) -> list[Row]:
    said = {name.removeprefix("x."): value for name, value in values.items()}
    where = [said[name] for name in ("address.line", "address.commune", "address.province") if name in said]
    plain = {name: value for name, value in said.items() if name in NAMES} | dict(instead)
    if where:
        plain["address"] = ", ".join(where)
    return [Row(wording.said(NAMES[name], language), value) for name, value in plain.items()]
