"""A visit to a page as its view sees it, and what a view may answer: a page, another address, facts for a script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from chalicelib.access import Caller
from chalicelib.history.once import Once
from chalicelib.history.rules import digest
from chalicelib.refusals import Fault, Forbidden, Language, Untrusted
from chalicelib.site.sessions import Session

LONGEST_KEY: Final = 64


class FormNotOurs(Forbidden):
    code = "form_not_ours"
    vi = "Biểu mẫu này đã cũ hoặc không phải của trang này. Hãy quay lại, tải lại trang rồi gửi lại."
    en = "This form is out of date or is not of this site. Go back, load the page again, then send it again."


class Fields:
    """What a form, or the query of an address, sent: composed and stripped text by name; a name may come several times.

    An unticked box sends nothing: a name that is absent is the empty text.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self.pairs: Final = tuple((name, value.strip()) for name, value in pairs)

    def __getitem__(self, name: str) -> str:
        return next((value for each, value in self.pairs if each == name), "")

    def all(self, name: str) -> list[str]:
        return [value for each, value in self.pairs if each == name]

    def __contains__(self, name: str) -> bool:
        return any(each == name for each, _ in self.pairs)

    get = __getitem__


@dataclass(frozen=True)
class Visit:
    """`path` is the page's own address; `query` and `form` hold text only."""

    method: str
    path: str
    query: Fields
    form: Fields
    language: Language
    session: Session | None
    cookies: Mapping[str, str]
    ip: str
    now: datetime
    onces: list[Once] = field(default_factory=list)

    @property
    def caller(self) -> Caller | None:
        return self.session.caller if self.session else None

    @property
    def person(self) -> Caller:
        """Whoever is signed in; raises `Untrusted` for nobody."""
        if self.session is None:
            raise Untrusted
        return self.session.caller

    @property
    def seen(self) -> int | None:
        """The version the form was made of (`ui.hidden`); None when the form names none."""
        said = self.form["seen"]
        return (int(said) if said.isdecimal() and len(said) < 10 else -1) if said else None

    def once(self, to: Callable[[Any], str]) -> Once:
        """The form's own key (`ui.hidden`): sent twice, it is carried out once, and leads twice to `to(outcome)`."""
        key = self.form["once"]
        if not 0 < len(key) <= LONGEST_KEY:
            raise FormNotOurs
        said = [[name, value] for name, value in self.form.pairs if name != "csrf"]
        fingerprint = digest([self.method, self.path, said])
        caller = f"{self.person.kind}:{self.person.key}"
        made = Once(caller, key, fingerprint, self.now, 303, lambda outcome: (to(outcome), None))
        self.onces.append(made)
        return made

    def led_to(self) -> str:
        """Where this very form led when it was carried out before; empty when it was not."""
        return next((found.body for once in self.onces if (found := once.recorded())), "")

    def told(self, vi: str, en: str) -> str:
        return vi if self.language == "vi" else en


@dataclass(frozen=True)
class Html:
    """A page: its template and what that needs. `title` is also what the browser's tab says.

    `faults`: what was wrong with what was sent; the template finds them as `errors` (by field) and `faults`.
    `allow`: what this page's content policy lets in beside ourselves, as {"connect-src": ("https://…",)}.
    """

    template: str
    title: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    faults: Sequence[Fault] = ()
    allow: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Sequence[str] = ()


@dataclass(frozen=True)
class See:
    """Another page to go to: the only answer to a form that was carried out, so that reloading repeats nothing."""

    location: str
    cookies: Sequence[str] = ()


@dataclass(frozen=True)
class Facts:
    """An answer to one of our own scripts, as JSON."""

    facts: Mapping[str, Any]
    status: int = 200


Shown = Html | See | Facts


def here(path: str, **query: str) -> str:
    """An address of ours with this query, encoded."""
    said = urlencode({name: value for name, value in query.items() if value})
    return f"{path}?{said}" if said else path
