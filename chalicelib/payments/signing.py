"""What providers' signatures have in common: a keyed hash, and a comparison whose duration tells nothing."""

import hashlib
import hmac


def hmac_sha512(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha512).hexdigest()


def same(ours: str, theirs: object) -> bool:
    return isinstance(theirs, str) and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))
