"""Signing in by OpenID Connect: what comes back is believed only if it answers what this browser asked, once."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ops.local import keys
from ops.local.provider import CLIENT
from tests.site.conftest import Browser, Pages

START = "/dang-nhap/di?noi=0"


@pytest.fixture
def browser(pages: Pages) -> Iterator[Browser]:
    """One that is not signed in; the provider is itself again afterwards."""
    yield pages.browser()
    pages.provider.__dict__.pop("spoil", None)


def asked(location: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(location).query))


def spoilt(pages: Pages, **claims: Any) -> None:
    """From now on the provider's ID tokens say this; None leaves a claim out."""
    kid = claims.pop("kid", keys.KEY_ID)
    key = claims.pop("key", None) or keys._private(pages.provider.folder)

    def spoil(_: Any, facts: dict[str, Any]) -> tuple[int, bytes]:
        said = jwt.decode(facts["id_token"], options={"verify_signature": False}) | claims
        said = {name: value for name, value in said.items() if value is not None}
        token = jwt.encode(said, key, algorithm="ES256", headers={"kid": kid})
        return 200, json.dumps(facts | {"id_token": token}).encode()

    pages.provider.spoil = spoil  # type: ignore[attr-defined]


def refused(pages: Pages, browser: Browser, came: str) -> bool:
    shown = browser.get(came)
    assert shown.status in (303, 403)
    assert (shown.status == 403) == ("phien" not in browser.cookies)
    return shown.status == 403


def test_the_question_is_all_that_the_protocol_asks(pages: Pages, browser: Browser) -> None:
    first, second = (asked(browser.get(START).location) for _ in range(2))

    assert first["response_type"] == "code"
    assert first["client_id"] == CLIENT
    assert first["redirect_uri"] == "http://127.0.0.1:8000/dang-nhap/ve"
    assert "openid" in first["scope"].split()
    assert first["code_challenge_method"] == "S256"
    assert len(first["code_challenge"]) == 43
    for secret in ("state", "nonce", "code_challenge"):
        assert len(first[secret]) >= 43
        assert first[secret] != second[secret]


def test_who_comes_back_is_who_the_token_names(pages: Pages, browser: Browser) -> None:
    assert pages.sign_in(browser, "binh").location == "/ho-so"
    assert pages.sign_in(browser, "an").location == "/can-bo"


def test_an_answer_counts_once(pages: Pages, browser: Browser) -> None:
    came = pages.answered(browser.get(START).location, "binh")
    other = pages.browser()
    other.cookies = dict(browser.cookies)

    assert not refused(pages, browser, came)
    assert refused(pages, other, came)


def test_another_browsers_answer_signs_nobody_in(pages: Pages, browser: Browser) -> None:
    """Otherwise somebody could be signed in as the attacker, and file their papers into the attacker's account."""
    came = pages.answered(pages.browser().get(START).location, "hoa")
    assert refused(pages, browser, came)
    browser.get(START)

    assert refused(pages, browser, came)


@pytest.mark.parametrize("spoil", ["state", "code", "iss"])
def test_an_answer_with_a_part_changed_or_missing(pages: Pages, browser: Browser, spoil: str) -> None:
    for changed in (lambda value: value[:-1] + ("A" if value[-1] != "A" else "B"), lambda value: "wrong-ệ"):
        came = asked(pages.answered(browser.get(START).location, "binh"))
        came[spoil] = changed(came[spoil])
        query = "&".join(f"{name}={value}" for name, value in came.items())
        assert refused(pages, browser, f"/dang-nhap/ve?{query}")


@pytest.mark.parametrize("query", ["", "?state=", "?code=x", "?error=access_denied", "?state=&code=x"])
def test_what_answers_nothing_is_refused(pages: Pages, browser: Browser, query: str) -> None:
    assert refused(pages, browser, f"/dang-nhap/ve{query}")


def test_somebody_who_cancels_is_told_and_may_begin_again(pages: Pages, browser: Browser) -> None:
    cancelled = browser.get(pages.answered(browser.get(START).location, "-cancel"))

    assert cancelled.status == 403
    assert 'href="/dang-nhap"' in cancelled.text
    assert not refused(pages, browser, pages.answered(browser.get(START).location, "binh"))


def test_an_answer_after_ten_minutes_is_too_late(pages: Pages, browser: Browser, later: Any) -> None:
    came = pages.answered(browser.get(START).location, "binh")
    later(timedelta(minutes=10))

    assert refused(pages, browser, came)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 7},
        {"aud": "motcua"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"aud": None},
        {"iss": "http://127.0.0.1/tests"},
        {"iss": "https://id.example.vn"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"roles": "clerk"},
        {"kid": "unknown"},
        {"key": ec.generate_private_key(ec.SECP256R1())},
    ],
    ids=lambda claims: str(list(claims.items())[0])[:40],
)
def test_a_token_that_is_not_of_this_sign_in(pages: Pages, browser: Browser, claims: dict[str, Any]) -> None:
    spoilt(pages, **claims)

    assert refused(pages, browser, pages.answered(browser.get(START).location, "binh"))


def test_a_token_for_us_among_others_names_us_as_the_one_it_was_made_for(pages: Pages, browser: Browser) -> None:
    spoilt(pages, aud=[CLIENT, "another"], azp=CLIENT)

    assert not refused(pages, browser, pages.answered(browser.get(START).location, "binh"))


@pytest.mark.parametrize("raw", [b"", b"no json", b"[]", b"{}", b'{"id_token": null}', b'{"id_token": ["x"]}', b"\xff"])
def test_a_provider_that_answers_nonsense(pages: Pages, browser: Browser, raw: bytes) -> None:
    pages.provider.spoil = lambda *_: (200, raw)  # type: ignore[attr-defined]

    assert refused(pages, browser, pages.answered(browser.get(START).location, "binh"))


def test_a_provider_that_is_down_is_said_to_be(pages: Pages, browser: Browser) -> None:
    pages.provider.spoil = lambda *_: (502, b"")  # type: ignore[attr-defined]

    assert browser.get(pages.answered(browser.get(START).location, "binh")).status == 503


def test_a_code_is_worth_nothing_without_the_verifier(pages: Pages, browser: Browser) -> None:
    """The provider's own part: whoever caught the code in the address cannot use it."""
    from ops.local.provider import Refused

    question = asked(browser.get(START).location)
    came = asked(pages.provider.picked({**question, "as": "binh"}))
    stolen = {"grant_type": "authorization_code", "code": came["code"], "client_id": CLIENT}

    for verifier in ("", "x" * 64, question["code_challenge"]):
        with pytest.raises(Refused, match="invalid_grant"):
            pages.provider.token(stolen | {"redirect_uri": question["redirect_uri"], "code_verifier": verifier})


def test_a_confidential_clients_secret_is_sent_as_its_proof(
    pages: Pages, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    import base64

    from chalicelib.site import signing_in

    seen: list[str] = []
    monkeypatch.setattr(signing_in, "secret", lambda name, _: {keys.ISSUER: "a:b c"} if name == "sign_in" else {})
    pages.provider.spoil = lambda said, facts: (  # type: ignore[attr-defined]
        seen.append(said["authorization"]) or (200, json.dumps(facts).encode())
    )

    assert not refused(pages, browser, pages.answered(browser.get(START).location, "binh"))
    assert base64.b64decode(seen[0].removeprefix("Basic ")) == f"{CLIENT}:a%3Ab+c".encode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.vn",
        "//example.vn",
        "/\\example.vn",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=y",
        "/\tb",
        "ho-so",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(pages: Pages, browser: Browser, elsewhere: str) -> None:
    assert pages.sign_in(browser, "binh", back=elsewhere).location == "/ho-so"
    assert browser.get("/dang-nhap").location == "/ho-so"


@pytest.mark.parametrize("number", ["", "1", "-1", "x", "²", "99999999999"])
def test_an_unknown_door_leads_nowhere(pages: Pages, browser: Browser, number: str) -> None:
    from urllib.parse import quote

    assert browser.get(f"/dang-nhap/di?noi={quote(number)}").status == 404


def test_the_api_does_not_take_an_id_token_for_a_bearer(pages: Pages) -> None:
    facts = {"name": "Trần Thị Bình"}
    folder = pages.provider.folder
    identity = keys.token(folder, "citizen", "binh", facts, audience=CLIENT, nonce="n")
    bearer = keys.token(folder, "citizen", "binh", facts)

    assert pages.browser().get("/dossiers", Authorization=f"Bearer {identity}").status == 401
    assert pages.browser().get("/dossiers", Authorization=f"Bearer {bearer}").status == 200
