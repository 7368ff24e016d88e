"""A defect as it may be logged: its kind and place, never the text of an exception, which may quote a person."""

import traceback
from typing import Any


def where(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "kind": type(error).__name__,
        "frames": [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames][-8:],
    }
