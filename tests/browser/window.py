"""A window of a real browser that remembers what went wrong in it, and looks closely at every page it comes to."""

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Error, Locator, Page, Request, Response
from playwright.sync_api import TimeoutError as Late

SCREENSHOTS: Final = Path(__file__).parents[2] / ".local" / "screenshots"
GZIPPED_FROM: Final = 1024  # bytes; as the gateway does it (`minimum_compression_size`). The local server never does.
AXE: Final = Axe().axe_script
# Only what keeps somebody out leaves the page: bringing all that axe found out of it takes longer than finding it.
BARRIERS: Final = """async () => (await axe.run({ resultTypes: ["violations"] })).violations
  .filter(({ impact }) => ["serious", "critical"].includes(impact))
  .map(({ id, impact, nodes }) => [id, impact, ...nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))].join(" "))
"""
# The line of a five-year-old phone in the hills: 400 kbit/s, 400 ms.
SLOW_LINE: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOW_MACHINE: Final = 4
MOVED: Final = (302, 303, 307)
PATIENCE: Final = 120  # seconds; whatever follows an event follows within that on a busy machine
# What sticks out of the window to the right, unless something around it scrolls by itself.
STICKING_OUT: Final = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > wide + 1)
    .map((e) => e.outerHTML.slice(0, 120)).concat(["(the page)"]).slice(0, 5);
}"""
FOCUSED: Final = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at), box = at.getClientRects()[0];
  if (!box) return { what: at.outerHTML.slice(0, 120), wrong: "takes the focus without being shown" };
  const x = box.x + box.width / 2, y = box.y + box.height / 2, top = document.elementFromPoint(x, y);
  const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const clear = top && (at.contains(top) || top.contains(at) || [...(at.labels || [])].some((l) => l.contains(top)));
  return { what: at.outerHTML.slice(0, 120),
    wrong: !drawn ? "shows no focus" : !clear ? "is out of sight or covered while it has the focus" : "" };
}"""

CALLED: Final = """() => {
  const at = document.activeElement;
  return at.labels?.[0]?.innerText.trim() || at.innerText?.trim() || at.ariaLabel || at.name || "";
}"""


# The browser also says it on the console, but not of every kind, and not in words that last.
POLICY: Final = """addEventListener("securitypolicyviolation", (e) =>
  console.error(`content policy: ${e.effectiveDirective} kept out ${e.blockedURI} ${e.sample}`))"""


class Window:
    """`troubles` is everything nobody expected; whoever made the window asserts in the end that there was none."""

    def __init__(self, context: BrowserContext, origin: str, name: str, *, script: bool) -> None:
        self.page: Page = context.new_page()
        self.origin, self.name, self.script = origin, re.sub(r"\W+", "-", name).strip("-"), script
        self.troubles: list[str] = []
        self.expected: set[int] = set()
        self.cut_off = False
        self._slow: Callable[[bool], None] = lambda _: None
        self._looks = 0
        if script:
            self.page.add_init_script(POLICY)
        self.page.on("dialog", self._asked)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("console", self._said)
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._failed)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def is_ours(self) -> bool:
        return self.page.url.startswith(self.origin) and not self.path.startswith("/_local")

    def slow_down(self) -> None:
        """From here on this is a cheap phone on a bad line."""
        line = self.page.context.new_cdp_session(self.page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW_LINE)
        self._slow = lambda slow: line.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_MACHINE if slow else 1})
        self._slow(True)

    def open(self, path: str) -> int:
        answer = self.page.goto(self.origin + path)
        assert answer is not None
        self.look()
        return answer.status

    def press(self, name: str, *, exact: bool = True) -> None:
        """A link or button that leads to another page."""
        either = self.page.get_by_role("button", name=name, exact=exact)
        with self.leaving():
            either.or_(self.page.get_by_role("link", name=name, exact=exact)).first.click()

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """What is done within leads to another page."""
        with self.page.expect_navigation():
            yield
        self.look()

    def press_within(self, start: str) -> None:
        """A link to a place on this page."""
        self.page.get_by_role("link", name=start).first.click()

    def enter(self) -> None:
        """The key, on what has the focus and leads to another page."""
        with self.leaving():
            self.page.keyboard.press("Enter")

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).fill(value)

    def named(self, name: str) -> Locator:
        """The field of this name."""
        return self.page.locator(f'[id="{name}"]')

    def look_again_until(self, words: str, times: int = 1) -> None:
        """As a person does who waits: the same page, asked for again until it says so (so often)."""
        for _ in range(PATIENCE):
            if self.page.get_by_text(words, exact=True).count() >= times:
                self.look()
                return
            self.page.wait_for_timeout(1000)
            self.page.reload()
        raise AssertionError(f"{self.path} never said {words!r}")

    def shows(self, *words: str) -> bool:
        """Each of them now or within the usual patience."""
        try:
            for each in words:
                self.page.get_by_text(each).first.wait_for(state="visible")
        except Late:
            return False
        return True

    @contextmanager
    def answered(self, *statuses: int) -> Iterator[None]:
        """Within, pages may answer with these statuses of error."""
        before, self.expected = self.expected, self.expected | set(statuses)
        yield
        self.page.wait_for_load_state()
        self.expected = before

    @contextmanager
    def offline(self) -> Iterator[None]:
        """The line is cut: whatever fails meanwhile fails for that."""
        self.cut_off = True
        self.page.context.set_offline(True)
        yield
        self.page.context.set_offline(False)
        self.cut_off = False

    def look(self) -> None:
        """A picture of the page, kept; nothing sticks out of it; nothing in it that keeps somebody out."""
        self._slow(False)
        self.picture()
        if self.is_ours:
            self.troubles += [f"{self.path} sticks out: {each}" for each in self.page.evaluate(STICKING_OUT)]
            self.troubles += self._barriers() if self.script else []
        self._slow(True)

    def picture(self) -> None:
        self._looks += 1
        kept = SCREENSHOTS / f"{self.name}-{self._looks:02}.png"
        try:
            self.page.screenshot(path=kept, full_page=True)
        except Error:  # a busy machine may have no frame to show at this moment
            self.page.wait_for_timeout(1000)
            self.page.screenshot(path=kept, full_page=True)

    def tab(self) -> dict[str, str] | None:
        """One step by keyboard: what has the focus now, and what is wrong with that; None past the last."""
        self.page.keyboard.press("Tab")
        found: dict[str, str] | None = self.page.evaluate(FOCUSED)
        if found and found["wrong"] and self.is_ours:
            self.troubles.append(f"{self.path}: {found['what']} {found['wrong']}")
        return found

    def tab_to(self, start: str, at_most: int = 300) -> None:
        """By keyboard to the next thing whose words or name begin with this."""
        for _ in range(at_most):
            self.tab()
            if self.page.evaluate(CALLED).startswith(start):
                return
        raise AssertionError(f"{start!r} cannot be reached by keyboard on {self.path}")

    def _barriers(self) -> list[str]:
        self.page.evaluate(AXE)
        return [f"{self.path} {each}" for each in self.page.evaluate(BARRIERS)]

    def _said(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text}")  # violations of the content policy come this way

    def _asked(self, dialog: Any) -> None:
        """No page of ours opens a dialog of the browser's."""
        self.troubles.append(f"{self.path} opened a dialog: {dialog.message}")
        dialog.dismiss()

    def _answered(self, response: Response) -> None:
        if response.request.resource_type == "document" and response.status not in MOVED:
            self._keeps_strangers_out(response)
        if response.status >= 400 and response.status not in self.expected:
            self.troubles.append(f"{response.request.method} {response.url}: {response.status}")

    def _keeps_strangers_out(self, page: Response) -> None:
        """Every page of ours says what may be in it; nothing inline, nothing evaluated."""
        path = urlsplit(page.url).path
        if page.url.startswith(self.origin) and not path.startswith("/_local"):
            policy = page.headers.get("content-security-policy", "")
            if not policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';") or "unsafe" in policy:
                self.troubles.append(f"{path} has the content policy {policy!r}")

    def _failed(self, request: Request) -> None:
        """A question that was dropped for another one is no failure."""
        if not self.cut_off and request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"{request.method} {request.url}: {request.failure}")


def weight(responses: list[Response]) -> tuple[int, int]:
    """What these answers weigh in bytes, as they are and as the gateway sends them."""
    bodies = [response.body() for response in responses if response.status == 200]
    return sum(map(len, bodies)), sum(
        len(gzip.compress(each)) if len(each) >= GZIPPED_FROM else len(each) for each in bodies
    )
