"""What the tests of officers' pages share: a filed dossier, and a press of one of its buttons."""

from typing import Any

from tests.dossiers.conftest import FREE, POSTED, file
from tests.site.conftest import Browser, Pages, Shown

BASE = "/can-bo/ho-so"


def filed(pages: Pages, procedure: str = FREE.code, **changes: Any) -> dict[str, Any]:
    return file(pages.citizen("binh-of-tests"), procedure, **changes)


def to_post(pages: Pages) -> dict[str, Any]:
    return filed(pages, delivery=POSTED)


def press(browser: Browser, dossier_id: str, deed: str, **typed: Any) -> Shown:
    """As a person does: the page with the form is opened, what is typed is put in, the form is sent."""
    address = f"{BASE}/{dossier_id}/{deed}"
    page = browser.get(f"{BASE}/{dossier_id}")
    if f'action="{address}"' not in page.text:
        page = browser.get(address)
    return browser.post(address, hidden(page, address) | typed)


def hidden(page: Shown, action: str) -> dict[str, str]:
    form = next(each for each in page.document.iter("form") if each.get("action") == action)
    return {each.get("name"): each.get("value") for each in form.iter("input") if each.get("type") == "hidden"}


def offered(page: Shown) -> set[str]:
    """What a dossier's page lets this officer do next."""
    links = [each.get("href") or "" for each in page.document.iter("a") if "button" in (each.get("class") or "")]
    forms = [each.get("action") or "" for each in page.document.iter("form")]
    return {each.split("/")[4] for each in (*links, *forms) if each.startswith(f"{BASE}/") and each.count("/") == 4}
