"""Tokens that are none of ours: each is refused, by every operation that asks who is calling."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydantic import ValidationError

from chalicelib.settings import settings
from ops.local import keys
from ops.local.template import stage_environment
from tests.access.conftest import HERE, OURS, World
from tests.conftest import environment
from tests.dossiers.conftest import file
from tests.people import ISSUER, ISSUERS, JWK, KEY, Person, Reply, token
from tests.towns import opened

NOW = int(time.time())
FACTS = {"iss": ISSUER, "aud": "motcua", "sub": OURS, "iat": NOW, "exp": NOW + 3600}
HEADER = {"alg": "ES256", "kid": "tests", "typ": "JWT"}
STRANGER = ec.generate_private_key(ec.SECP256R1())


def signed(facts: dict[str, Any], key: Any = KEY, algorithm: str = "ES256", **header: Any) -> str:
    # Below PyJWT's own checks, which would not let us write what a wrong issuer could.
    return jwt.PyJWS().encode(json.dumps(facts).encode(), key, algorithm, headers={"kid": "tests"} | header)


def without(name: str) -> str:
    return signed({fact: value for fact, value in FACTS.items() if fact != name})


def part(facts: Any) -> str:
    raw = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_public_key() -> str:
    """The classic forgery: the public key, which everyone has, taken for a shared secret."""
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = f"{part(HEADER | {'alg': 'HS256'})}.{part(FACTS)}"
    mac = hmac.HMAC(pem, hashes.SHA256())
    mac.update(text.encode())
    return f"{text}.{part(mac.finalize())}"


def tampered() -> str:
    head, _, signature = signed(FACTS | {"roles": ["clerk"], "agency": "H32.11"}).split(".")
    return f"{head}.{part(FACTS | {'roles': ['approver'], 'agency': HERE})}.{signature}"


FORGED: dict[str, Callable[[], str]] = {
    "expired": lambda: token(OURS, exp=NOW - 120),
    "not yet valid": lambda: token(OURS, nbf=NOW + 600),
    "for somebody else": lambda: token(OURS, aud="another-service"),
    "for a longer name": lambda: token(OURS, aud="motcua-test"),
    "of an issuer we do not know": lambda: token(OURS, iss="https://id.example.vn"),
    "of an issuer with a slash more": lambda: token(OURS, iss=ISSUER + "/"),
    "of two issuers": lambda: signed(FACTS | {"iss": [ISSUER]}),
    "signed by a stranger": lambda: token(OURS, key=STRANGER),
    "signed by nobody": lambda: f"{part(HEADER | {'alg': 'none'})}.{part(FACTS)}.",
    "signed by NONE": lambda: f"{part(HEADER | {'alg': 'NONE'})}.{part(FACTS)}.{part(b'x')}",
    "unsigned by name": lambda: f"{part(HEADER)}.{part(FACTS)}.",
    "signed with the public key": by_public_key,
    "signed with another algorithm": lambda: signed(FACTS, rsa.generate_private_key(65537, 2048), "RS256"),
    "bringing its own key": lambda: signed(FACTS, STRANGER, jwk=JWK),
    "of an unknown key": lambda: signed(FACTS, kid="another"),
    "of no key": lambda: f"{part({'alg': 'ES256'})}." + signed(FACTS).split(".", 1)[1],
    "tampered with": tampered,
    "without a subject": lambda: without("sub"),
    "without an end": lambda: without("exp"),
    "without an audience": lambda: without("aud"),
    "without an issuer": lambda: without("iss"),
    "whose subject is a number": lambda: signed(FACTS | {"sub": 7}),
    "whose end is no number": lambda: signed(FACTS | {"exp": "soon"}),
    "whose end never comes": lambda: signed(FACTS | {"exp": float("inf")}),
    "whose roles are one text": lambda: signed(FACTS | {"roles": "clerk", "agency": HERE}),
    "whose roles are a number": lambda: signed(FACTS | {"roles": 5}),
    "whose roles are an object": lambda: signed(FACTS | {"roles": {"clerk": True}, "agency": HERE}),
    "whose roles are objects": lambda: signed(FACTS | {"roles": [{"name": "clerk"}]}),
    "of many keys": lambda: f"{part(HEADER | {'kid': ['tests']})}." + signed(FACTS).split(".", 1)[1],
    "whose header is a list": lambda: f"{part([HEADER])}." + signed(FACTS).split(".", 1)[1],
    "that is a list": lambda: f"{part(HEADER)}.{part([1])}.{part(b'x' * 64)}",
    "deeper than anything": lambda: f"{part(HEADER)}.{part(b'[' * 5000)}.{part(b'x' * 64)}",
    "that is none": lambda: "none",
    "with a fourth part": lambda: signed(FACTS) + ".x",
    "of no letters we use": lambda: "ÿ.ÿ.ÿ",
    "that is empty": lambda: "",
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One citizen, one dossier."""
    with opened() as town:
        yield World(town, {(OURS, "submitted"): file(town.citizen(OURS))["id"]})


def answered(world: World, authorization: str, method: str = "GET", path: str = "/dossiers") -> Reply:
    return world.town.anyone.ask(method, path, headers={"Authorization": authorization})


def test_the_token_the_others_are_made_from_is_good(world: World) -> None:
    assert answered(world, f"Bearer {signed(FACTS)}").status == 200
    assert answered(world, f"bearer {signed(FACTS)}").status == 200


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_token_is_refused(world: World, forged: Callable[[], str]) -> None:
    mine = f"/dossiers/{world.dossiers[OURS, 'submitted']}"
    for path in ("/dossiers", "/desk/dossiers", mine):
        refused = answered(world, f"Bearer {forged()}", path=path)
        assert (refused.status, refused.body["code"]) == (401, "not_signed_in")
        assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Basic", "JWT", "Bearer Bearer", ""])
def test_only_bearers_are_believed(world: World, scheme: str) -> None:
    assert answered(world, f"{scheme} {signed(FACTS)}".strip()).status == 401


def test_a_stranger_is_told_to_sign_in_and_nothing_else(world: World) -> None:
    """A stranger learns neither what a body should hold nor whether the dossier exists."""
    mine = f"/dossiers/{world.dossiers[OURS, 'submitted']}"
    replies = [
        world.town.anyone.ask("POST", f"{place}/stop", {"no such": "field"}, key="k")
        for place in (mine, "/dossiers/none")
    ]

    assert [reply.status for reply in replies] == [401, 401]
    assert replies[0].body == replies[1].body


# ——— the local stack's tokens are worth nothing anywhere else ———

REAL = ec.generate_private_key(ec.SECP256R1())
REAL_ISSUER = "https://id.khanhhoa.example"
PUBLIC_KEY = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(REAL.public_key())) | {"alg": "ES256", "use": "sig"}


def real_issuers(kid: str) -> str:
    real = {
        "issuer": REAL_ISSUER,
        "audience": "motcua",
        "holders": "both",
        "jwks": {"keys": [PUBLIC_KEY | {"kid": kid}]},
    }
    return json.dumps([real])


@pytest.mark.parametrize("kid", ["2026", "tests", "local"])  # even one named like the local key
def test_in_production_a_local_token_is_worth_nothing(world: World, tmp_path: Any, kid: str) -> None:
    keys.make(tmp_path)
    own = keys.token(tmp_path, "clerk", "an", {"agency": HERE})
    renamed = signed(FACTS | {"iss": REAL_ISSUER}, kid=kid)
    # The stack's own names stay, so that it is the same table that is asked.
    production = stage_environment("production") | {"ISSUERS": real_issuers(kid)}
    links = {name: value for name, value in production.items() if name.endswith("_URL") or name == "PAYMENTS"}
    with environment(STAGE="production", ISSUERS=production["ISSUERS"], **links):
        good = jwt.encode(FACTS | {"iss": REAL_ISSUER}, REAL, algorithm="ES256", headers={"kid": kid})
        assert settings().STAGE == "production"
        assert answered(world, f"Bearer {good}").status == 200
        for local in (own, token(OURS), renamed):
            assert answered(world, f"Bearer {local}").status == 401


KEYS_AT_HOME = {"issuer": REAL_ISSUER, "audience": "motcua", "holders": "both", "jwks_url": "http://localhost/jwks"}


@pytest.mark.parametrize("issuers", [ISSUERS, ISSUERS.replace("127.0.0.1", "localhost"), json.dumps([KEYS_AT_HOME])])
def test_production_does_not_start_with_a_local_issuer(world: World, issuers: str) -> None:
    production = stage_environment("production")
    links = {name: value for name, value in production.items() if name.endswith("_URL") or name == "PAYMENTS"}
    with environment(STAGE="production", ISSUERS=issuers, **links):
        with pytest.raises(ValidationError, match="refused outside the local stack"):
            settings()
        assert Person(world.town.send, token(OURS)).get("/dossiers").status == 401
