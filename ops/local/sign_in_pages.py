"""The pages of the local stack's own OpenID provider: who one wants to be, and what the service asks it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from ops.local.provider import Provider, Refused
from ops.local.shown import Shown, as_json, elsewhere, page, text

TITLE = "Đăng nhập · Sign in"


class SignInPages(NamedTuple):
    provider: Provider

    def answer(self, method: str, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> Shown | None:
        """None: it is none of these pages."""
        match method, path.partition("/provider")[2]:
            case "GET", "/.well-known/openid-configuration":
                return as_json(self.provider.configuration())
            case "GET", "/jwks":
                return as_json(self.provider.public_keys())
            case "GET", "/authorize":
                return self._asked_who(query)
            case "POST", "/authorize":
                return self._picked({**query, **form})
            case "POST", "/token":
                return self._token(form)
            case "GET", "/logout":
                return elsewhere(self.provider.client + "/")
        return None

    def _asked_who(self, query: Mapping[str, str]) -> Shown:
        try:
            return page(TITLE, self.provider.picker(query))
        except Refused as error:
            return page(TITLE, f"<p>{text(error)}</p>", 400)

    def _picked(self, wanted: Mapping[str, str]) -> Shown:
        try:
            return elsewhere(self.provider.picked(wanted))
        except Refused as error:
            return page(TITLE, f"<p>{text(error)}</p>", 400)

    def _token(self, form: Mapping[str, str]) -> Shown:
        try:
            return as_json(self.provider.token(form))
        except Refused as error:
            return replace(as_json({"error": str(error)}), status=400)
