"""Money as finance officers see it: what needs them, one payment with all that was said, money nobody knows."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from chalicelib.access import allows
from chalicelib.history.once import Once
from chalicelib.payments import finance_actions, refund_actions, unmatched
from chalicelib.payments.finance_shown import Dispute, NeedQuery, NewRefund, PayingOut, Place, Rejection, said_shown
from chalicelib.payments.refunds import RefundState
from chalicelib.refusals import Invalid, NotFound, Stale
from chalicelib.site.deciding import asked_as, number
from chalicelib.site.desk_words import NEEDS, REFUNDS, TOLD_OF_MONEY, value
from chalicelib.site.pages import Pages
from chalicelib.site.provider_names import short_name
from chalicelib.site.visits import Fields, Html, See, Visit, here
from chalicelib.site.wording import said
from chalicelib.web.cursors import cursor_after, position_of
from chalicelib.web.facts import read_query

pages: Final = Pages(__name__)
PAGE: Final = 50
TO_APPROVE: Final = (RefundState.PROPOSED, RefundState.WAITING)
Deed = Callable[[str, Fields, Visit, Once], Any]


@pages.page("GET", "/can-bo/tai-chinh", who="officer")
def list_needs(visit: Visit) -> Html:
    """The agency's payments that somebody must look at, and why."""
    asked = {"need": visit.query["can"], "agency": visit.query["co-quan"], "cursor": visit.query["sau"]}
    query: NeedQuery = read_query(list(asked.items()), NeedQuery)
    after = position_of(query.cursor)
    page = finance_actions.needing(visit.person, query.agency, query.need, PAGE, after)
    on = {"can": query.need or "", "co-quan": query.agency or ""}
    facts = {
        "rows": page.cards,
        "through": short_name,
        "needs": {each.value: said(words, visit.language) for each, words in NEEDS.items()},
        "need": query.need,
        "next": here("/can-bo/tai-chinh", **on, sau=cursor_after(page.position)) if page.position else "",
    }
    return Html("money.html", visit.told("Thanh toán cần xử lý", "Payments that need somebody"), facts)


@pages.page("GET", "/can-bo/tai-chinh/{payment_id}", who="officer")
def show_payment(visit: Visit, payment_id: str) -> Html:
    return _payment(visit, payment_id)


def _payment(visit: Visit, payment_id: str, status: int = 200, no: Invalid | Stale | None = None) -> Html:
    attempt, dossier = finance_actions.look(payment_id, visit.person, visit.now)
    facts = {
        "attempt": attempt,
        "dossier": dossier,
        "told": [said_shown(each) for each in sorted(attempt.events, key=lambda each: each.at)],
        "refunds": [(each, said(REFUNDS[each.state], visit.language)) for each in attempt.refunds],
        "to_approve": TO_APPROVE,
        "decides": allows(visit.person, "refund", dossier),
        "value": value,
        "through": short_name,
        "typed": visit.form,
        "was_stale": isinstance(no, Stale),
    }
    title = visit.told("Khoản thanh toán", "Payment") + f" {dossier.code or ''}"
    return Html("payment.html", title, facts, status, no.faults if no else ())


def _ask(payment_id: str, form: Fields, visit: Visit, once: Once) -> None:
    facts = {"amount": number(form["amount"]), "refundable": number(form["refundable"]), "reason": form["reason"]}
    asked = asked_as(NewRefund, facts)
    refund_actions.ask(payment_id, asked.amount, asked.refundable, asked.reason, visit.person, visit.now, once)


def _approve(payment_id: str, form: Fields, visit: Visit, once: Once) -> None:
    refund_actions.approve(payment_id, form["refund"], visit.person, visit.now, once)


def _reject(payment_id: str, form: Fields, visit: Visit, once: Once) -> None:
    reason = asked_as(Rejection, {"reason": form["reason"]}).reason
    refund_actions.reject(payment_id, form["refund"], reason, visit.person, visit.now, once)


def _pay_out(payment_id: str, form: Fields, visit: Visit, once: Once) -> None:
    reference = asked_as(PayingOut, {"reference": form["reference"]}).reference
    refund_actions.pay_out(payment_id, form["refund"], reference, visit.person, visit.now, once)


def _dispute(payment_id: str, form: Fields, visit: Visit, once: Once) -> None:
    names = ("state", "reference", "reason")
    asked = asked_as(Dispute, {**{name: form[name] for name in names}, "amount": number(form["amount"])})
    facts = (payment_id, asked.state, asked.amount, asked.reference, asked.reason)
    finance_actions.dispute(*facts, visit.person, visit.now, once)


DEEDS: Final[dict[str, Deed]] = {
    "hoan": _ask,
    "duyet": _approve,
    "khong-hoan": _reject,
    "da-chi": _pay_out,
    "tra-soat": _dispute,
}


@pages.page("POST", "/can-bo/tai-chinh/{payment_id}/{deed}", who="officer")
def decide_money(visit: Visit, payment_id: str, deed: str) -> Html | See:
    if deed not in DEEDS:
        raise NotFound
    back = here(f"/can-bo/tai-chinh/{payment_id}", xong="1")
    try:
        DEEDS[deed](payment_id, visit.form, visit, visit.once(lambda _: back))
    except Stale as no:
        return See(led) if (led := visit.led_to()) else _payment(visit, payment_id, 412, no)
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _payment(visit, payment_id, 422, no)
    return See(back)


@pages.page("GET", "/can-bo/tien-chua-ro", who="officer")
def list_unknown_money(visit: Visit) -> Html:
    return _unknown(visit)


def _unknown(visit: Visit, status: int = 200, no: Invalid | None = None) -> Html:
    """What arrived for no payment we know, oldest first; and how many notifications were forged."""
    after = position_of(visit.query["sau"])
    cards, following = finance_actions.unmatched_money(visit.person, PAGE, after)
    more = cursor_after(following)
    facts = {
        "rows": [{**each, "at": datetime.fromisoformat(each["at"])} for each in cards],
        "through": short_name,
        "named": {name: said(words, visit.language) for name, words in TOLD_OF_MONEY.items()},
        "forged": [(date.fromisoformat(each["date"]), each) for each in unmatched.forged()],
        "places": allows(visit.person, "place_money"),
        "typed": visit.form,
        "next": here("/can-bo/tien-chua-ro", sau=more) if more else "",
    }
    title = visit.told("Tiền chưa rõ của hồ sơ nào", "Money nobody knows")
    return Html("unknown-money.html", title, facts, status, no.faults if no else ())


@pages.page("POST", "/can-bo/tien-chua-ro/{money_id}", who="officer")
def settle_unknown_money(visit: Visit, money_id: str) -> Html | See:
    """Given its place, by a payment or a dossier's code; or noted as sent back."""
    back, form = here("/can-bo/tien-chua-ro", xong="1"), visit.form
    once = visit.once(lambda _: back)
    try:
        if form["reference"]:
            reference = asked_as(PayingOut, {"reference": form["reference"]}).reference
            finance_actions.send_back(money_id, reference, visit.person, visit.now, once)
        else:
            given = form["dossier_code"].upper()
            is_payment = "-" in given and given.lower().rpartition("-")[0].isalnum()
            facts = {"payment_id": given.lower()} if is_payment else {"dossier_code": given or None}
            asked = asked_as(Place, facts)
            finance_actions.place(money_id, asked.payment_id, asked.dossier_code, visit.person, visit.now, once)
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _unknown(visit, 422, no)
    return See(back)
