"""The dossiers ticked at the desk, and what became of each. Pure."""

from typing import Final, NamedTuple
from urllib.parse import quote

from chalicelib.refusals import Fault, Invalid
from chalicelib.site.visits import Fields

MOST: Final = 100
NOTHING_TICKED: Final = Fault("/ho-so", "required", "Hãy chọn ít nhất một hồ sơ.", "Tick at least one dossier.")
TOO_MANY: Final = Fault("/ho-so", "too_many", "Mỗi lần chọn tối đa 100 hồ sơ.", "Tick at most 100 dossiers.")


class Outcome(NamedTuple):
    """What became of one of many; `id` as it stands in an address."""

    id: str
    code: str
    is_done: bool
    told: str


class Tick(NamedTuple):
    """A dossier as the desk's form has it; `seen`: its version then."""

    id: str
    seen: int
    code: str

    @property
    def sent(self) -> str:
        return f"{self.id}:{self.seen}:{self.code}"

    def became(self, told: str, *, is_done: bool = False) -> Outcome:
        return Outcome(quote(self.id, safe=""), self.code or self.id, is_done, told)


def ticks(form: Fields) -> list[Tick]:
    """Each once. Raises `Invalid` for none and for more than are taken at once."""
    said = list(dict.fromkeys(form.all("ho-so")))
    if not 0 < len(said) <= MOST:
        raise Invalid([TOO_MANY if said else NOTHING_TICKED])
    return [_tick(each) for each in said]


def _tick(said: str) -> Tick:
    dossier_id, _, rest = said.partition(":")
    version, _, code = rest.partition(":")
    return Tick(dossier_id, int(version) if version.isdecimal() and len(version) < 10 else -1, code)
