"""How pages call those through whom money came: providers of payments, and our own desk."""

from chalicelib.payments import providers
from chalicelib.payments.rules import AT_THE_DESK
from chalicelib.refusals import Language
from chalicelib.site.wording import said


def provider_name(provider: str, language: Language) -> str:
    """In full, as a payer chooses it."""
    if provider == AT_THE_DESK:
        return said(("Tại bộ phận một cửa", "At the desk"), language)
    return said(providers.adapter(provider).TITLE, language) if provider in providers.KNOWN else provider


def short_name(provider: str, language: Language) -> str:
    """For a list: without what the provider's name says of itself in brackets."""
    return provider_name(provider, language).partition(" (")[0]
