"""The letters as an admin may word them: each notice in each language, and how all letters close."""

from typing import Final

from chalicelib.notices import judging, own_words, wording
from chalicelib.notices.fact_words import FACTS
from chalicelib.notices.rules import Notice
from chalicelib.notices.wording import BODY, CLOSING, SUBJECT
from chalicelib.refusals import Language, NotFound
from chalicelib.settings import settings
from chalicelib.site.visits import Visit
from chalicelib.site.wordable import Part, Parts, Preview, Wordable, usage

FAMILY: Final = "thu"
PLACE: Final = "/can-bo/quan-tri/mau"
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")
ROWS: Final = {SUBJECT: 2, BODY: 18, CLOSING: 8}
LABELS: Final = {
    SUBJECT: ("Tiêu đề", "Subject"),
    BODY: ("Nội dung", "Text"),
    CLOSING: ("Lời kết của mọi thư", "How every letter closes"),
}
MONEY: Final[dict[Language, str]] = {"vi": "dong", "en": "vnd"}
NAMES: Final[dict[Notice, tuple[str, str]]] = {
    Notice.SUBMITTED: ("Thư báo đã nhận hồ sơ", "Letter: the dossier is filed"),
    Notice.PAYMENT_RECEIVED: ("Thư báo đã nhận tiền", "Letter: money received"),
    Notice.PAYMENT_FAILED: ("Thư báo thanh toán không thành", "Letter: a payment failed"),
    Notice.REFUNDED: ("Thư báo đã hoàn tiền", "Letter: money refunded"),
    Notice.ACCEPTED: ("Thư báo đã tiếp nhận", "Letter: the dossier is accepted"),
    Notice.SUPPLEMENT_REQUESTED: ("Thư yêu cầu bổ sung", "Letter: a supplement is asked for"),
    Notice.REFUSED: ("Thư từ chối tiếp nhận", "Letter: not accepted"),
    Notice.PAUSED: ("Thư báo tạm dừng thời hạn", "Letter: the clock is stopped"),
    Notice.DUE_MOVED: ("Thư báo đổi ngày hẹn", "Letter: another date"),
    Notice.APOLOGISED: ("Thư xin lỗi và hẹn lại", "Letter: apology and a new date"),
    Notice.OVERDUE: ("Thư xin lỗi vì quá hạn", "Letter: overdue"),
    Notice.FINISHED: ("Thư báo có kết quả", "Letter: the result is there"),
    Notice.DISPATCHED: ("Thư báo đã gửi bưu chính", "Letter: the result is in the post"),
    Notice.RETURNED: ("Thư báo đã trả kết quả", "Letter: the result was returned"),
    Notice.STOPPED: ("Thư báo dừng giải quyết", "Letter: stopped"),
    Notice.WITHDRAWN: ("Thư báo đã rút hồ sơ", "Letter: withdrawn"),
    Notice.DRAFT_EXPIRING: ("Thư báo bản nháp sắp bị xoá", "Letter: a draft will be deleted"),
}
FILTERS: Final = (
    ("|when", "09:30 20/11/2026"),
    ("|day", "20/11/2026"),
    ("|dong", "8.000 đồng"),
    ("|vnd", "VND 8,000"),
    ("|indent(3)", "thụt 3 ký tự · set in by 3"),
    ("|upper", "CHỮ HOA"),
)
FIXED: Final = (
    "Lời chào, tên thủ tục, mã hồ sơ và địa chỉ tra cứu đứng trong mọi thư và không sửa được: người dân luôn phải tìm "
    "lại được hồ sơ của mình. Điều gì mẫu gốc nói (lý do, căn cứ, ngày hẹn, số tiền) thì "
    "mẫu của tỉnh cũng phải nói.",
    "The salutation, the procedure, the dossier's code and the address of the look-up stand in every letter and "
    "cannot be changed: people must always find their dossier again. Whatever the shipped "
    "letter tells (reason, legal basis, date, sum) the province's must tell too.",
)


def slugs() -> list[str]:
    return [own_words.slug(name, language) for name in (*Notice, CLOSING) for language in LANGUAGES]


def found(name: str, visit: Visit) -> Wordable:
    """`name`: `accepted.vi`. Raises `NotFound`."""
    of, _, last = name.partition(".")
    language: Language | None = next((each for each in LANGUAGES if each == last), None)
    if language is None or of not in {*Notice, CLOSING}:
        raise NotFound
    here = (settings().PUBLIC_URL, settings().PROVINCE_NAME)
    parts, names = judging.parts_of(of), judging.facts_of(of, language, *here)

    def preview(own: Parts) -> Preview:
        return Preview(letters=judging.letters(of, language, own, *here))

    return Wordable(
        slug=own_words.slug(of, language),
        home=f"{PLACE}/loi/{FAMILY}/{name}",
        back=PLACE if of == CLOSING else f"{PLACE}/thu/{of}",
        title=_title(of, language, visit),
        tongue=language,
        parts=[_part(of, each, language, visit) for each in parts],
        facts=[(usage(each, value, MONEY[language]), visit.told(*FACTS[each])) for each, value in names.items()],
        filters=FILTERS,
        loops=bool({"items", "announcements"} & set(names)),
        fixed=visit.told(*FIXED),
        faults=lambda own: judging.faults(of, language, own, *here),
        preview=preview,
    )


def _part(name: str, part: str, language: Language, visit: Visit) -> Part:
    label, shipped = visit.told(*LABELS[part]), wording.shipped(name, part, language)
    return Part(part, label, shipped, ROWS[part], judging.LONGEST[part])


def _title(name: str, language: Language, visit: Visit) -> str:
    tongue = {"vi": visit.told("tiếng Việt", "in Vietnamese"), "en": visit.told("tiếng Anh", "in English")}[language]
    return f"{visit.told(*(LABELS[CLOSING] if name == CLOSING else NAMES[Notice(name)]))}, {tongue}"
