"""The notice of a result that does for every procedure, as an admin may word it."""

from typing import Final

from chalicelib.catalogue.result_templates import FACTS
from chalicelib.dossiers.writing import judging, own_words, specimen
from chalicelib.dossiers.writing.general import general
from chalicelib.dossiers.writing.judging import BODY, LONGEST, SUBJECT
from chalicelib.refusals import Fault, NotFound
from chalicelib.site import agencies
from chalicelib.site.visits import Visit
from chalicelib.site.wordable import Part, Parts, Preview, Wordable
from chalicelib.site.wordable_letters import PLACE

FAMILY: Final = "ket-qua"
NAME: Final = "chung"
HOME: Final = f"{PLACE}/loi/{FAMILY}/{NAME}"
TITLE: Final = ("Thông báo kết quả dùng chung", "The general notice of a result")
FIXED: Final = (
    "Tên loại văn bản, số, phần đầu, chỗ ký và các mục cán bộ nhập là của hệ thống. Mỗi dòng là một đoạn; dòng bắt đầu "
    "bằng “# ” là tiêu đề ở giữa; đoạn mà mọi dữ liệu trong đó đều trống thì được bỏ. Kết quả đã lập giữ nguyên lời.",
    "The kind of paper, its number, head and signature, and what officers add are the service's. Each line is a "
    "paragraph; one that begins with “# ” is a heading; a paragraph whose facts are all empty is left out. Results "
    "already written keep their words.",
)


def found(name: str, visit: Visit) -> Wordable:
    """Raises `NotFound`."""
    if name != NAME:
        raise NotFound
    shipped = general()
    names = [each.name for each in agencies.agencies(visit.now).values()]
    added = [(each.name, visit.told(each.label, each.label_en or each.label)) for each in shipped.blanks]

    def judged(own: Parts) -> list[Fault]:
        return judging.faults(shipped, own, names)

    def preview(own: Parts) -> Preview:
        return Preview(pdf=specimen.preview(judging.worded(shipped, own), visit.now).url)

    return Wordable(
        slug=own_words.SLUG,
        home=HOME,
        back=PLACE,
        title=visit.told(*TITLE),
        tongue="vi",
        parts=[
            Part(SUBJECT, visit.told("Trích yếu", "Subject"), shipped.subject, 1, LONGEST[SUBJECT]),
            Part(BODY, visit.told("Nội dung", "Text"), shipped.body, 18, LONGEST[BODY]),
        ],
        facts=[*((each, visit.told(*words)) for each, words in FACTS.items()), *added],
        filters=(),
        loops=False,
        fixed=visit.told(*FIXED),
        faults=judged,
        preview=preview,
    )
