"""The local stack's own OpenID provider: who one wants to be is picked from a list. Only a local stack believes it.

OpenID Connect Core 1.0 §3.1 as a provider has it to do, with PKCE (S256) required: discovery, authorisation, tokens,
keys. A code is good once, for a minute, for the client, the address and the verifier it was made for.
"""

import base64
import hashlib
import html
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from ops.local import keys

CLIENT: Final = "motcua-pages"
CODE_SECONDS: Final = 60
HERE: Final = "H32.10"
NEEDED: Final = ("client_id", "redirect_uri", "state", "nonce", "code_challenge")


@dataclass(frozen=True)
class Somebody:
    subject: str
    name: str
    what: str
    role: str = keys.CITIZEN
    facts: Mapping[str, str] = field(default_factory=dict)


def _citizen(subject: str, name: str, identity: str, phone: str) -> Somebody:
    return Somebody(subject, name, "Người dân · Citizen", facts={"identity": identity, "phone": phone})


def _officer(subject: str, name: str, what: str, role: str, agency: str = HERE) -> Somebody:
    return Somebody(subject, name, what, role, {"agency": agency})


PEOPLE: Final = {
    each.subject: each
    for each in (
        _citizen("binh", "Trần Thị Bình", "056190001234", "0905123456"),
        _citizen("hoa", "Lê Văn Hoà", "056085004321", "0914654321"),
        _officer("an", "Nguyễn Văn An", "Một cửa · Clerk", "clerk"),
        _officer("chi", "Phạm Thị Chi", "Chuyên viên · Specialist", "specialist"),
        _officer("dung", "Võ Anh Dũng", "Chuyên viên · Specialist", "specialist"),
        _officer("duyen", "Đặng Mỹ Duyên", "Lãnh đạo · Approver", "approver"),
        _officer("mai", "Hồ Thị Mai", "Kế toán · Finance", "finance"),
        _officer("nam", "Bùi Hoài Nam", "Kế toán · Finance (2)", "finance"),
        _officer("phuc", "Đỗ Minh Phúc", "Bưu chính tại chỗ · Post clerk", "post_clerk"),
        _officer("giang", "Trương Thu Giang", "Giám sát · Supervisor", "supervisor"),
        _officer("kiem", "Ngô Đức Kiểm", "Kiểm tra · Auditor", "auditor"),
        _officer("quan", "Lý Hồng Quân", "Quản trị · Admin", "admin", "H32"),
        _officer("lan", "Cao Thị Lan", "Một cửa, nơi khác · Clerk elsewhere", "clerk", "H32.11"),
    )
}


class Refused(Exception):
    """What the provider says no with; the message is OAuth's error code."""


@dataclass
class Provider:
    """`base`: its own address; `client`: where the service is reached, the only place it sends people back to."""

    folder: Path
    base: str
    client: str
    codes: dict[str, tuple[dict[str, str], str, float]] = field(default_factory=dict)

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": keys.ISSUER,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "end_session_endpoint": f"{self.base}/logout",
            "jwks_uri": f"{self.base}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": True,
        }

    def public_keys(self) -> dict[str, Any]:
        return keys.public(self.folder)

    def picker(self, asked: Mapping[str, str]) -> str:
        """The list of people, as a form to the very address that was asked. Raises `Refused`."""
        self._check(asked)
        buttons = "".join(
            f'<p><button name=as value="{each.subject}"><b>{_e(each.name)}</b><br>{_e(each.what)}'
            f"{' · ' + each.facts['agency'] if 'agency' in each.facts else ''}</button></p>"
            for each in PEOPLE.values()
        )
        return f"<form method=post>{buttons}<p><button name=as value=-cancel>Huỷ · Cancel</button></p></form>"

    def picked(self, asked: Mapping[str, str]) -> str:
        """Where the browser goes on: back to the service, with a code for whoever was picked. Raises `Refused`."""
        self._check(asked)
        subject = asked.get("as", "")
        said = {"state": asked["state"], "iss": keys.ISSUER}
        if subject not in PEOPLE:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', **said})}"
        code = secrets.token_urlsafe(24)
        self.codes[code] = ({name: asked[name] for name in NEEDED}, subject, time.monotonic() + CODE_SECONDS)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, **said})}"

    def token(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """The tokens for a code. Raises `Refused`."""
        if asked.get("grant_type") != "authorization_code":
            raise Refused("unsupported_grant_type")
        first, subject, until = self.codes.pop(asked.get("code", ""), ({}, "", 0.0))
        own = {name: asked.get(name) for name in ("client_id", "redirect_uri")}
        if not first or time.monotonic() > until or own != {name: first[name] for name in own}:
            raise Refused("invalid_grant")
        if _challenge(asked.get("code_verifier", "")) != first["code_challenge"]:
            raise Refused("invalid_grant")
        somebody = PEOPLE[subject]
        facts = {**somebody.facts, "name": somebody.name}
        return {
            "access_token": keys.token(self.folder, somebody.role, subject, facts),
            "id_token": keys.token(self.folder, somebody.role, subject, facts, audience=CLIENT, nonce=first["nonce"]),
            "token_type": "Bearer",
            "expires_in": int(keys.LIFETIME.total_seconds()),
        }

    def _check(self, asked: Mapping[str, str]) -> None:
        if asked.get("client_id") != CLIENT or not asked.get("redirect_uri", "").startswith(self.client + "/"):
            raise Refused("invalid_client")
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            raise Refused("invalid_request")
        if "openid" not in asked.get("scope", "").split() or not all(asked.get(name) for name in NEEDED):
            raise Refused("invalid_request")


def at(folder: Path, port: int) -> Provider:
    here = f"http://127.0.0.1:{port}"
    return Provider(folder, f"{here}/_local/provider", here)


def sign_in_facts(port: int) -> dict[str, str]:
    """What the setting ISSUERS says of signing in here."""
    base = f"http://127.0.0.1:{port}/_local/provider"
    return {
        "client_id": CLIENT,
        "authorize_url": f"{base}/authorize",
        "token_url": f"{base}/token",
        "logout_url": f"{base}/logout",
        "name": "tài khoản thử (máy này)",
    }


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _e(text: str) -> str:
    return html.escape(text, quote=True)
