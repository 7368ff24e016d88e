"""A defect as it may be logged: its kind and place, never the text of an exception, which may quote a person."""

import re
import traceback
from typing import Any, Final

CODE: Final = re.compile(r"[A-Za-z.]{1,60}")


def where(error: BaseException) -> dict[str, Any]:
    """With the code of what AWS refused, if that was behind it, as in `AccessDeniedException`."""
    frames = traceback.extract_tb(error.__traceback__)
    code = _aws_code(error)
    return {
        "kind": type(error).__name__,
        "frames": [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames][-8:],
        **({"aws": code} if code else {}),
    }


def _aws_code(error: BaseException | None) -> str:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        answer = getattr(error, "response", None)
        code = answer.get("Error", {}).get("Code", "") if isinstance(answer, dict) else ""
        if CODE.fullmatch(code):
            return str(code)
        error = getattr(error, "cause", None) or error.__cause__ or error.__context__
    return ""
