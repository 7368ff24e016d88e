"""The notice of a result that does for every procedure, as it comes with the service. Pure."""

from functools import cache
from importlib.resources import files
from typing import Final

from chalicelib.catalogue.result_templates import ResultTemplate

ROOM: Final = __package__


@cache
def general() -> ResultTemplate:
    return ResultTemplate.model_validate_json(files(ROOM).joinpath("general.json").read_text(encoding="utf-8"))
