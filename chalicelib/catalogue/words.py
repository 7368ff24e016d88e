"""A text as it is compared: without case and accents. Pure."""

import re
import unicodedata
from typing import Final

WORD: Final = re.compile(r"[0-9]+(?:\.[0-9hg]+)+|[^\W_]+")  # a code, or a word


def folded(text: str) -> str:
    """Lower case, without accents (đ is d), words separated by single spaces."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return " ".join(WORD.findall(letters))
