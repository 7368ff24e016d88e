"""The keys papers are signed with, from Secrets Manager's entry `papers`, and the public ones that verify them."""

from typing import NamedTuple

from chalicelib.papers.tokens import public_of
from chalicelib.settings import secret


class SigningKey(NamedTuple):
    kid: str
    private_key: str


def signing_key() -> SigningKey:
    """`kid` and `private_key` (the seed, base64url) of the key in use."""
    kept = secret("papers")
    return SigningKey(kept["kid"], kept["private_key"])


def public_keys() -> dict[str, str]:
    """By `kid`: the key in use, and those of `retired` (`kid:public_key`, blanks between): their papers still stand.

    A key thought to be stolen is taken out of `retired`: then nothing it signed passes any more.
    """
    kept = secret("papers")
    retired = dict(each.split(":", 1) for each in kept.get("retired", "").split())
    return retired | {kept["kid"]: public_of(kept["private_key"])}
