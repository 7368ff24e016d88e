"""How a provider writes its statement, as data: names of columns, words, and how it writes time and money. Pure.

The providers' own column names are not public: each file of `formats` says so, and is to be checked with the
provider. A province whose statements look otherwise gives its own in a folder of its name beside `common`.
"""

import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from typing import Final, Literal, Self

from pydantic import ConfigDict, PositiveInt, model_validator

from chalicelib.payments.reconciling.movements import Kind, Status
from chalicelib.shapes import Shape

COMMON: Final = "common"
PLAIN: Final = "plain"
Field = Literal["reference", "order", "kind", "status", "at", "fee"]
NEEDED: Final = ("status",)


class StatementFormat(Shape):
    """`columns`: by what is meant, the names a column may have; `amounts`: the columns of the amount, and by how much
    each is too large (100: written in VND × 100). `kinds`, `statuses`: the provider's words for each. `footers`: how
    lines begin that are no transactions.

    `kind_without_column`: what every line is when the statement has no column for it; None: it must have one.
    `negative`: what a negative amount is; None: it is not understood.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    columns: Mapping[Field, tuple[str, ...]]
    amounts: Mapping[str, PositiveInt]
    kinds: Mapping[Kind, tuple[str, ...]]
    statuses: Mapping[Status, tuple[str, ...]]
    times: tuple[str, ...]
    footers: tuple[str, ...] = ()
    kind_without_column: Kind | None = None
    negative: Kind | None = None

    @model_validator(mode="after")
    def each_name_means_one_thing(self) -> Self:
        named = [*self.columns.values(), tuple(self.amounts)]
        for words in (named, self.kinds.values(), self.statuses.values()):
            plain = [plain_word(word) for several in words for word in several]
            if len(set(plain)) < len(plain):
                raise ValueError("a name or word stands for two things")
        if not set(NEEDED) <= set(self.columns) or not set(self.columns) & {"reference", "order"}:
            raise ValueError("a statement needs a status and a reference or an order")
        return self

    @property
    def heads(self) -> dict[str, str]:
        """What a column of this name holds; `amount` for the amount's."""
        named = {plain_word(name): field for field, names in self.columns.items() for name in names}
        return named | {plain_word(name): "amount" for name in self.amounts}

    @property
    def scales(self) -> dict[str, int]:
        return {plain_word(name): scale for name, scale in self.amounts.items()}


def plain_word(text: str) -> str:
    """As it is compared: composed, in lower case, without the blanks around and between."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def statement_format(provider: str, province: str) -> StatementFormat:
    """The province's own, the common one of this provider, or else the plain one."""
    folder = files(__package__).joinpath("formats")
    places = [(province, provider), (COMMON, provider), (province, PLAIN), (COMMON, PLAIN)]
    found = (folder.joinpath(place, f"{name}.json") for place, name in places)
    path = next(each for each in found if each.is_file())
    return StatementFormat.model_validate_json(path.read_text(encoding="utf-8"))
