"""How what was found of a PDF's digital signatures is said to people. Pure."""

from datetime import datetime
from typing import Final

from chalicelib.clock.rules import ZONE
from chalicelib.documents.pdf_signatures import Change, Covers, Flaw, PdfSignature, Root, Standing
from chalicelib.refusals import Language

Words = tuple[str, str]
# Read as: Vietnamese, English.
STANDINGS: Final[dict[Standing, Words]] = {
    Standing.SOUND: ("Chữ ký số nguyên vẹn, chuỗi tin cậy", "Signature intact, chain trusted"),
    Standing.UNVERIFIED: ("Chữ ký số nguyên vẹn, chuỗi chưa xác minh", "Signature intact, chain not verified"),
    Standing.FLAWED: ("Chữ ký số có lỗi", "Signature not in order"),
    Standing.UNREADABLE: ("Không đọc được chữ ký số", "Signature unreadable"),
}
FLAWS: Final[dict[Flaw, Words]] = {
    Flaw.UNREADABLE: (
        "tệp có dấu vết của chữ ký số nhưng không đọc được, nên không xác nhận được gì",
        "the file bears traces of a signature that cannot be read: nothing is confirmed",
    ),
    Flaw.TOO_MANY: ("các chữ ký còn lại không được kiểm tra vì quá nhiều", "there are too many; the rest is unchecked"),
    Flaw.ALTERED: ("NỘI DUNG KHÔNG KHỚP chữ ký: đã bị sửa sau khi ký", "THE CONTENT DOES NOT MATCH: it was altered"),
    Flaw.PART: ("chữ ký chỉ bao phủ MỘT PHẦN tệp", "the signature covers only A PART of the file"),
    Flaw.CHANGED: ("tệp ĐÃ BỊ THÊM NỘI DUNG sau khi ký", "something was ADDED to the file after signing"),
    Flaw.EXPIRED: ("chứng thư đã HẾT HẠN khi ký", "the certificate HAD EXPIRED when it signed"),
    Flaw.NOT_YET: ("chứng thư CHƯA CÓ HIỆU LỰC khi ký", "the certificate was NOT YET VALID when it signed"),
    Flaw.FUTURE: ("giờ ký ở TƯƠNG LAI so với lúc kiểm tra", "the signing time lies in the FUTURE"),
    Flaw.WEAK: ("thuật toán ký quá YẾU", "the algorithm is too WEAK"),
    Flaw.USAGE: ("chứng thư KHÔNG dùng để ký văn bản", "the certificate is NOT one for signing"),
}
COVERED: Final[dict[Covers, Words]] = {
    Covers.WHOLE: ("toàn văn tệp", "the whole file"),
    Covers.REVISION: ("toàn văn tệp lúc ký", "the whole file as it was when signed"),
}
CHANGED: Final[dict[Change, Words]] = {
    Change.PROOFS: ("sau đó chỉ thêm dữ liệu để xác minh", "since then only proofs were added"),
    Change.FORM: ("sau đó có điền biểu mẫu hoặc chữ ký khác", "since then a form was filled in or signed"),
    Change.OTHER: ("sau đó có thay đổi khác", "since then there were other changes"),
}
ROOTS: Final[dict[Root, Words]] = {
    Root.TRUSTED: ("gốc tin cậy", "trusted root"),
    Root.UNKNOWN: ("CHƯA XÁC MINH: không nối được tới gốc tin cậy", "NOT VERIFIED: it leads to no trusted root"),
    Root.NO_LIST: (
        "CHƯA XÁC MINH: hệ thống chưa có danh sách gốc tin cậy",
        "NOT VERIFIED: this service has no list of trusted roots",
    ),
}


def standing_told(signature: PdfSignature, language: Language) -> str:
    return _said(STANDINGS[signature.standing], language)


def told(signature: PdfSignature, language: Language) -> str:
    """All that is wrong with it first, then who signed, over how much, when, and with which chain; in one line."""
    flaws = [_said(FLAWS[each], language) for each in signature.flaws]
    if signature.standing is Standing.UNREADABLE and not signature.signer:
        return "; ".join(flaws)
    return " · ".join(
        part
        for part in (
            "; ".join(flaws),
            _who(signature, language),
            ", ".join(_said(words, language) for words in _extent(signature)),
            _time(signature, language),
            _chain(signature, language),
        )
        if part
    )


def _who(signature: PdfSignature, language: Language) -> str:
    name = signature.signer or _said(("không rõ tên", "no name"), language)
    name += f" ({signature.organisation})" if signature.organisation else ""
    if signature.kind == "timestamp":
        return _said((f"Dấu thời gian của {name}", f"Timestamp of {name}"), language)
    return _said((f"Đã ký số bởi {name}", f"Signed by {name}"), language)


def _extent(signature: PdfSignature) -> list[Words]:
    extent = COVERED.get(signature.covers)
    changed = CHANGED.get(signature.changes) if signature.covers is Covers.REVISION else None
    return [words for words in (extent, changed) if words]


def _time(signature: PdfSignature, language: Language) -> str:
    if signature.stamped_at:
        believed = ("dấu thời gian", "timestamp")
        doubted = ("dấu thời gian chưa xác minh", "timestamp not verified")
        return _at(signature.stamped_at, believed if signature.is_stamp_trusted else doubted, language)
    if signature.claimed_at:
        return _at(signature.claimed_at, ("theo máy người ký", "by the signer's clock"), language)
    return ""


def _at(instant: datetime, by: Words, language: Language) -> str:
    at = f"{instant.astimezone(ZONE):%H:%M %d/%m/%Y}"
    return _said((f"lúc {at} ({by[0]})", f"at {at} ({by[1]})"), language)


def _chain(signature: PdfSignature, language: Language) -> str:
    names = " ← ".join(signature.chain) or "–"
    root = _said(ROOTS[signature.root], language)
    return _said((f"chuỗi: {names} ({root})", f"chain: {names} ({root})"), language)


def _said(words: Words, language: Language) -> str:
    return words[0] if language == "vi" else words[1]
