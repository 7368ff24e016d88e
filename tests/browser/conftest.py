"""Debian's Chromium before the whole local stack; every window of a test is looked at again when the test is done."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, sync_playwright

from ops.local import keys
from ops.local.bank_double import asked_by
from ops.local.provider import PEOPLE
from tests.browser.people import BINH, COPY
from tests.browser.window import Window
from tests.conftest import NO_CHROMIUM, ROOT
from tests.local_stack import Started
from tests.people import Person, over_http

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
DESKTOP: Final = {"viewport": {"width": 1200, "height": 800}}
PHONE: Final = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
WAIT, WAIT_LONG = 20_000, 90_000  # ms; the longer where a slow machine simulates a still slower one on a bad line


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For a module, not a session: while it lives, an event loop runs in this thread, and others want their own."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Street:
    """Opens windows before a running stack, in one test's name; speaks to its API where a test needs a beginning."""

    stack: Started
    browser: Browser
    test: str
    sessions: dict[str, Any]
    windows: list[Window] = field(default_factory=list)

    def window(self, who: str = "", *, phone: bool = False, slow: bool = False, script: bool = True) -> Window:
        """A fresh browser; with `who`, signed in as they. `slow`: a cheap machine on a bad line."""
        session = self._session(who) if who else None
        context = self.browser.new_context(
            **(PHONE if phone else DESKTOP),
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
            java_script_enabled=script,
            storage_state=session,
        )
        context.set_default_timeout(WAIT_LONG if slow else WAIT)
        number = f"-{len(self.windows) + 1}" if self.windows else ""
        window = Window(context, self.stack.url, self.test + number, script=script)
        if slow:
            window.slow_down()
        self.windows.append(window)
        return window

    def person(self, who: str) -> Person:
        """One of the provider's people, at the API."""
        somebody = PEOPLE[who]
        facts = {**somebody.facts, "name": somebody.name}
        return Person(over_http(self.stack.url), keys.token(self.stack.data, somebody.role, who, facts))

    def officer(self, role: str, agency: str) -> Person:
        """An officer of an agency where none of the provider's people works."""
        return Person(over_http(self.stack.url), keys.token(self.stack.data, role, f"{role}-b", {"agency": agency}))

    def paid(self, who: str) -> dict[str, Any]:
        """A dossier that was filed and whose fee is paid; its papers are none."""
        dossier, begun = self._filed(who, "vnpay")
        self._send(begun["pay_url"].removeprefix(self.stack.url), action="pay")
        found = self.dossier(who, dossier["code"])
        assert found["payment"]["status"] == "paid"
        return found

    def earlier(self, days: int) -> tuple[str, str]:
        """Binh's dossier, filed, paid for and accepted so many days ago: its id and its code."""
        asked = [sys.executable, "-m", "tests.browser.earlier", str(self.stack.data), str(days)]
        said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert said.returncode == 0, said.stderr[-2000:]
        dossier_id, code = said.stdout.split()
        return dossier_id, code

    def transferred(self, who: str, amount: int) -> dict[str, Any]:
        """A dossier for whose fee this many đồng were transferred from a bank."""
        dossier, begun = self._filed(who, "vietqr")
        _, memo = asked_by(begun["qr"])
        self._send("/_local/bank", amount=str(amount), memo=memo, action="pay")
        return self.dossier(who, dossier["code"])

    def dossier(self, who: str, code: str) -> dict[str, Any]:
        """One of theirs, as it is now."""
        mine = self.person(who)
        (found,) = [each for each in mine.get("/dossiers?limit=100").body["items"] if each["code"] == code]
        dossier: dict[str, Any] = mine.get(f"/dossiers/{found['id']}").body
        return dossier

    def run(self, schedule: str) -> None:
        """A function that otherwise runs by the clock."""
        assert self.stack.post(f"/_local/run/{schedule}").status == 200

    def _filed(self, who: str, provider: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """A dossier, and the payment begun of its fee."""
        citizen = self.person(who)
        form = citizen.get(f"/procedures/{COPY}").body["form"]["examples"][0]
        draft = {"procedure": COPY, "agency": "H32.10", "applicant": BINH, "form": form}
        place = f"/dossiers/{citizen.post('/dossiers', draft | {'delivery': {'channel': 'online'}}).body['id']}"
        dossier = citizen.post(f"{place}/submission").body
        wish = {"provider": provider, "return_url": f"{self.stack.url}/_local/"}
        return dossier, citizen.post(f"{place}/payments", wish).body

    def _send(self, door: str, **fields: str) -> None:
        sent = self.stack.post(
            door, urlencode(fields).encode(), **{"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert sent.status == 303

    def _session(self, who: str) -> Any:
        if who not in self.sessions:
            context = self.browser.new_context(locale="vi-VN")
            sign_in(context.new_page(), self.stack.url, who)
            self.sessions[who] = context.storage_state()
            context.close()
        return self.sessions[who]


def sign_in(page: Any, origin: str, who: str) -> None:
    """Through the provider's page, as a person does."""
    page.goto(f"{origin}/dang-nhap")
    page.get_by_role("link", name=re.compile("Đăng nhập bằng")).click()
    page.get_by_role("button", name=PEOPLE[who].name).click()
    page.get_by_role("button", name="Đăng xuất").wait_for()


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    return {}


@pytest.fixture
def street(
    chromium: Browser, local_stack: Started, sessions: dict[str, Any], request: pytest.FixtureRequest
) -> Iterator[Street]:
    made, failed = Street(local_stack, chromium, request.node.name, sessions), request.session.testsfailed
    yield made
    if request.session.testsfailed > failed:  # the call was told of by now: how it looked then
        for window in made.windows:
            window.picture()
    troubles = {window.name: window.troubles for window in made.windows if window.troubles}
    for context in chromium.contexts:
        context.close()
    assert not troubles, json.dumps(troubles, ensure_ascii=False, indent=1)
