"""The payment providers this service can speak with, one file each; which of them a province uses is configuration."""

import pkgutil
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any, Final, cast

from chalicelib.payments.protocol import Ability, Provider
from chalicelib.settings import secret, settings

KNOWN: Final = frozenset(module.name for module in pkgutil.iter_modules(__path__))
PREVIOUS: Final = "previous"
REFUND_ASKED_EVERY: Final = timedelta(hours=1)


def configured(name: str) -> bool:
    """Whether the province uses it; the name may come from anyone."""
    return name in KNOWN and name in settings().PAYMENTS


@cache
def adapter(name: str) -> Provider:
    """Only what a province uses is ever imported."""
    return cast(Provider, import_module(f"{__name__}.{name}"))


def can(name: str, ability: Ability) -> bool:
    return hasattr(adapter(name), ability)


def offered() -> list[str]:
    """Those a payer may choose from, in the province's own order."""
    return [name for name in settings().PAYMENTS if configured(name) and can(name, "begin")]


def accounts(name: str) -> list[Any]:
    """The account to sign with, and after it the one whose keys are just being replaced, which is still believed."""
    keys = dict(secret(name, {}))
    previous = keys.pop(PREVIOUS, None)
    facts = {**settings().PAYMENTS[name], **keys}
    both = [facts] if previous is None else [facts, {**facts, **previous}]
    return [adapter(name).Account.model_validate(each) for each in both]


def account(name: str) -> Any:  # noqa: ANN401 - each provider has a model of its own
    return accounts(name)[0]
