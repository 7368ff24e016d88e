"""What providers' signatures have in common: keyed hashes, plain text, a comparison whose duration tells nothing."""

import hashlib
import hmac
import re
import unicodedata
from typing import Final, Literal

NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9 .:_-]+")


def keyed(text: str | bytes, key: str, algorithm: Literal["sha256", "sha512"]) -> str:
    """HMAC, in lower-case hex. What is not UTF-8 cannot have been signed by anyone, and gets a hash of its own."""
    signed = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    return hmac.new(key.encode(), signed, algorithm).hexdigest()


def hmac_sha512(text: str | bytes, key: str) -> str:
    return keyed(text, key, "sha512")


def hmac_sha256(text: str | bytes, key: str) -> str:
    return keyed(text, key, "sha256")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def same(ours: str, theirs: object) -> bool:
    return isinstance(theirs, str) and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))


def plain(text: str, longest: int = 255) -> str:
    """Without accents or special characters: encoders differ on other ones, and a signature would differ with them."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(each for each in bare if not unicodedata.combining(each))
    return " ".join(NOT_PLAIN.sub(" ", letters).split())[:longest]
