"""The papers as an admin may word them: what a form leaves to whoever issues it, and why the rest stays as it is."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from chalicelib.papers import blocks, judging, own_words
from chalicelib.papers.forms import Form, set_on
from chalicelib.papers.own_words import NOTE, NUMBER, UNIT
from chalicelib.papers.preview import facts_of, preview
from chalicelib.payments.receipts import papers as money_papers
from chalicelib.refusals import Fault, NotFound
from chalicelib.settings import settings
from chalicelib.site import agencies
from chalicelib.site.visits import Visit
from chalicelib.site.wordable import Part, Parts, Preview, Wordable
from chalicelib.site.wordable_letters import PLACE

FAMILY: Final = "giay"
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T|$)")
ROWS: Final = {UNIT: 2, NUMBER: 2, NOTE: 6}
LABELS: Final = {
    UNIT: ("Dưới tên cơ quan (phần đầu, bên trái)", "Under the agency's name (letterhead, left)"),
    NUMBER: ("Số, ký hiệu", "Number and notation"),
    NOTE: ("Lời dặn cuối giấy", "What the reader is told below"),
}
FILTERS: Final = (
    ("|when", "09 giờ 30 phút, ngày 20/11/2026"),
    ("|day", "20/11/2026"),
    ("|in_words", "ngày 20 tháng 11 năm 2026"),
    ("|upper", "CHỮ HOA"),
)


class Paper(NamedTuple):
    """A form in force and whose it is. `slug`: its address; `rests_on`: the set of forms it is one of."""

    slug: str
    form: Form
    room: str
    rests_on: str
    is_packaged_own: bool

    @property
    def home(self) -> str:
        return f"{PLACE}/loi/{FAMILY}/{self.form.kind}"


def papers(visit: Visit) -> Iterator[Paper]:
    of_desk, province = set_on(visit.now.date()), settings().PROVINCE
    for form in of_desk.forms.values():
        yield Paper(form.kind, form, blocks.HERE, of_desk.name, blocks.is_own(form.kind, province))
    for name, form in money_papers.named_forms().items():
        own = blocks.is_own(form.kind, province, money_papers.ROOM)
        yield Paper(name, form, money_papers.ROOM, "", own)


def found(name: str, visit: Visit) -> Wordable:
    """`name`: the kind of the template, which two receipts share. Raises `NotFound`."""
    paper = next((each for each in papers(visit) if each.form.kind == name), None)
    if paper is None:
        raise NotFound
    form, packaged = paper.form, blocks.template(name, settings().PROVINCE, paper.room)
    facts = facts_of(form)
    names = [each.name for each in agencies.agencies(visit.now).values()]

    def judged(own: Parts) -> list[Fault]:
        return judging.faults(form, packaged, own, facts, names)

    def looks(own: Parts) -> Preview:
        return Preview(pdf=preview(form, own_words.worded(packaged, own), visit.now).url)

    return Wordable(
        slug=own_words.slug(name),
        home=paper.home,
        back=PLACE,
        title=form.title,
        tongue="vi",
        parts=[
            Part(part, visit.told(*LABELS[part]), text, ROWS[part], judging.LONGEST[part])
            for part, text in own_words.shipped(packaged).items()
        ],
        facts=[(_usage(each, facts.get(each)), str(form.fields[each])) for each in judging.facts_of(form)],
        filters=FILTERS,
        loops=False,
        fixed=_fixed(paper, visit),
        faults=judged,
        preview=looks,
    )


def _usage(name: str, value: Any) -> str:  # noqa: ANN401 - of the sample
    """Moments and days stand in a paper's facts as text."""
    is_day = isinstance(value, str) and DAY.match(value)
    return f"{{{{ {name}|{'when' if 'T' in value else 'day'} }}}}" if is_day else f"{{{{ {name} }}}}"


def _fixed(paper: Paper, visit: Visit) -> str:
    rest = visit.told(
        "Tên cơ quan, cơ quan cấp trên và nơi lập lấy từ danh mục cơ quan: không tỉnh nào in nhầm tên của nơi khác. "
        "Giấy đã cấp không bao giờ được in lại khác đi.",
        "The names of the agency, of the one above it and of the place come from the directory: no paper speaks in "
        "another's name. A paper that was issued is never made again differently.",
    )
    if not paper.rests_on:
        own = visit.told(
            "Các mục của biên lai và xác nhận là điều chứng từ phải có; kiểm thử giữ chúng đủ.",
            "The entries of a receipt or proof are what such a paper must have.",
        )
        return f"{own} {rest}"
    own = visit.told(
        f"Tên giấy tờ, các mục, câu khẳng định và chỗ ký là của mẫu {paper.form.number}, {paper.rests_on}; "
        "chỉ thay đổi khi thông tư thay đổi, cùng bản phát hành.",
        f"The title, the entries, what is declared and the signatures are those of form {paper.form.number}, "
        f"{paper.rests_on}; they change when the circular does, with a release.",
    )
    return f"{own} {rest}"
