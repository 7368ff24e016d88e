"""Everything the service asks of the outside passes here, and may be broken here: before or after its effect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import urllib3
from botocore.exceptions import ClientError

from tests.faults.injection import Died

How = Literal["death", "error", "meanwhile"]


class Fault(NamedTuple):
    """At which call of a step, what happens: the process dies, the call fails, or something else happens first."""

    number: int
    how: How
    after: bool = False


@dataclass
class Outside:
    """`meanwhile`: what happens between two calls of a step, as another process would do it."""

    fault: Fault | None = None
    meanwhile: Callable[[], None] | None = None
    made: int = 0
    struck: bool = False

    def arm(self, fault: Fault | None, meanwhile: Callable[[], None] | None = None) -> None:
        self.fault, self.meanwhile, self.made, self.struck = fault, meanwhile, 0, False

    def disarm(self) -> None:
        self.fault = self.meanwhile = None

    def through(self, effect: Callable[[], Any], error: Exception) -> Any:
        fault, self.made = self.fault, self.made + 1
        if fault is None or fault.number != self.made - 1:
            return effect()
        self.struck, self.fault = True, None
        if fault.how == "meanwhile":
            assert self.meanwhile
            self.meanwhile()
            return effect()
        if fault.after:
            effect()
        raise Died if fault.how == "death" else error


def aws_failed() -> Exception:
    return ClientError({"Error": {"Code": "InternalServerError", "Message": "told by the test"}}, "any")


def line_cut() -> Exception:
    return urllib3.exceptions.ProtocolError("cut off")
