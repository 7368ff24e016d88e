"""The simulated providers' own interfaces under /_local/<provider>/…, as the deployed adapters call them."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ops.local.momo_double import QUESTIONS, MomoDouble
from ops.local.payos_double import PayosDouble
from ops.local.shown import Shown, as_json
from ops.local.vnpay_double import VnpayDouble

MOMO: Final = "/momo/v2/gateway/api/"
PAYOS: Final = "/payos/v2/payment-requests"
BAD: Final = Shown(400, "")


class Doors(NamedTuple):
    vnpay: VnpayDouble
    momo: MomoDouble
    payos: PayosDouble

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Shown | None:
        """None: it is none of their addresses. `headers`: names in lower case."""
        if (method, path) == ("POST", "/vnpay/api"):
            question = _fields(body)
            return as_json(self.vnpay.asked(question)) if question else BAD
        if method == "POST" and path.startswith(MOMO):
            question, name = _fields(body), path.removeprefix(MOMO)
            known = question and name in QUESTIONS and question.keys() >= {"orderId", "requestId"}
            return as_json(self.momo.asked(name, question)) if known else BAD
        if (method, path) == ("POST", PAYOS):
            return as_json(self.payos.create(headers, _fields(body)))
        if method == "GET" and path.startswith(f"{PAYOS}/"):
            return as_json(self.payos.ask(headers, path.removeprefix(f"{PAYOS}/")))
        return None


def _fields(body: bytes) -> dict[str, Any]:
    """Empty for what is no JSON object."""
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}
