"""The digital signatures of a PDF, read with pyHanko. Pure; nothing is asked of a network, and no input may raise.

Only the process that `pdf_alone` starts imports this: what it reads was written by strangers.
"""

import asyncio
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import Any, Final, NamedTuple

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from chalicelib.clock.rules import ZONE
from chalicelib.documents.pdf_signatures import (
    UNREADABLE,
    Change,
    Covers,
    Flaw,
    PdfSignature,
    Root,
    Validity,
    covered,
    judged,
)

MOST: Final = 20
LONGEST_CHAIN: Final = 8
LONGEST_NAME: Final = 200
CLOCKS_DIFFER: Final = timedelta(hours=1)
USAGE: Final = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
CHANGES: Final = {
    ModificationLevel.NONE: Change.NONE,
    ModificationLevel.LTA_UPDATES: Change.PROOFS,
    ModificationLevel.FORM_FILLING: Change.FORM,
    ModificationLevel.ANNOTATIONS: Change.OTHER,
    ModificationLevel.OTHER: Change.OTHER,
}
PROBLEMS: Final = {
    "CRYPTO_CONSTRAINTS_FAILURE": Flaw.WEAK,
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": Flaw.WEAK,
    "CHAIN_CONSTRAINTS_FAILURE": Flaw.USAGE,
}


class Made(NamedTuple):
    """When one was made, by its signer and by a timestamp, and what pyHanko says of it at the time that is used."""

    claimed: datetime | None
    stamped: datetime | None
    is_stamp_trusted: bool
    used_at: datetime
    status: Any


def signatures_in(data: bytes, roots: Sequence[x509.Certificate], now: datetime) -> tuple[PdfSignature, ...]:
    """Every signature in the order of signing. The file bears the mark of one: finding none is finding it unreadable.

    `now`: a signature that names no time of its own is judged by it.
    """
    try:
        reader = PdfFileReader(BytesIO(data), strict=False)
        fields = list(islice(enumerate_sig_fields(reader, filled_status=True), MOST + 1))
    except Exception:
        return (UNREADABLE,)
    found = sorted((_examined(data, reader, field, roots, now) for _, _, field in fields[:MOST]), key=_revision)
    left = [PdfSignature(flaws=(Flaw.TOO_MANY,))] if len(fields) > MOST else []
    return (*judged([each for _, each in found]), *left) or (UNREADABLE,)


def _revision(found: tuple[int, PdfSignature]) -> int:
    return found[0]


def _examined(
    data: bytes, reader: PdfFileReader, field: Any, roots: Sequence[x509.Certificate], now: datetime
) -> tuple[int, PdfSignature]:
    """With the revision of the file that it belongs to."""
    try:
        embedded = EmbeddedPdfSignature(reader, field, "")
        return embedded.signed_revision, _facts(data, embedded, roots, now)
    except Exception:
        return -1, UNREADABLE


def _facts(
    data: bytes, embedded: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], now: datetime
) -> PdfSignature:
    byte_range = [int(each) for each in embedded.byte_range]
    if not all(0 <= each <= len(data) for each in byte_range):
        return UNREADABLE
    when = _made(embedded, roots, now)
    covers = _covers(data, byte_range, embedded)
    signer = embedded.signer_cert
    term = Validity(signer.not_valid_before, signer.not_valid_after, when.used_at)
    is_settled = _is_proved(when.status) or not term.flaw
    proof = when.status if is_settled else _status(embedded, roots, term.end, when.stamped)
    in_future = when.claimed is not None and when.claimed > now + CLOCKS_DIFFER
    return PdfSignature(
        kind="timestamp" if _is_stamp(embedded) else "signature",
        signer=_name(signer.subject, "common_name"),
        organisation=_name(signer.subject, "organization_name"),
        issuer=_name(signer.issuer, "common_name") or _name(signer.issuer, "organization_name"),
        serial=f"{signer.serial_number:x}"[:LONGEST_NAME],
        valid_from=term.begin,
        valid_until=term.end,
        claimed_at=when.claimed,
        stamped_at=when.stamped,
        is_stamp_trusted=when.is_stamp_trusted,
        covers=covers,
        changes=_changes(embedded) if covers is Covers.REVISION else Change.NONE,
        chain=_chain(embedded, proof),
        root=Root.TRUSTED if _is_proved(proof) else Root.UNKNOWN if roots else Root.NO_LIST,
        flaws=tuple(_flaws(when.status, covers, term, in_future)),
    )


def _covers(data: bytes, byte_range: Sequence[int], embedded: EmbeddedPdfSignature) -> Covers:
    """Asked once pyHanko has looked at it: only then it knows what it covers."""
    covers = covered(data, byte_range, embedded.pkcs7_content)
    is_less = covers is Covers.REVISION and embedded.coverage is not SignatureCoverageLevel.ENTIRE_REVISION
    return Covers.PART if is_less else covers


def _made(embedded: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], now: datetime) -> Made:
    """The time a believed timestamp tells goes before the one that the signer claims."""
    claimed = None if _is_stamp(embedded) else _claimed(embedded)
    stamped = _stamped(embedded)
    used_at = min(claimed or stamped or now, now)
    status = _status(embedded, roots, used_at, stamped)
    stamp = status if _is_stamp(embedded) else status.timestamp_validity
    believed = bool(stamp and stamp.trusted)  # which says: valid and intact, too
    if believed and stamped and stamped != used_at:
        used_at, status = stamped, _status(embedded, roots, stamped, stamped)
    return Made(claimed, stamped, believed, used_at, status)


def _is_stamp(embedded: EmbeddedPdfSignature) -> bool:
    return bool(embedded.sig_object_type == "/DocTimeStamp")


def _flaws(status: Any, covers: Covers, term: Validity, in_future: bool) -> Iterator[Flaw]:  # noqa: ANN401
    if not (status.intact and status.valid):
        yield Flaw.ALTERED
    if covers is Covers.PART:
        yield Flaw.PART
    if term.flaw:
        yield term.flaw
    if in_future:
        yield Flaw.FUTURE
    if status.trust_problem_indic and (flaw := PROBLEMS.get(status.trust_problem_indic.name)):
        yield flaw


def _status(
    embedded: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], at: datetime, stamped: datetime | None
) -> Any:  # noqa: ANN401
    """What pyHanko makes of it at that instant; a timestamp's own certificate is judged by the timestamp."""
    context, of_stamp = _context(roots, at), _context(roots, stamped or at)
    if _is_stamp(embedded):
        return asyncio.run(async_validate_pdf_timestamp(embedded, context, skip_diff=True))
    checked = async_validate_pdf_signature(embedded, context, of_stamp, key_usage_settings=USAGE, skip_diff=True)
    return asyncio.run(checked)


def _context(roots: Sequence[x509.Certificate], at: datetime) -> ValidationContext:
    # A list, were it empty: without one the machine's own roots would be trusted.
    return ValidationContext(trust_roots=list(roots), moment=at, allow_fetching=False)


def _claimed(embedded: EmbeddedPdfSignature) -> datetime | None:
    try:
        claimed = embedded.self_reported_timestamp
    except Exception:
        return None
    return claimed.replace(tzinfo=ZONE) if claimed and claimed.tzinfo is None else claimed


def _stamped(embedded: EmbeddedPdfSignature) -> datetime | None:
    tokens = (
        [embedded.signed_data] if _is_stamp(embedded) else extract_tst_data_iter(embedded.signer_info, signed=False)
    )
    times = [token["encap_content_info"]["content"].parsed["gen_time"].native for token in tokens]
    return max(times) if times else None


def _changes(embedded: EmbeddedPdfSignature) -> Change:
    """What was appended; what cannot be judged is taken for the worst."""
    if embedded.reader.xrefs.hybrid_xrefs_present:
        return Change.OTHER  # two readers may see two different files
    try:
        found = embedded.evaluate_modifications(DEFAULT_DIFF_POLICY)
        allowed = embedded.docmdp_level
    except Exception:
        return Change.OTHER
    if not isinstance(found, DiffResult) or (allowed and found.modification_level.value > allowed.value):
        return Change.OTHER
    return CHANGES[found.modification_level]


def _is_proved(status: Any) -> bool:  # noqa: ANN401
    """Whether the chain leads to a root of the list, and each link may do what it does; whatever became of the file."""
    return status.trust_problem_indic is None and status.validation_path is not None


def _chain(embedded: EmbeddedPdfSignature, status: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Names from the signer upwards: as they were proved, else as the certificates name one another."""
    if _is_proved(status):
        return tuple(_called(each.subject) for each in reversed(list(status.validation_path.iter_certs(True))))
    certificate, names, others = embedded.signer_cert, [], embedded.other_embedded_certs
    for _ in range(LONGEST_CHAIN):
        names.append(_called(certificate.subject))
        if certificate.subject == certificate.issuer:
            return tuple(names)
        above = [each for each in others if each.subject == certificate.issuer]
        if not above:
            return (*names, _called(certificate.issuer))
        certificate = above[0]
    return tuple(names)


def _called(name: x509.Name) -> str:
    return _name(name, "common_name") or _name(name, "organization_name") or _plain(name.human_friendly)


def _name(name: x509.Name, part: str) -> str:
    found = name.native.get(part, "")
    return _plain(found if isinstance(found, str) else ", ".join(map(str, found)))


def _plain(text: str) -> str:
    """In NFC, without what turns the writing direction or hides."""
    visible = "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(unicodedata.normalize("NFC", visible).split())[:LONGEST_NAME]
