"""How a simulated provider calls the province: one POST, and whatever came of it as text."""

import urllib.error
import urllib.request
from collections.abc import Mapping


def posted(url: str, body: bytes, headers: Mapping[str, str] = {}) -> str:
    """The status and the beginning of the answer, or the kind of failure; never raises."""
    asked = urllib.request.Request(  # noqa: S310 - the address is the province's own
        url, body, {"Content-Type": "application/json", **headers}, method="POST"
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            return f"{answer.status} {str(answer.read(2000), 'utf-8', 'replace')}"
    except urllib.error.HTTPError as refusal:
        with refusal:
            return f"{refusal.code} {str(refusal.read(2000), 'utf-8', 'replace')}"
    except (urllib.error.URLError, OSError) as error:
        return f"{type(error).__name__}: {error}"
