"""Whether a paper is genuine and still stands, for anyone who holds it; and the keys to find out without asking."""

from typing import Literal

from chalicelib.papers import tokens
from chalicelib.papers.keys import public_keys
from chalicelib.papers.shown import Verification, verification
from chalicelib.shapes import Shape
from chalicelib.web import Call, Routes

routes = Routes(__name__)


class VerificationKey(Shape):
    """A public key as in RFC 8037."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    use: Literal["sig"] = "sig"
    kid: str
    x: str


class VerificationKeys(Shape):
    keys: list[VerificationKey]


@routes.on("GET", "/verifications/{token}", answer=Verification, who="anyone", longest=tokens.LONGEST)
def verify_paper(call: Call, token: str) -> Verification:
    """Whether the paper with this QR token is genuine and still valid, and what it states."""
    return verification(token)


@routes.on("GET", "/verification-keys", answer=VerificationKeys, who="anyone")
def verification_keys(call: Call) -> VerificationKeys:
    """The public keys with which a paper's token is verified without asking us, as a JSON Web Key Set."""
    return VerificationKeys(keys=[VerificationKey(kid=kid, x=x) for kid, x in sorted(public_keys().items())])
