"""The opaque `next` of a list: a position, encoded; one that cannot be read is refused, not guessed."""

import base64
import re

from chalicelib.refusals import Fault, Invalid


class CursorUnreadable(Invalid):
    code = "cursor_unreadable"
    vi = "Giá trị cursor không hợp lệ. Hãy dùng đúng giá trị next của trang trước."
    en = "This cursor is not one of ours. Pass on the `next` of the page before."

    def __init__(self) -> None:
        super().__init__([Fault("/cursor", self.code, self.vi, self.en)])


def cursor_after(position: str) -> str:
    """Nothing after the end, whose position is empty."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def position_of(cursor: str | None, like: str = "") -> str:
    """Where the list goes on: empty at its beginning. `like`: the pattern of this list's positions, if they have one.

    Raises `CursorUnreadable` of whatever `cursor_after` did not make: decoding passes over odd characters.
    """
    if not cursor:
        return ""
    try:
        position = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise CursorUnreadable from None
    if cursor_after(position) != cursor or (like and not re.fullmatch(like, position)):
        raise CursorUnreadable
    return position


def offset_of(cursor: str | None) -> int:
    """How many of the list went before, where a list is short enough to be counted."""
    return int(position_of(cursor, "[0-9]{1,8}") or "0")
