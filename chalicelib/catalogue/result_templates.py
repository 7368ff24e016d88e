"""What a result is written from: a title, a body with places for facts, and what its officer is to add. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import ConfigDict, Field

from chalicelib.catalogue.form_words import Form, Schema, kind_of, way_to
from chalicelib.refusals import Fault
from chalicelib.shapes import Shape

LONGEST_TEXT: Final = 6000
PLACE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_.-]{1,200})\s*\}\}")
ANSWER: Final = "form."
STRAY: Final = re.compile(r"\{\{|\}\}|\{%|%\}")
HEADING: Final = "# "
NOTHING: Final = "(không có)"
# What may be asked of any dossier, and how that is called.
FACTS: Final[dict[str, tuple[str, str]]] = {
    "code": ("mã hồ sơ", "dossier code"),
    "procedure": ("tên thủ tục", "name of the procedure"),
    "procedure_code": ("mã thủ tục", "code of the procedure"),
    "field": ("lĩnh vực", "field"),
    "agency": ("cơ quan giải quyết", "agency"),
    "superior": ("cơ quan cấp trên", "agency above"),
    "place": ("địa danh", "place"),
    "decided_on": ("ngày lập văn bản", "day it is made"),
    "submitted_on": ("ngày nộp", "day of filing"),
    "accepted_on": ("ngày tiếp nhận", "day of acceptance"),
    "due_on": ("ngày hẹn trả", "day it is due"),
    **{
        f"{who}{fact}": (f"{vi_fact} {vi}", f"{en}'s {en_fact}")
        for who, vi, en in (("applicant", "người nộp", "applicant"), ("owner", "chủ hồ sơ", "owner"))
        for fact, vi_fact, en_fact in (
            ("", "tên", "name"),
            (".identity", "số định danh hoặc mã số thuế của", "identity number or tax code"),
            (".birth_date", "ngày sinh của", "date of birth"),
            (".address", "địa chỉ của", "address"),
            (".phone", "điện thoại của", "phone"),
            (".email", "thư điện tử của", "e-mail"),
        )
    },
}


class Facts(Shape):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Blank(Facts):
    """What the officer adds when the result is written; `suggestion` may have places for facts, like the body."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    label: str = Field(min_length=1, max_length=120)
    label_en: str = Field(default="", max_length=120)
    hint: str = Field(default="", max_length=300)
    required: bool = True
    longest: int = Field(default=2000, ge=1, le=LONGEST_TEXT)
    suggestion: str = Field(default="", max_length=2000)


class ResultTemplate(Facts):
    """Mẫu kết quả. `abbreviation`: of its numbers' series (`QĐ`, `TB`); `subject`: what stands below the title.

    Each line of `body` is a paragraph, one that begins with `# ` a heading; `{{ name }}` is the place of a fact, of an
    answer of the form (`form.child.full_name`) or of what the officer adds.
    """

    title: str = Field(min_length=3, max_length=120)
    abbreviation: str = Field(pattern=r"^[A-ZĐ]{1,8}(-[A-ZĐ]{1,8})?$")
    subject: str = Field(default="", max_length=300)
    body: str = Field(min_length=1, max_length=10_000)
    blanks: Annotated[tuple[Blank, ...], Field(max_length=12)] = ()

    def texts(self) -> Iterator[tuple[str, str]]:
        yield "subject", self.subject
        yield "body", self.body
        yield from (("blanks", each.suggestion) for each in self.blanks)

    @property
    def places(self) -> list[str]:
        """The name of every fact, answer and addition that it asks for, each once."""
        return list(dict.fromkeys(name for _, text in self.texts() for name in places(text)))


class Paragraph(NamedTuple):
    style: Literal["plain", "heading"]
    text: str


def places(text: str) -> list[str]:
    return PLACE.findall(text)


def filled(text: str, said: Mapping[str, str]) -> str:
    """With what is said in each place, as it is: what looks like a place within a fact is none."""
    return PLACE.sub(lambda found: said[found[1]].strip() or NOTHING, text)


def paragraphs(body: str, said: Mapping[str, str]) -> list[Paragraph]:
    """A paragraph that asks for facts and gets none is left out; a fact of several lines becomes as many paragraphs."""
    return [part for line in body.splitlines() for part in _filled_line(line.strip(), said)]


def _filled_line(line: str, said: Mapping[str, str]) -> Iterator[Paragraph]:
    wanted = places(line)
    if not line or (wanted and not any(said[name].strip() for name in wanted)):
        return
    style: Literal["plain", "heading"] = "heading" if line.startswith(HEADING) else "plain"
    for each in filled(line.removeprefix(HEADING), said).split("\n"):
        if each.strip():
            yield Paragraph(style, each.strip())


def faults(template: ResultTemplate, form: Schema) -> Iterator[Fault]:
    """Why nobody could fill it in; asked before it is published, for what is kept was asked then."""
    names = [each.name for each in template.blanks]
    if len(set(names)) < len(names) or set(names) & FACTS.keys():
        vi, en = "Tên các mục cán bộ nhập phải khác nhau và khác tên dữ kiện.", "Two things have one name."
        yield Fault("/blanks", "blank_named_twice", vi, en)
    for where, text in template.texts():
        unknown = [name for name in places(text) if not _is_known(name, form)]
        unknown = [name for name in unknown if where == "blanks" or name not in names]
        if unknown or STRAY.search(PLACE.sub("", text)):
            said = ", ".join(unknown) or text[:80]
            vi, en = f"Không có dữ kiện nào mang tên này: {said}.", f"There is no fact of this name: {said}."
            yield Fault(f"/{where}", "unknown_place", vi, en)
    if unused := set(names) - set(places(f"{template.subject}\n{template.body}")):
        said = ", ".join(sorted(unused))
        yield Fault("/body", "blank_unused", f"Mẫu không dùng mục: {said}.", f"The template has no place for: {said}.")


def _is_known(name: str, form: Schema) -> bool:
    return name in FACTS or (name.startswith(ANSWER) and _is_answer(form, name.removeprefix(ANSWER)))


def _is_answer(root: Schema, path: str) -> bool:
    """Whether the form asks so, and a sentence can hold what is answered."""
    form = Form(root, "vi")
    way = way_to(form, root, path.split("."))
    if not way:
        return False
    schema: Mapping[str, Any] = way[-1][1]
    kind = kind_of(form, schema)
    items = form.resolved(schema.get("items", {}))
    return kind != "group" and not (kind == "list" and "properties" in items)
