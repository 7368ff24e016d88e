"""`make letters` and `make redrive`: what lies in the dead-letter queues, what each was about, and sending it again."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote_plus

import boto3
from botocore.exceptions import ClientError

from chalicelib.clock.rules import ZONE
from chalicelib.history.followups import tell, undone
from chalicelib.history.records import events, last_of_day
from ops.care.dead_queues import LAMBDAS_OWN, Route

HELD: Final = 300  # seconds a letter is ours while we read or send it; then it lies there for others again
LISTEN: Final = 1  # seconds; asked for at once, only some of SQS's machines would answer
# An event's own time and its arrival in the stream differ by a request, and by the clocks of two machines.
AROUND: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Letter:
    """One dead letter. `about`: ids of ours and kinds of events, never what was said or to whom."""

    id: str
    route: Route
    body: str
    handle: str = field(repr=False)
    about: str = ""
    tried: str = ""

    def __str__(self) -> str:
        return f"{self.route.name} → {self.route.function}  {self.about}  tried {self.tried}"

    @property
    def said(self) -> dict[str, Any]:
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


def main(where: str, routes: Iterable[Route], redrive: str) -> int:
    """Lists them, or sends one (its id) or `all` again; 1 when something could not be sent, or nothing has the id."""
    found = failed = 0
    for route in routes:
        for letter in lying(route):
            if redrive not in ("", "all", letter.id):
                continue
            found += 1
            outcome = ""
            if redrive:
                outcome = _sent(letter)
                failed += outcome.startswith("NOT")
            print(f"{letter.id}  {letter}  {outcome}".rstrip())
    print(f"{where}: {found} dead letters" + (f", {found - failed} sent again." if redrive else "."))
    return 1 if failed or (redrive not in ("", "all") and not found) else 0


def lying(route: Route) -> Iterator[Letter]:
    """Every letter of one dead-letter queue, once; those that are not sent again lie there afterwards as before."""
    seen: dict[str, str] = {}
    asked = {"QueueUrl": route.dead, "MaxNumberOfMessages": 10, "VisibilityTimeout": HELD, "WaitTimeSeconds": LISTEN}
    try:
        while told := sqs().receive_message(**asked, MessageAttributeNames=["All"]).get("Messages"):
            fresh = [each for each in told if each["MessageId"] not in seen]
            seen |= {each["MessageId"]: each["ReceiptHandle"] for each in told}
            if not fresh:
                return
            yield from (_letter(route, each) for each in fresh)
    finally:
        for handle in seen.values():
            _put_back(route, handle)


def redriven(letter: Letter) -> str:
    """Sends it again, and only then removes it: who dies in between sends it twice, which does no harm."""
    outcome = "sent again"
    if letter.route.kind == "stream":
        outcome = _told_again(letter.said)
    elif letter.route.kind == "function" or _is_a_functions_own(letter.said):
        run_again(letter.route.invoke, letter.body)
    else:
        sqs().send_message(QueueUrl=letter.route.source, MessageBody=letter.body)
    sqs().delete_message(QueueUrl=letter.route.dead, ReceiptHandle=letter.handle)
    return outcome


def run_again(function: str, event: str) -> None:
    boto3.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=event.encode())


def sqs() -> Any:
    return boto3.client("sqs")


def _is_a_functions_own(said: Mapping[str, Any]) -> bool:
    """What a topic told a function, beside what a queue did: both may lie in one dead-letter queue."""
    return any("Sns" in each for each in said.get("Records", ()))


def _sent(letter: Letter) -> str:
    try:
        return redriven(letter)
    except Exception as error:  # noqa: BLE001 - the next one is sent all the same, and this one still lies there
        return f"NOT sent: {type(error).__name__}"


def _put_back(route: Route, handle: str) -> None:
    with suppress(ClientError):  # it was sent again, or lies there already
        sqs().change_message_visibility(QueueUrl=route.dead, ReceiptHandle=handle, VisibilityTimeout=0)


# ——— what a letter was about ———


def _letter(route: Route, told: Mapping[str, Any]) -> Letter:
    plain = Letter(told["MessageId"], route, told["Body"], told["ReceiptHandle"])
    tries = LAMBDAS_OWN if _is_a_functions_own(plain.said) else route.tries
    tried = f"{plain.said.get('requestContext', {}).get('approximateInvokeCount', tries)} times"
    return Letter(plain.id, route, plain.body, plain.handle, about=_about(plain), tried=tried)


def _about(letter: Letter) -> str:
    said = letter.said
    if "DDBStreamBatchInfo" in said:
        first, last = _window(said)
        return (
            f"{said['DDBStreamBatchInfo'].get('batchSize', '?')} events of {first:%d/%m %H:%M}–{last:%H:%M}, "
            f"of which not followed up: {len(_undone(said))}"
        )
    if "dossier_id" in said:
        return f"dossier {said['dossier_id']}, {_event(str(said['dossier_id']), int(said.get('seq', 0)))}"
    keys = [each.get("s3", {}).get("object", {}).get("key", "") for each in said.get("Records", ())]
    if any(keys):
        return ", ".join(f"upload {unquote_plus(key).removeprefix('quarantine/')}" for key in keys)
    if "Records" in said:
        return "a report of mail that was not delivered"
    return "unreadable" if not said else "a run of the schedule"


def _event(dossier_id: str, seq: int) -> str:
    found = events(dossier_id, after=seq - 1, until=seq)
    return f"event {seq} ({found[0].type})" if found else f"event {seq}, which its history does not have"


# ——— the stream's ———


def _told_again(said: dict[str, Any]) -> str:
    """The record names a stretch of a shard, which the stream forgets after a day; the histories have the events."""
    left = _undone(said)
    for (dossier_id, name), seq in left.items():
        tell(dossier_id, seq, (name,))
    return f"told again: {len(left)} follow-ups of {len({dossier_id for dossier_id, _ in left})} dossiers"


def _undone(said: dict[str, Any]) -> dict[tuple[str, str], int]:
    """What happened while those events came in and has not been followed up, and to which event."""
    first, last = _window(said)
    come_to: dict[str, int] = {}
    for back in range((last.date() - first.date()).days + 1):
        day = (first + timedelta(days=back)).date()
        for dossier_id, seq in last_of_day(day, first.isoformat(), f"{last.isoformat()}~").items():
            come_to[dossier_id] = max(come_to.get(dossier_id, 0), seq)
    return {(dossier_id, name): come_to[dossier_id] for dossier_id, name in undone(come_to)}


def _window(said: dict[str, Any]) -> tuple[datetime, datetime]:
    facts = said["DDBStreamBatchInfo"]
    ends = [facts["approximateArrivalOfFirstRecord"], facts["approximateArrivalOfLastRecord"]]
    first, last = (datetime.fromisoformat(str(end).replace("Z", "+00:00")).astimezone(ZONE) for end in ends)
    return first - AROUND, last + AROUND
