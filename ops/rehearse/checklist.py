"""What was rehearsed, told as it happens, and by name what no local cloud can show (`not_rehearsed.json`)."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

NOT_REHEARSED: Final = Path(__file__).with_name("not_rehearsed.json")


class StepFailed(Exception):
    """A step did not do what it should; the message names the step, then the reason."""


class Checklist:
    """One line a step. The first that fails ends the rehearsal."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.errors: list[Callable[[], list[str]]] = []  # of whatever is deployed: asked when a step fails

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except Exception as error:
            print(f"✗ {name}", flush=True)
            for ask in self.errors:
                with suppress(Exception):
                    print("\n".join(f"    {line}" for line in ask()), flush=True)
            raise StepFailed(f"{name}: {type(error).__name__}: {str(error)[:1000]}") from error
        self.done.append(name)
        print(f"✓ {name}  {time.monotonic() - began:.1f} s", flush=True)


def not_rehearsed() -> list[tuple[str, str]]:
    """What, and where it is seen instead."""
    read = json.loads(NOT_REHEARSED.read_text(encoding="utf-8"))
    return [(each["what"], each["seen"]) for each in read["not_rehearsed"]]


def told_not_rehearsed() -> None:
    print("\nNot rehearsed, since no local cloud shows it:")
    for what, seen in not_rehearsed():
        print(f"· {what}\n    {seen}")
