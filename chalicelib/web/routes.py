"""Blueprints whose routes describe themselves, and the application that answers in problem documents throughout."""

import functools
import json
from collections.abc import Callable
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
    """Chalice, whose own refusals (no such route, wrong method, wrong media type) are problem documents too."""

    def __call__(self, event: Any, context: Any) -> Any:  # noqa: ANN401
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


def _needs_problem(answer: Any) -> bool:  # noqa: ANN401
    if not isinstance(answer, dict) or answer.get("statusCode", 0) < 400:
        return False
    try:
        body = json.loads(answer.get("body") or "null")
    except (TypeError, ValueError):
        return False
    return isinstance(body, dict) and set(body) <= {"Code", "Message", "message"}
