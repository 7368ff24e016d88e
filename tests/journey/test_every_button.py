"""Every button of every simulated provider, pressed as a browser does, on the whole local stack: how it ends for the
citizen and for the finance officer."""

import html
import re
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urljoin

import pytest
import urllib3

from tests.local_stack import Started, told
from tests.people import Person, over_http

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PROCEDURE, AGENCY, FEE = "2.000635", "H32.10", 8_000
HOME = {"line": "12 Lê Lợi", "commune": "Phường Nha Trang", "province": "Khánh Hòa"}
BINH = {
    "kind": "person",
    "full_name": "Trần Thị Bình",
    "identity_number": "056190001234",
    "phone": "0905123456",
    "address": HOME,
}
BUTTON = re.compile(r"<button name=action value='([^']*)'")
FORM = re.compile(r"<form method=post(?: action='([^']*)')?>(.*?)</form>", re.DOTALL)
PROVIDERS = ("vnpay", "momo", "payos", "vietqr")
BUTTONS = ("pay", "fail", "pay-late", "pay-twice", "pay-wrong", "pay-silently")


class End(NamedTuple):
    """The citizen sees the attempt's status, the fee's, and the money received; the finance officer sees the need, if
    any, and what was said by whom."""

    status: str
    fee: str
    received: int
    need: str | None
    said: set[str]


TOLD, ASKED = "notification", "query"
OPEN = End("created", "pending", 0, None, set())
PAID = End("paid", "paid", FEE, None, {f"{TOLD} success"})
TWICE = End("overpaid", "overpaid", 2 * FEE, "overpaid", {f"{TOLD} success"})
FOUND = End("paid", "paid", FEE, None, {f"{ASKED} success"})
FAILED = End("failed", "failed", 0, None, {f"{TOLD} failure", f"{ASKED} failure"})
LATE = End("paid", "paid", FEE, None, {f"{TOLD} failure", f"{TOLD} success"})


def wrong(received: int) -> End:
    return End("mismatched", "mismatched", received, "mismatched", {f"{TOLD} mismatch"})


# After the press, and after the schedule has asked the provider.
AT_FIRST = {
    "vnpay": [PAID, FAILED._replace(said={f"{TOLD} failure"}), LATE, TWICE, wrong(FEE + 1_000), OPEN],
    "momo": [PAID, FAILED._replace(said={f"{TOLD} failure"}), LATE, TWICE, wrong(FEE + 1_000), OPEN],
    "payos": [PAID, OPEN, PAID, TWICE, wrong(FEE // 2), OPEN],
    "vietqr": [PAID, OPEN, PAID, TWICE, wrong(FEE + 1_000), OPEN],
}
IN_THE_END = {
    "vnpay": [PAID, FAILED, LATE, TWICE, wrong(FEE + 1_000), FOUND],
    "momo": [PAID, FAILED, LATE, TWICE, wrong(FEE + 1_000), FOUND],
    "payos": [PAID, FAILED._replace(said={f"{ASKED} failure"}), PAID, TWICE, wrong(FEE // 2), FOUND],
    "vietqr": [PAID, OPEN, PAID, TWICE, wrong(FEE + 1_000), OPEN],
}


class Browser:
    """Opens pages and presses the buttons that are on them."""

    def __init__(self, origin: str) -> None:
        self.origin, self.pool = origin, urllib3.PoolManager(retries=False, timeout=30)

    def open(self, address: str) -> str:
        answer = self.pool.request("GET", urljoin(self.origin, address))
        assert answer.status == 200, answer.data
        page = answer.data.decode()
        assert "MÔ PHỎNG · SIMULATION" in page
        return page

    def press(self, address: str, button: str, near: str = "", **fields: str) -> str:
        """Where one is sent. `near`: the press is on the form whose address ends so."""
        forms = [(html.unescape(to), inside) for to, inside in FORM.findall(self.open(address)) if to.endswith(near)]
        to = next(to for to, inside in forms if button in BUTTON.findall(inside))
        answer = self.pool.request(
            "POST",
            urljoin(self.origin, to or address),
            body=urlencode({**fields, "action": button}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            redirect=False,
        )
        assert answer.status in (200, 303), answer.data
        return str(answer.headers.get("Location", ""))


class Street:
    """A citizen and a finance officer of one running stack."""

    def __init__(self, stack: Started) -> None:
        self.browser = Browser(stack.url)
        send = over_http(stack.url)

        def person(role: str, agency: str = "") -> Person:
            printed = told(stack.data, "token", "--role", role, "--sub", f"{role}-buttons", "--agency", agency)
            return Person(send, printed.stdout.strip())

        self.citizen, self.finance = person("citizen"), person("finance", AGENCY)
        self.example = self.citizen.get(f"/procedures/{PROCEDURE}").body["form"]["examples"][0]
        self.back = f"{stack.url}/_local/"

    def begun(self, provider: str) -> dict[str, Any]:
        """A payment of a new dossier's fee."""
        draft = {"procedure": PROCEDURE, "agency": AGENCY, "applicant": BINH, "form": self.example}
        dossier = self.citizen.post("/dossiers", draft | {"delivery": {"channel": "online"}}).body
        assert self.citizen.post(f"/dossiers/{dossier['id']}/submission").status == 200
        wish = {"provider": provider, "return_url": self.back}
        payment = self.citizen.post(f"/dossiers/{dossier['id']}/payments", wish)
        assert payment.status == 201, payment
        return {**payment.body, "dossier_id": dossier["id"]}

    def press(self, payment: dict[str, Any], button: str) -> None:
        if payment["pay_url"]:
            assert self.browser.press(payment["pay_url"], button).startswith(self.back)
            return
        bank = self.browser.open(f"/_local/bank?{urlencode({'qr': payment['qr']})}")
        amount, memo = (re.search(f"name={name}[^>]* value='([^']+)'", bank)[1] for name in ("amount", "memo"))
        self.browser.press("/_local/bank", button, amount=amount, memo=memo)

    def poll(self) -> None:
        self.browser.press("/_local/", "run", near="/PollPayments")

    def end(self, payment: dict[str, Any]) -> End:
        seen = self.citizen.get(f"/dossiers/{payment['dossier_id']}/payments").body
        (attempt,) = seen["items"]
        needs = {each["payment_id"]: each["need"] for each in self.all("/desk/payments")}
        whole = self.finance.get(f"/payments/{payment['payment_id']}").body
        said = {f"{each['source']} {each['verdict']}" for each in whole["said"]}
        return End(
            attempt["status"], seen["fee"]["status"], attempt["received"], needs.get(payment["payment_id"]), said
        )

    def all(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.finance.get(f"{path}?limit=100{f'&cursor={quote(cursor)}' if cursor else ''}").body
            found, cursor = [*found, *page["items"]], page.get("next")
        return found

    def row(self, reference: str) -> str:
        """What the list of payments says of this one."""
        rows = self.browser.open("/_local/payments").split("<tr>")
        return next(row for row in rows if reference in row)


@pytest.fixture(scope="module")
def street(local_stack: Started) -> Street:
    return Street(local_stack)


@pytest.fixture(scope="module")
def pressed(street: Street) -> dict[tuple[str, str], tuple[dict[str, Any], End]]:
    """Each button pressed once on a payment of its own, and how it stood then; afterwards the schedule has run."""
    done = {}
    for provider in PROVIDERS:
        for button in BUTTONS:
            payment = street.begun(provider)
            street.press(payment, button)
            done[provider, button] = (payment, street.end(payment))
    street.poll()
    return done


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_button_ends_in_a_state_both_can_understand(street, pressed, provider, button):
    payment, at_first = pressed[provider, button]
    column = BUTTONS.index(button)

    assert at_first == AT_FIRST[provider][column]
    assert street.end(payment) == IN_THE_END[provider][column]


def test_a_transfer_whose_notification_was_lost_is_told_again(street, pressed):
    payment, _ = pressed["vietqr", "pay-silently"]
    row = street.row(payment["payment_id"])

    street.browser.press("/_local/payments", "tell-again", near=re.search(r"action='([^']+)'", row)[1])

    assert street.end(payment) == PAID


def test_who_failed_may_still_pay_and_who_paid_may_pay_once_more(street):
    payment = street.begun("momo")
    place = f"/momo/{payment['payment_id']}"

    ends = []
    for button in ("fail", "pay-again", "tell-again", "pay-again"):
        street.browser.press("/_local/payments", button, near=place)
        ends.append(street.end(payment))

    assert ends == [
        FAILED._replace(said={f"{TOLD} failure"}),
        LATE,
        LATE,
        TWICE._replace(said={f"{TOLD} failure", f"{TOLD} success"}),
    ]


def refund(street: Street, payment: dict[str, Any], refundable: int, amount: int) -> str:
    wish = {"amount": amount, "refundable": refundable, "reason": "Thu thừa một lần"}
    asked = street.finance.post(f"/payments/{payment['payment_id']}/refunds", wish)
    assert asked.status == 201, asked
    street.poll()
    return str(asked.body["refund_id"])


def refunds(street: Street, payment: dict[str, Any]) -> list[tuple[int, str]]:
    (attempt,) = street.citizen.get(f"/dossiers/{payment['dossier_id']}/payments").body["items"]
    return [(each["amount"], each["state"]) for each in attempt["refunds"]]


@pytest.mark.parametrize(
    ("fate", "state", "status"), [("done", "done", "part_refunded"), ("failed", "failed", "overpaid")]
)
def test_a_refund_momo_took_on_waits_until_a_person_says_what_became_of_it(street, fate, state, status):
    payment = street.begun("momo")
    street.press(payment, "pay-twice")
    refund(street, payment, 2 * FEE, FEE)
    assert refunds(street, payment) == [(FEE, "taken_on")]

    row = street.row(payment["payment_id"])
    button = next(each for each in BUTTON.findall(row) if each.startswith(f"refund-{fate}-"))
    street.browser.press("/_local/payments", button, near=f"/momo/{payment['payment_id']}")
    street.poll()

    assert refunds(street, payment) == [(FEE, state)]
    assert street.end(payment).status == status


def test_a_refund_vnpay_took_on_is_seen_and_noted_by_the_officer_from_vnpays_statement(street):
    payment = street.begun("vnpay")
    street.press(payment, "pay-twice")
    refund_id = refund(street, payment, 2 * FEE, FEE)
    assert refunds(street, payment) == [(FEE, "taken_on")]
    row = street.row(payment["payment_id"])
    button = next(each for each in BUTTON.findall(row) if each.startswith("refund-done-"))

    street.browser.press("/_local/payments", button, near=f"/vnpay/{payment['payment_id']}")
    place = f"/payments/{payment['payment_id']}/refunds/{refund_id}/completion"
    assert street.finance.post(place, {"reference": "FT-0001"}).status == 201

    assert "đã chi · paid out" in street.row(payment["payment_id"])
    assert refunds(street, payment) == [(FEE, "done")]


@pytest.mark.parametrize(("outcome", "status", "received"), [("kept", "paid", FEE), ("lost", "charged_back", 0)])
def test_a_dispute_comes_by_letter_and_the_officer_notes_it_and_its_end(street, outcome, status, received):
    payment = street.begun("payos")
    street.press(payment, "pay")

    def note() -> None:
        """What the letter says to send, sent."""
        row = html.unescape(street.row(payment["payment_id"]))
        number, state = re.search(r"TS-\d+", row)[0], re.search(r'"state": "(\w+)"', row)[1]
        body = {"state": state, "amount": FEE, "reference": number, "reason": "Thư của ngân hàng"}
        assert street.finance.post(f"/payments/{payment['payment_id']}/disputes", body).status == 201

    place = re.search(r"action='([^']+)'", street.row(payment["payment_id"]))[1]
    street.browser.press("/_local/payments", "dispute", near=place)
    note()
    assert (street.end(payment).status, street.end(payment).need) == ("disputed", "disputed")

    street.browser.press("/_local/payments", f"dispute-{outcome}", near=place)
    note()
    assert (street.end(payment).status, street.end(payment).received) == (status, received)


def test_a_transfer_of_any_amount_with_any_words_waits_for_an_officer_to_place_it(street):
    words = "quên ghi nội dung <b>"
    street.browser.press("/_local/bank", "pay", amount="12.345", memo=words)

    assert 12_345 in [each["amount"] for each in street.all("/unmatched-payments")]
    assert "quên ghi nội dung &lt;b&gt;" in street.row("12.345")


def test_what_is_no_press_of_a_button_is_refused(street):
    pool, paid = street.browser.pool, street.begun("vnpay")
    for address, body, status in (
        (paid["pay_url"], "action=steal", 400),
        (paid["pay_url"].replace("800000", "100"), "action=pay", 400),
        (f"{street.browser.origin}/_local/momo/pay?o=x&t=y", "action=pay", 400),
        (f"{street.browser.origin}/_local/payos/pay/none", "action=pay", 400),
        (f"{street.browser.origin}/_local/payments/momo/none", "action=pay", 404),
        (f"{street.browser.origin}/_local/payments/nobody/none", "action=pay", 404),
        (f"{street.browser.origin}/_local/bank", "action=pay&amount=-5", 400),
        (f"{street.browser.origin}/_local/vnpay/api", "[]", 400),
        (f"{street.browser.origin}/_local/momo/v2/gateway/api/create", "{}", 400),
        (f"{street.browser.origin}/_local/run/Nothing", "", 404),
    ):
        assert pool.request("POST", address, body=body).status == status, address
