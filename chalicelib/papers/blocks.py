"""What a paper is laid out of, and the packaged templates that say in which order. Pure."""

import json
from importlib.resources import files
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from chalicelib.shapes import Shape

COMMON: Final = "common"
HERE: Final = __package__


class Block(Shape):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Head(Block):
    """QR code and who speaks at the left; motto, place and date at the right."""

    block: Literal["head"]
    superior: str
    unit: str
    number: str = ""
    place: str


class Title(Block):
    block: Literal["title"]
    text: str
    below: str = ""


class Line(Block):
    """A label and what is said to it; left out when nothing is."""

    block: Literal["line"]
    label: str
    value: str
    strong: bool = False


class Text(Block):
    block: Literal["text"]
    text: str
    style: Literal["plain", "note"] = "plain"


class Paragraph(Block):
    style: Literal["plain", "heading"] = "plain"
    text: str


class Body(Block):
    """A paper's own text: the paragraphs of the field named `rows`, as they are. After `put`, they stand in `said`."""

    block: Literal["body"]
    rows: str
    said: tuple[Paragraph, ...] = ()


class Column(Block):
    head: str
    cell: str
    width: float = Field(gt=0)
    align: Literal["left", "center", "right"] = "left"


class Table(Block):
    """One row for each `row` of the field named; left out when there is none, unless `empty_rows` are to be filled in.

    After `put`, `cells` holds what stands in them.
    """

    block: Literal["table"]
    rows: str
    columns: tuple[Column, ...]
    empty_rows: int = 0
    cells: tuple[tuple[str, ...], ...] = ()


class Signature(Block):
    role: str
    hint: str
    name: str = ""


class Signatures(Block):
    block: Literal["signatures"]
    of: tuple[Signature, ...]


AnyBlock = Annotated[Head | Title | Line | Text | Body | Table | Signatures, Field(discriminator="block")]


class Template(Block):
    """`enlarged`: laid out for A5 and printed on A4, type, code and margins with it."""

    kind: str
    landscape: bool = False
    enlarged: bool = False
    blocks: tuple[AnyBlock, ...]


class Sheet(Block):
    """A paper ready to be drawn: every word of it, in order."""

    size: Literal["A4", "A5"]
    landscape: bool
    enlarged: bool = False
    title: str
    blocks: tuple[AnyBlock, ...]


def template(kind: str, province: str, room: str = HERE) -> Template:
    """The province's own, or else the common one. `room`: the package whose paper it is."""
    folder = files(room).joinpath("templates")
    own = folder.joinpath(province, f"{kind}.json")
    found = own if own.is_file() else folder.joinpath(COMMON, f"{kind}.json")
    return Template.model_validate_json(found.read_text(encoding="utf-8"))


def is_own(kind: str, province: str, room: str = HERE) -> bool:
    """Whether the province has a template of its own for it."""
    return files(room).joinpath("templates", province, f"{kind}.json").is_file()


def known_templates(room: str = HERE) -> dict[str, Template]:
    """Every packaged template of the room, by its path; for those who check them."""
    folder = files(room).joinpath("templates")
    found = [(place.name, each) for place in folder.iterdir() if place.is_dir() for each in place.iterdir()]
    return {
        f"{place}/{each.name}": Template.model_validate(json.loads(each.read_text(encoding="utf-8")))
        for place, each in sorted(found, key=lambda pair: (pair[0], pair[1].name))
    }
