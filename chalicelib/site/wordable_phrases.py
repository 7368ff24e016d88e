"""The reasons officers use again when they ask for a supplement, as an admin may word them: of an agency, or of all."""

from collections.abc import Iterator, Mapping
from typing import Final

from chalicelib.refusals import Fault, Language, NotFound
from chalicelib.settings import settings
from chalicelib.site import agencies
from chalicelib.site.asking import EVERYBODY, KINDS, packaged, reasons, slug
from chalicelib.site.visits import Visit
from chalicelib.site.wordable import Part, Parts, Preview, Wordable
from chalicelib.site.wordable_letters import PLACE
from chalicelib.wordings.grammar import fault

FAMILY: Final = "cau-mau"
LONGEST: Final = 8_000
LONGEST_REASON: Final = 300
MOST: Final = 40
LABELS: Final = {
    "component": ("Lý do cho một giấy tờ", "Reasons for a paper"),
    "field": ("Lý do cho một mục của tờ khai", "Reasons for an entry of the form"),
}
FIXED: Final = (
    "Mỗi dòng một câu: tiếng Việt | tiếng Anh. Nên nói điều gì chưa đúng và đề nghị làm gì. Câu mẫu chỉ điền sẵn lời; "
    "cán bộ vẫn chọn mục và sửa câu cho đúng hồ sơ. Yêu cầu đã gửi giữ nguyên lời đã gửi.",
    "One sentence a line: Vietnamese | English. Say what is wrong and what to do. A phrase only fills in the words; "
    "the officer still chooses the item and fits it to the dossier. Requests sent keep the words they were sent in.",
)


def home(name: str) -> str:
    return f"{PLACE}/loi/{FAMILY}/{name}"


def found(name: str, visit: Visit) -> Wordable:
    """`name`: an agency's code, or `common`. Raises `NotFound`."""
    if name != EVERYBODY and name not in agencies.agencies(visit.now):
        raise NotFound
    whose = visit.told("mọi cơ quan", "all agencies") if name == EVERYBODY else agencies.name(name, visit.now)
    if name == settings().PROVINCE:
        whose = visit.told("các cơ quan của tỉnh", "the province's agencies")

    def preview(own: Parts) -> Preview:
        texts = {kind: own.get(kind, packaged(name, kind)) for kind in KINDS}
        lists = [(visit.told(*LABELS[kind]), [_both(each) for each in reasons(texts[kind])]) for kind in KINDS]
        return Preview(lists=lists)

    return Wordable(
        slug=slug(name),
        home=home(name),
        back=PLACE,
        title=visit.told(f"Câu mẫu yêu cầu bổ sung: {whose}", f"Phrases for supplements: {whose}"),
        tongue="vi",
        parts=[Part(each, visit.told(*LABELS[each]), packaged(name, each), 12, LONGEST) for each in KINDS],
        facts=(),
        filters=(),
        loops=False,
        fixed=visit.told(*FIXED),
        faults=lambda own: [each for part, text in own.items() for each in _faults(part, text)],
        preview=preview,
    )


def _both(reason: Mapping[Language, str]) -> str:
    return f"{reason['vi']} ({reason['en']})"


def _faults(part: str, text: str) -> Iterator[Fault]:
    lines = text.split("\n")
    if len(lines) > MOST or len(text) > LONGEST:
        yield fault(part, "too_long", 0, f"Tối đa {MOST} câu.", f"At most {MOST} sentences.")
    for number, line in enumerate(lines, 1):
        vi, between, en = (each.strip() for each in line.partition("|"))
        if line.strip() and not (vi and between and en):
            told = "hãy ghi cả hai thứ tiếng, cách nhau bằng dấu |", "give both languages, with | between them"
            yield fault(part, "one_language", number, *told)
        elif max(len(vi), len(en)) > LONGEST_REASON or "|" in en:
            told = f"một câu tối đa {LONGEST_REASON} ký tự", f"a sentence is at most {LONGEST_REASON} characters"
            yield fault(part, "too_long", number, *told)
