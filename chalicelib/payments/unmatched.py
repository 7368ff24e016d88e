"""Money that belongs to no payment we know, kept whole until a person places it; forgeries are counted here."""

import hashlib
import json
from datetime import datetime
from typing import Any, Final

from pydantic import AwareDatetime
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.clock.rules import ZONE
from chalicelib.history.once import Once
from chalicelib.payments.conditions import PlacedAlready, UnknownMoney
from chalicelib.payments.providers import adapter
from chalicelib.payments.rules import Frozen, Statement
from chalicelib.table import Item, Json, Lost, Put, Update, absent, as_kept, commit
from chalicelib.watching import logger
from chalicelib.web.cursors import CursorUnreadable

OPEN: Final = "unmatched-money"


class UnmatchedDesk(GlobalSecondaryIndex["UnmatchedItem"]):
    """Only what is still to be placed, oldest first."""

    class Meta:
        index_name = "desk"
        projection = IncludeProjection(["kind", "card"])

    desk_agency = UnicodeAttribute(hash_key=True)
    desk_order = UnicodeAttribute(range_key=True)


class UnmatchedItem(Item, discriminator="unmatched_money"):
    facts = Json()
    card = Json()
    placed = Json(null=True)
    desk_agency = UnicodeAttribute(null=True)
    desk_order = UnicodeAttribute(null=True)
    desk = UnmatchedDesk()


class ForgedItem(Item, discriminator="forged"):
    """How many notifications of a day bore no signature of the provider they claimed to come from."""

    times = NumberAttribute()


class Unmatched(Frozen):
    """`statement`: what was said of the money."""

    id: str
    provider: str
    at: AwareDatetime
    statement: Statement


def keep(provider: str, said: Statement, now: datetime) -> None:
    """Once, however often it is told; somebody must look, so it is an error in the log too."""
    money = Unmatched(id=_name(provider, said), provider=provider, at=now, statement=said)
    item = UnmatchedItem(
        *_key(money.id),
        facts=money.model_dump(mode="json"),
        card=_card(money),
        desk_agency=OPEN,
        desk_order=f"{now.isoformat()}#{money.id}",
    )
    try:
        commit(Put(item, absent()))
    except Lost:
        return
    logger.error("money without a payment", extra={"provider": provider, "unmatched_id": money.id})


def _name(provider: str, said: Statement) -> str:
    """Two services that watch the same account tell of one movement; what has no name goes by its order."""
    movement = said.provider_reference or f"order {said.order}"
    told = json.dumps([adapter(provider).SERVES, movement, said.amount], ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def load(money_id: str) -> Unmatched:
    """What is still to be placed. Raises `UnknownMoney` or `PlacedAlready`."""
    try:
        item = UnmatchedItem.get(*_key(money_id), consistent_read=True)
    except DoesNotExist:
        raise UnknownMoney from None
    if item.placed is not None:
        raise PlacedAlready
    return as_kept(Unmatched, item.facts)


def placed(money_id: str, where: dict[str, Any]) -> Update:
    """The write that says what became of it; refused when somebody placed it meanwhile."""
    U = UnmatchedItem  # noqa: N806 - a class
    return Update(
        U(*_key(money_id)),
        [U.placed.set(where), U.desk_agency.remove(), U.desk_order.remove()],
        U.pk.exists() & U.placed.does_not_exist(),
    )


def close(money_id: str, how: dict[str, Any], once: Once | None, answer: object) -> None:
    """Raises `PlacedAlready` when somebody placed it meanwhile."""
    try:
        commit(placed(money_id, how), *([once.write(answer)] if once else []))
    except Lost as lost:
        if lost.over(UnmatchedItem) and not lost.over(Once.KIND):
            raise PlacedAlready from None
        raise


def waiting(limit: int, after: str) -> tuple[list[dict[str, Any]], str]:
    """A page of what is still to be placed, and where the next begins."""
    found = UnmatchedItem.desk.query(OPEN, limit=limit, page_size=limit, last_evaluated_key=_start(after))
    cards = [item.card for item in found]
    last = found.last_evaluated_key
    return cards, last["desk_order"]["S"] if last else ""


def count_forged(provider: str, at: datetime) -> None:
    """Counted apart, by day; a count that cannot be kept must not cost the provider its answer."""
    day = at.astimezone(ZONE).date().isoformat()
    try:
        ForgedItem("FORGED", f"{day}#{provider}").update(
            actions=[ForgedItem.kind.set(ForgedItem), ForgedItem.times.add(1)]
        )
    except Exception as error:  # noqa: BLE001
        logger.error("forgery not counted", extra={"provider": provider, "kind": type(error).__name__})


def forged(limit: int = 100) -> list[dict[str, Any]]:
    """The last days on which somebody forged: `{date, provider, times}`."""
    found = ForgedItem.query("FORGED", scan_index_forward=False, limit=limit)
    days = [(item.sk.partition("#"), int(item.times)) for item in found]
    return [{"date": day, "provider": provider, "times": times} for (day, _, provider), times in days]


def _card(money: Unmatched) -> dict[str, Any]:
    said = money.statement
    return {
        "id": money.id,
        "provider": money.provider,
        "at": money.at.isoformat(),
        "amount": said.amount,
        "reference": said.provider_reference,
        "facts": dict(said.facts),
    }


def _key(money_id: str) -> tuple[str, str]:
    return f"UNMATCHED#{money_id}", "MONEY"


def _start(after: str) -> dict[str, dict[str, str]] | None:
    if not after:
        return None
    _, _, money_id = after.rpartition("#")
    if not money_id:
        raise CursorUnreadable
    pk, sk = _key(money_id)
    return {
        name: {"S": value} for name, value in {"desk_agency": OPEN, "desk_order": after, "pk": pk, "sk": sk}.items()
    }
