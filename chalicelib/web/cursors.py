"""The opaque `next` of a list: a position, encoded; one that cannot be read is refused, not guessed."""

import base64

from chalicelib.refusals import Fault, Invalid


class CursorUnreadable(Invalid):
    code = "cursor_unreadable"
    vi = "Giá trị cursor không hợp lệ. Hãy dùng đúng giá trị next của trang trước."
    en = "This cursor is not one of ours. Pass on the `next` of the page before."

    def __init__(self) -> None:
        super().__init__([Fault("/cursor", self.code, self.vi, self.en)])


def cursor_after(position: str) -> str:
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def position_of(cursor: str) -> str:
    """Raises `CursorUnreadable` of whatever `cursor_after` did not make: decoding passes over odd characters."""
    try:
        position = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise CursorUnreadable from None
    if cursor_after(position) != cursor:
        raise CursorUnreadable
    return position
