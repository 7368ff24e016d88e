"""What was found of each digital signature in a PDF, and whether that will do. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, NamedTuple

from pydantic import ConfigDict

from chalicelib.shapes import Shape


class Covers(StrEnum):
    """How much of the file the signature was made over."""

    WHOLE = "whole_file"
    REVISION = "whole_file_when_signed"  # something was appended since
    PART = "part"
    UNKNOWN = "unknown"


class Change(StrEnum):
    """The gravest thing that was appended after signing."""

    NONE = "none"
    PROOFS = "proofs"  # timestamps, and what helps to check the signature later
    FORM = "form"  # form fields filled in, or another signature
    OTHER = "other"


class Root(StrEnum):
    TRUSTED = "trusted"
    UNKNOWN = "unknown"  # no chain leads from the signer to a root of the list
    NO_LIST = "no_list"


class Flaw(StrEnum):
    UNREADABLE = "unreadable"
    TOO_MANY = "too_many"
    ALTERED = "altered"
    PART = "covers_part"
    CHANGED = "changed_after_signing"
    EXPIRED = "certificate_expired"
    NOT_YET = "certificate_not_yet_valid"
    FUTURE = "signed_in_the_future"
    WEAK = "weak_algorithm"
    USAGE = "certificate_not_for_signing"


class Standing(StrEnum):
    SOUND = "sound"
    UNVERIFIED = "unverified"
    FLAWED = "flawed"
    UNREADABLE = "unreadable"


class PdfSignature(Shape):
    """One signature, or timestamp of the whole document, as it was found when the file was checked.

    `chain`: names from the signer upwards; only with a trusted root was every link of it proved. `claimed_at` is the
    signer's own clock; `stamped_at` a timestamp authority's, believed when `is_stamp_trusted`. Whether a certificate
    was revoked is not known here: nobody is asked.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["signature", "timestamp"] = "signature"
    signer: str = ""
    organisation: str = ""
    issuer: str = ""
    serial: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    claimed_at: datetime | None = None
    stamped_at: datetime | None = None
    is_stamp_trusted: bool = False
    covers: Covers = Covers.UNKNOWN
    changes: Change = Change.NONE
    chain: tuple[str, ...] = ()
    root: Root = Root.UNKNOWN
    flaws: tuple[Flaw, ...] = ()

    @property
    def standing(self) -> Standing:
        if self.flaws:
            unread = {Flaw.UNREADABLE, Flaw.TOO_MANY}.intersection(self.flaws)
            return Standing.UNREADABLE if unread else Standing.FLAWED
        return Standing.SOUND if self.root is Root.TRUSTED else Standing.UNVERIFIED

    @property
    def is_doubtful(self) -> bool:
        """Whether a person should look before anything rests on it."""
        return bool(self.flaws)


UNREADABLE: Final = PdfSignature(flaws=(Flaw.UNREADABLE,))


class Validity(NamedTuple):
    """A certificate's own term, and the instant at which it was used."""

    begin: datetime
    end: datetime
    used_at: datetime

    @property
    def flaw(self) -> Flaw | None:
        if self.used_at < self.begin:
            return Flaw.NOT_YET
        return Flaw.EXPIRED if self.used_at > self.end else None


def covered(data: bytes, byte_range: Sequence[int], contents: bytes) -> Covers:
    """What the stretches of bytes cover that a signature says it was made over (ISO 32000-2, 12.8.1).

    From the first byte on they may leave out nothing but the signature's own digits: those are compared with what the
    file's structure gives as the signature, since a gap of its own choosing could hold anything.
    """
    if len(byte_range) != 4:
        return Covers.PART
    first, gap, after, length = byte_range
    if not 0 == first < gap < after < after + length <= len(data):
        return Covers.PART
    if data[gap : gap + 1] != b"<" or data[after - 1 : after] != b">" or _digits(data[gap + 1 : after - 1]) != contents:
        return Covers.PART
    return Covers.WHOLE if after + length == len(data) else Covers.REVISION


def _digits(text: bytes) -> bytes | None:
    try:
        return bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return None


def judged(found: Sequence[PdfSignature]) -> tuple[PdfSignature, ...]:
    """Those of one file, in the order in which they were made, each in the light of the later ones.

    What was filled in after a signature will do when somebody known signed for it afterwards; nothing else will.
    """
    judged: list[PdfSignature] = []
    vouched = False
    for each in reversed(found):
        allowed = {Change.NONE, Change.PROOFS, *([Change.FORM] if vouched else [])}
        flaws = each.flaws if each.changes in allowed else (*each.flaws, Flaw.CHANGED)
        judged.append(each.model_copy(update={"flaws": flaws}))
        vouched = vouched or (each.kind == "signature" and not flaws and each.root is not Root.UNKNOWN)
    return tuple(reversed(judged))
