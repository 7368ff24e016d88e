"""What an officer adds to a result, judged against its template, and the paper it becomes. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from chalicelib.catalogue.form_words import Schema, answer_at
from chalicelib.catalogue.result_templates import ANSWER, Blank, ResultTemplate, filled, paragraphs
from chalicelib.clock.rules import ZONE
from chalicelib.documents.rules import Document
from chalicelib.dossiers.change import Change, moved
from chalicelib.dossiers.paper_facts import Issuer, applicants_code
from chalicelib.dossiers.paper_words import address, phone
from chalicelib.dossiers.people import Person
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import EventType
from chalicelib.papers.forms import Form
from chalicelib.papers.layout import clean
from chalicelib.papers.rules import RESULT, Statement, UnknownPaper, paper_id
from chalicelib.refusals import Conflict, Fault, Invalid
from chalicelib.refusals import filled as filled_in

Which = Literal["own", "general"]
LONGEST: Final = 20_000  # characters of the whole text
MOST_SHOWN: Final = 10
FIELDS: Final = {
    "superior": "Cơ quan chủ quản",
    "unit": "Cơ quan ban hành",
    "number": "Số, ký hiệu",
    "place": "Địa danh",
    "at": "Ngày ban hành",
    "title": "Tên loại văn bản",
    "subject": "Trích yếu",
    "paragraphs": "Nội dung",
    "signer": "Người ký",
    "code": "Mã hồ sơ",
}


class NoResultTemplate(Conflict):
    code = "no_result_template"
    vi = "Thủ tục này không có mẫu kết quả riêng. Hãy dùng mẫu thông báo chung hoặc tải tệp kết quả lên."
    en = "This procedure has no result template of its own. Use the general notice, or upload the result."


class WrittenTooLong(Invalid):
    code = "result_too_long"
    vi = "Văn bản dài {length:,} ký tự, vượt quá {most:,}. Hãy rút gọn, hoặc tải tệp kết quả lên."
    en = "The paper has {length:,} characters, more than {most:,}. Shorten it, or upload the result as a file."


def too_long(length: int) -> WrittenTooLong:
    facts = {"length": length, "most": LONGEST}
    words = (filled_in(WrittenTooLong.vi, "vi", **facts), filled_in(WrittenTooLong.en, "en", **facts))
    return WrittenTooLong([Fault("/texts", WrittenTooLong.code, *words)], **facts)


class Words(NamedTuple):
    """All that a paper is made of but its number. `said`: the facts it asks for, and what the officer added."""

    template: ResultTemplate
    said: Mapping[str, str]
    by: Issuer
    signer: str
    at: datetime


class Written(NamedTuple):
    """A result's paper, ready to be drawn once. `facts`: all that it says, bound now."""

    id: str
    number: str
    form: Form
    facts: dict[str, Any]
    statement: Statement


def added(
    template: ResultTemplate, texts: Mapping[str, str], unprintable: Callable[[str], Collection[str]]
) -> dict[str, str]:
    """What was typed for each blank, as it will be printed. Raises `Invalid` with all that is wrong of it.

    `unprintable`: the characters of a text that no font of ours has; nobody would see that they are missing.
    """
    said = {name: spaced(clean(text)) for name, text in texts.items()}
    faults = [*_unknown(template, texts), *(fault for each in template.blanks for fault in _faults(each, said))]
    for each in template.blanks:
        if odd := unprintable(said.get(each.name, "")):
            shown, name_en = " ".join(list(odd)[:MOST_SHOWN]), each.label_en or each.label
            vi = f"Mục “{each.label}” có ký tự không in được lên giấy: {shown}. Hãy viết cách khác."
            en = f"“{name_en}” has characters that cannot be printed: {shown}. Write it otherwise."
            faults.append(Fault(f"/texts/{each.name}", "unprintable", vi, en))
    if faults:
        raise Invalid(faults)
    return {each.name: said.get(each.name, "") for each in template.blanks}


def spaced(text: str) -> str:
    """Of the many spaces there are, the one that is printed; lines stay lines."""
    return "".join(" " if each.isspace() and each not in "\n\N{NO-BREAK SPACE}" else each for each in text).strip()


def _unknown(template: ResultTemplate, texts: Mapping[str, str]) -> Iterator[Fault]:
    for name in sorted(texts.keys() - {each.name for each in template.blanks}):
        yield Fault(f"/texts/{name}", "unknown_text", "Mẫu không có mục này.", "The template has no place for this.")


def _faults(blank: Blank, said: Mapping[str, str]) -> Iterator[Fault]:
    text, at, name_en = said.get(blank.name, ""), f"/texts/{blank.name}", blank.label_en or blank.label
    if blank.required and not text:
        yield Fault(at, "required", f"Hãy nhập mục “{blank.label}”.", f"Fill in “{name_en}”.")
    if len(text) > blank.longest:
        vi = f"Mục “{blank.label}” dài {len(text)} ký tự, tối đa {blank.longest}."
        yield Fault(at, "too_long", vi, f"“{name_en}” has {len(text)} characters, at most {blank.longest}.")


def facts(template: ResultTemplate, dossier: Dossier, form: Schema, by: Issuer, at: datetime) -> dict[str, str]:
    """Every fact and answer that the template asks for, in words; empty for what the dossier does not say."""
    known: dict[str, str] = clean(_of_dossier(dossier, by, at))
    answers = {
        name: clean(answer_at(form, dossier.form, name.removeprefix(ANSWER).split(".")))
        for name in template.places
        if name.startswith(ANSWER)
    }
    return {**known, **answers}


def _of_dossier(dossier: Dossier, by: Issuer, at: datetime) -> dict[str, str]:
    return {
        "code": dossier.code or "",
        "procedure": dossier.procedure.name,
        "procedure_code": dossier.procedure.code,
        "field": dossier.procedure.field,
        "agency": by.unit,
        "superior": by.superior,
        "place": by.place,
        "decided_on": _day(at),
        "submitted_on": _day(dossier.submitted_at),
        "accepted_on": _day(dossier.accepted_at),
        "due_on": _day(dossier.due_at),
        **_of_person("applicant", dossier.applicant),
        **_of_person("owner", dossier.owner or dossier.applicant),
    }


def _of_person(who: str, person: Person | None) -> dict[str, str]:
    if person is None:
        raise UnknownPaper
    born = person.date_of_birth
    return {
        who: person.full_name,
        f"{who}.identity": person.identity_number or person.tax_code or "",
        f"{who}.birth_date": f"{born:%d/%m/%Y}" if born else "",
        f"{who}.address": address(person.address),
        f"{who}.phone": phone(person.phone),
        f"{who}.email": person.email or "",
    }


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%d/%m/%Y}" if at else ""


def form_of(template: ResultTemplate) -> Form:
    """It is no form of the circulars on one-stop desks."""
    return Form(RESULT, "", template.title, "A4", template.abbreviation, FIELDS)


def papers_facts(words: Words, number: str) -> dict[str, Any]:
    """What the paper is drawn from. Raises `WrittenTooLong`."""
    body = paragraphs(words.template.body, words.said)
    length = sum(len(each.text) for each in body)
    if length > LONGEST:
        raise too_long(length)
    return {
        "superior": words.by.superior,
        "unit": words.by.unit,
        "place": words.by.place,
        "at": words.at.isoformat(),
        "number": number,
        "subject": filled(words.template.subject, words.said),
        "paragraphs": [each._asdict() for each in body],
        "signer": words.signer,
        "code": words.said["code"],
    }


def series(template: ResultTemplate, agency: str, at: datetime) -> str:
    """Of one kind of paper of one agency in one year of Vietnam."""
    return f"RESULT#{agency}#{template.abbreviation}#{at.astimezone(ZONE).year}"


def number(template: ResultTemplate, agency: str, at: datetime, ordinal: int) -> str:
    return f"{ordinal}/{at.astimezone(ZONE).year}/{template.abbreviation}-{agency}"


def written(words: Words, dossier: Dossier, ordinal: int) -> Written:
    """The paper of the dossier's next event."""
    if dossier.applicant is None or dossier.code is None:
        raise UnknownPaper
    numbered, name = number(words.template, dossier.agency, words.at, ordinal), _id(dossier)
    statement = Statement(
        paper_id=name,
        dossier_code=dossier.code,
        procedure=dossier.procedure.code,
        applicant=applicants_code(dossier.applicant),
        document=f"{words.template.title} số {numbered}",
        system=words.by.system,
        at=words.at,
    )
    return Written(name, numbered, form_of(words.template), papers_facts(words, numbered), statement)


def _id(dossier: Dossier) -> str:
    return paper_id(dossier.id, dossier.version + 1, RESULT)


def write(dossier: Dossier, paper: Written, document: Document, which: Which, at: datetime) -> Change:
    """The dossier stays where it is; its history says which file the result is, to the byte."""
    data = {
        "title": paper.form.title,
        "number": paper.number,
        "paper": paper.id,
        "template": which,
        "document": document.id,
        "sha256": document.sha256,
        "size": document.size,
    }
    return Change(moved(dossier, EventType.RESULT_WRITTEN, at), EventType.RESULT_WRITTEN, data)
