"""A browser of the tests' own: cookies kept, forms read from the pages and sent as shown; and a town with pages."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import html5lib
import pytest

from chalicelib.site import colleagues
from ops.local import keys
from ops.local.provider import CLIENT, Provider, Refused
from tests.conftest import environment
from tests.people import ISSUERS, Town
from tests.towns import opened

OWN: Final = "http://127.0.0.1:8000"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass
class Shown:
    """A page as the browser got it."""

    status: int
    headers: dict[str, Any]
    text: str

    @property
    def location(self) -> str:
        return str(self.headers["location"])

    @property
    def document(self) -> Any:
        """Parsed as strictly as html5lib can: an error of markup fails the test."""
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        return parser.parse(self.text)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.document.find("body").itertext()).split())

    def form(self, action: str) -> dict[str, str]:
        """What the form to this address would send, untouched."""
        found = next(each for each in self.document.iter("form") if each.get("action") == action)
        return {each.get("name"): each.get("value") or "" for each in found.iter("input") if each.get("name")}


@dataclass
class Browser:
    town: "Pages"
    cookies: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)  # headers of every request

    def get(self, path: str, **headers: str) -> Shown:
        return self.ask("GET", path, b"", headers)

    def post(self, path: str, form: dict[str, str], **headers: str) -> Shown:
        sent = {"Content-Type": FORM, "Origin": OWN, "Sec-Fetch-Site": "same-origin"}
        return self.ask("POST", path, urlencode(form).encode(), {**sent, **headers})

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Shown:
        cookies = (
            {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        )
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        client = self.town.client.http
        answer = client.request(method, path, {**self.said, **cookies, **said}, body)
        named = {name.lower(): value for name, value in answer.headers.items()}
        for line in named.get("set-cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in line:
                del self.cookies[name]
        return Shown(answer.status_code, named, answer.body.decode())


class Pages(Town):
    """The town, its provider and its browsers."""

    def __init__(self, town: Town, client: Any, provider: Provider) -> None:
        super().__init__(town.send)
        self.client, self.provider = client, provider

    def browser(self, who: str = "", **said: str) -> Browser:
        """A fresh one; with `who`, signed in as they."""
        browser = Browser(self, said={name.replace("_", "-"): value for name, value in said.items()})
        if who:
            assert self.sign_in(browser, who).status == 303
        return browser

    def sign_in(self, browser: Browser, who: str, back: str = "") -> Shown:
        """The whole way, as the links and redirects lead; the provider's own page is answered for the person."""
        left = browser.get(f"/dang-nhap/di?{urlencode({'noi': '0', 'tiep': back})}")
        return browser.get(self.answered(left.location, who))

    def answered(self, location: str, who: str) -> str:
        """Where the provider sends the browser back to."""
        came = urlsplit(self.provider.picked({**dict(parse_qsl(urlsplit(location).query)), "as": who}))
        return f"{came.path}?{came.query}"


@contextmanager
def tokens_given(provider: Provider) -> Iterator[str]:
    """The provider's token address, on a socket; the answer may be spoilt by setting `provider.spoil`."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = dict(parse_qsl(body)) | {"authorization": self.headers.get("Authorization", "")}
            try:
                status, facts = 200, provider.token(asked)
            except Refused as error:
                status, facts = 400, {"error": str(error)}
            spoil = getattr(provider, "spoil", None)
            status, raw = spoil(asked, facts) if spoil else (status, json.dumps(facts).encode())
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def browsed(folder: Path) -> Iterator[Pages]:
    """A town with pages; `folder`: for its provider's keys."""
    from chalice.test import Client

    from app import app

    colleagues._known.cache_clear()  # another town's
    keys.make(folder)
    provider = Provider(folder, f"{OWN}/_local/provider", OWN)
    with tokens_given(provider) as token_url:
        facts = {
            "client_id": CLIENT,
            "authorize_url": f"{OWN}/_local/provider/authorize",
            "token_url": token_url,
            "logout_url": f"{OWN}/_local/provider/logout",
            "name": "Thử",
        }
        both = json.dumps([*json.loads(keys.issuers(folder, facts)), *json.loads(ISSUERS)])
        with environment(ISSUERS=both), opened() as town, Client(app, stage_name="tests") as client:
            yield Pages(town, client, provider)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with browsed(tmp_path_factory.mktemp("provider")) as town:
        yield town


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets time pass for the service: `later(timedelta(hours=2))`, counted from now."""
    from datetime import timedelta

    from chalicelib.clock.now import now

    def pass_by(delta: timedelta) -> None:
        monkeypatch.setattr("chalicelib.web.serving.now", lambda: now() + delta)

    return pass_by


def path_of(pattern: str) -> str:
    """The page's address with something plain for each part that varies."""
    return re.sub(r"{\w+}", "none-such", pattern)
