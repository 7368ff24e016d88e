"""Everything the environment may change. The only module that reads the environment, and the secrets it names."""

import os
from functools import cache
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, Json, model_validator

from chalicelib.shapes import Shape


class Issuer(Shape):
    """An OpenID Connect issuer whose tokens are believed; `jwks` given here, or fetched from `jwks_url`.

    With a `client_id`, people also sign in to the pages there: `name` is what they know it by. A confidential
    client's secret is the `sign_in` secret's entry by the issuer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    audience: str
    holders: Literal["citizens", "officers", "both"]
    jwks_url: str | None = None
    jwks: dict[str, Any] | None = None
    client_id: str | None = None
    authorize_url: str | None = None
    token_url: str | None = None
    logout_url: str | None = None
    name: str = ""

    @model_validator(mode="after")
    def signing_in_needs_its_addresses(self) -> Self:
        if self.client_id and not (self.authorize_url and self.token_url):
            raise ValueError(f"client_id needs authorize_url and token_url: {self.issuer}")
        return self

    @property
    def urls(self) -> list[str]:
        return [self.issuer, *filter(None, (self.jwks_url, self.authorize_url, self.token_url, self.logout_url))]

    @property
    def is_local(self) -> bool:
        return self.issuer.startswith(("http://127.0.0.1", "http://localhost"))


class Settings(Shape):
    model_config = ConfigDict(frozen=True, extra="ignore")

    STAGE: Literal["local", "production"]
    PROVINCE: str = Field(pattern=r"^H\d{2}$")
    PROVINCE_NAME: str
    RELEASE: str
    PUBLIC_URL: str
    AWS_REGION: str = Field(alias="AWS_DEFAULT_REGION")
    TABLE: str
    BUCKET: str
    NOTICES_QUEUE: str
    POST_QUEUE: str
    MONEY_QUEUE: str
    SECRETS: str
    ISSUERS: Json[list[Issuer]]
    PAYMENTS: Json[dict[str, dict[str, str]]]
    REFUND_TWO_PEOPLE_ABOVE: int = Field(ge=0)
    VNPOST_URL: str
    VNPOST_STATUSES: Json[dict[str, Literal["accepted", "in_transit", "delivered", "returned_to_sender", "failed"]]]
    VNPOST_TRACK_PAGE: str = Field(default="", pattern=r"^(https://.*\{code\}.*)?$")
    CARRIER_CA_FILE: str = ""
    SIGNATURE_ROOTS_FILE: str = ""
    CLAMD: str = ""
    MAIL_FROM: str

    @model_validator(mode="after")
    def local_means_refused_elsewhere(self) -> Self:
        """A stack that is not local refuses to start with a local issuer, provider or carrier."""
        issuers = [url for issuer in self.ISSUERS for url in issuer.urls]
        paying = [value for facts in self.PAYMENTS.values() for value in facts.values()]
        urls = [*issuers, *paying, self.VNPOST_URL]
        loopback = [url for url in urls if "://127.0.0.1" in url or "://localhost" in url]
        if self.STAGE != "local" and loopback:
            raise ValueError(f"local simulators and issuers are refused outside the local stack: {loopback}")
        return self


@cache
def settings() -> Settings:
    """Read once per container; a missing variable stops the cold start, not a request."""
    return Settings.model_validate(dict(os.environ))


def secret(name: str, otherwise: dict[str, Any] | None = None) -> dict[str, Any]:
    """The keys of one provider or carrier (`vnpay`, `vnpost`), or of our `papers`; cached five minutes.

    Raises `KeyError` when there are none, unless it is said what holds otherwise.
    """
    from aws_lambda_powertools.utilities import parameters

    keys: dict[str, dict[str, Any]] = parameters.get_secret(settings().SECRETS, transform="json", max_age=300)
    return keys[name] if otherwise is None else keys.get(name, otherwise)
