"""The countries by their two letters (ISO 3166-1), as people call them. Pure."""

import json
from functools import cache
from importlib.resources import files
from typing import Final

from chalicelib.catalogue.words import folded
from chalicelib.refusals import Language

HOME: Final = "VN"


@cache
def countries(language: Language) -> dict[str, str]:
    """Each one's letters and its name: this country first, then by name."""
    told = json.loads(files(__package__).joinpath("countries.json").read_text(encoding="utf-8"))["names"]
    names = {code: vi if language == "vi" else en for code, (vi, en) in told.items()}
    ordered = sorted(names, key=lambda code: (code != HOME, folded(names[code])))
    return {code: names[code] for code in ordered}


def is_country(code: object) -> bool:
    return not isinstance(code, str) or code in countries("vi")
