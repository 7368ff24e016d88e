"""Blueprints whose routes describe themselves, and the application that answers in problem documents throughout."""

import functools
import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

from chalice import Blueprint, Chalice, CORSConfig
from pydantic import BaseModel

from chalicelib.web.call import language_of
from chalicelib.web.operations import OPERATIONS, Operation, View
from chalicelib.web.problems import framework_problem
from chalicelib.web.serving import JSON, answered, machine_answered

# Pages of another origin carry no cookies of ours: a token is all they can bring, so any origin may ask.
CORS: Final = CORSConfig(
    allow_headers=["Idempotency-Key", "If-Match"],
    expose_headers=["ETag", "Idempotency-Replayed", "Retry-After"],
    max_age=600,
)

INDEX: Final = Path(__file__).with_name("index.json")


class Routes(Blueprint):
    """A blueprint whose views may raise refusals, and whose operations describe themselves."""

    def on(
        self,
        method: str,
        path: str,
        *,
        answer: type[BaseModel] | None,
        who: Literal["anyone", "citizen", "officer", "caller"],
        **facts: Any,  # noqa: ANN401 - the other fields of Operation
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            summary = (view.__doc__ or view.__name__).strip().splitlines()[0]
            operation = Operation(method, path, view.__name__, summary, who, answer, **facts)
            OPERATIONS.append(operation)
            self._serve(operation, functools.partial(answered, self, operation, view))
            return view

        return register

    def machine(self, method: str, path: str, *, content_types: tuple[str, ...] = (JSON,)) -> Callable[[View], View]:
        """For providers' and carriers' own contracts: the view gets the call and answers the raw response."""

        def register(view: View) -> View:
            summary = (view.__doc__ or view.__name__).strip().splitlines()[0]
            operation = Operation(method, path, view.__name__, summary, "machine", None)
            OPERATIONS.append(operation)
            self._serve(operation, functools.partial(machine_answered, self, operation, view), content_types)
            return view

        return register

    def _serve(self, operation: Operation, handler: View, content_types: tuple[str, ...] = (JSON,)) -> None:
        functools.update_wrapper(handler, answered)
        handler.__name__ = operation.name
        self.route(
            operation.path,
            methods=[operation.method],
            name=operation.name,
            content_types=list(content_types),
            cors=CORS,
        )(handler)


class App(Chalice):
    """Chalice, whose own refusals (no such route, wrong method, wrong media type) are problem documents too.

    A package's index tells which modules own an address: with it, they alone are imported when that is first asked for.
    """

    def __init__(self, app_name: str) -> None:
        super().__init__(app_name)
        self.modules: list[str] = []
        self._owners: dict[str, list[str]] | None = index()
        self._open: set[str] = set()
        self._opening = Lock()

    def serve(self, rooms: Mapping[str, Iterable[str]]) -> None:
        """These modules of each room, whose `routes` or `pages` are registered."""
        self.modules += [f"chalicelib.{room}.{module}" for room, modules in rooms.items() for module in modules]
        if self._owners is None:
            self.open(self.modules)

    def open(self, modules: Iterable[str]) -> None:
        """Import these and register what they serve, unless that is done."""
        with self._opening:  # a development server answers many at once, and none before its routes are whole
            closed = [name for name in modules if name not in self._open]
            with _all_of_it_stays() if closed else nullcontext():
                for name in closed:
                    self.register_blueprint(_served_by(name))
                    self._open.add(name)

    def __call__(self, event: Any, context: Any) -> Any:  # noqa: ANN401
        if self._owners is not None:
            self.open(self._owners.get(event.get("requestContext", {}).get("resourcePath"), ()))
        answer = super().__call__(event, context)
        if not _needs_problem(answer):
            return answer
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        language = language_of(headers.get("accept-language", ""))
        kept = {
            name: value for name, value in answer["headers"].items() if name in ("Allow", "Access-Control-Allow-Origin")
        }
        replaced: dict[str, Any] = framework_problem(answer["statusCode"], language, kept).to_dict()
        return replaced


def index() -> dict[str, list[str]] | None:
    """The modules that own each address, as the packaging wrote them (`ops/ahead.py`); None where nobody did."""
    if not INDEX.exists():
        return None
    owners: dict[str, list[str]] = json.loads(INDEX.read_bytes())
    return owners


@contextmanager
def _all_of_it_stays() -> Iterator[None]:
    """Modules are no garbage: looking for some among them, now or later, was a tenth of a first request and more."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if looked:
            gc.enable()


def _served_by(module: str) -> Blueprint:
    blueprint: Blueprint = getattr(import_module(module), "pages" if module.endswith("pages") else "routes")
    return blueprint


def _needs_problem(answer: Any) -> bool:  # noqa: ANN401
    if not isinstance(answer, dict) or answer.get("statusCode", 0) < 400:
        return False
    try:
        body = json.loads(answer.get("body") or "null")
    except (TypeError, ValueError):
        return False
    return isinstance(body, dict) and set(body) <= {"Code", "Message", "message"}
