"""Runs a deployed function that otherwise runs by the clock, at a press."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from pynamodb.exceptions import UpdateError

from chalicelib.clock.now import now
from chalicelib.history.records import SHARDS
from chalicelib.payments.records import PaymentItem
from ops.local.cloud import client
from ops.local.shown import Shown, button, page

POLL: Final = "PollPayments"
EVENT: Final = {
    **{"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "account": "0", "version": "0"},
    **{"id": "0", "region": "", "time": "1970-01-01T00:00:00Z", "resources": []},
}
NOTES: Final = {
    POLL: "hỏi ngay về mọi khoản đang chờ, không đợi đến giờ hẹn · asks at once about all that waits, before its time"
}


def run(name: str, deployed: str) -> Shown:
    """With the event its schedule would send."""
    if name == POLL:
        _bring_forward(now())
    answer = client("lambda").invoke(FunctionName=deployed, Payload=json.dumps(EVENT).encode())
    failed = answer.get("FunctionError")
    links = "<p><a href=/_local/payments>Các khoản thanh toán · Payments</a>"
    return page(name, f"<p>{'Lỗi · Failed' if failed else 'Xong · Done'}</p>{links}", 500 if failed else 200)


def buttons(schedules: Mapping[str, str]) -> str:
    """One for each schedule."""
    named = ((button(f"/_local/run/{name}", "run", name), NOTES.get(name, "")) for name in schedules)
    return "".join(f"<p>{pressed}<small>{note}</small></p>" for pressed, note in named)


def _bring_forward(at: datetime) -> None:
    """A person does not wait two minutes, or for a refund an hour, until a provider's turn comes."""
    later = PaymentItem.watch_at > at.isoformat()
    for part in range(SHARDS):
        for item in PaymentItem.watched.query(f"pay#{part}", later, attributes_to_get=["pk", "sk"]):
            with suppress(UpdateError):  # it was answered meanwhile
                item.update([PaymentItem.watch_at.set(at.isoformat())], PaymentItem.watch_at.exists())
