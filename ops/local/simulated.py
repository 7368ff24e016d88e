"""What every simulated provider shows of its payments, and what a person can let happen to them."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple, Protocol

# Each with its button, and with how it ends for the citizen and the finance officer.
FATES: Final[Mapping[str, tuple[str, str]]] = {
    "pay": (
        "Thanh toán · Pay",
        "Phí đã nộp. · The fee is paid.",
    ),
    "fail": (
        "Huỷ · Fail",
        "Không thu được tiền, có thể nộp lại. · No money moves; it can be tried again.",
    ),
    "pay-late": (
        "Hết hạn rồi mới trả · Pay late",
        "Báo hết hạn trước, báo thành công sau: phí đã nộp. · First told as expired, then as paid: the fee is paid.",
    ),
    "pay-twice": (
        "Trả hai lần · Pay twice",
        "Thu thừa: cán bộ tài chính hoàn lại. · Overpaid: a finance officer pays back.",
    ),
    "pay-wrong": (
        "Trả sai số tiền · Wrong amount",
        "Lệch số tiền: cán bộ tài chính xem xét. · The amount differs: a finance officer decides.",
    ),
    "pay-silently": (
        "Trả, mất thông báo · Lose the notification",
        "Hệ thống tự hỏi sau 2, 5, 15 phút, hoặc ngay khi chạy PollPayments. · The service asks by itself after 2, 5 "
        "and 15 minutes, or at once when PollPayments is run.",
    ),
}
Back = Literal["waiting", "done", "failed"]
BACK: Final[Mapping[Back, str]] = {
    "waiting": "đã nhận, chờ chi · taken on, not yet paid out",
    "done": "đã chi · paid out",
    "failed": "không chi được · failed",
}


class Told(NamedTuple):
    """One outcome: whether money moved, how much, under which number, and what the province answered, if told."""

    paid: bool
    amount: int
    number: str
    answer: str


class Refund(NamedTuple):
    number: str
    amount: int
    state: Back


class Seen(NamedTuple):
    """A payment as its provider knows it. `amount` in VND. `told` empty: the payer has not decided yet."""

    reference: str
    about: str
    amount: int
    told: tuple[Told, ...]
    refunds: tuple[Refund, ...] = ()


class Simulated(Protocol):
    """A simulated provider. `notes`: where a fate ends otherwise than `FATES` says, and how the end of a `refund` is
    heard of."""

    title: str
    serves: str
    notes: Mapping[str, str]

    def known(self) -> list[Seen]:
        """Every payment, the oldest first."""

    def at_the_door(self, tail: str, query: Mapping[str, str]) -> str | None:
        """The reference of the payment whose pay page this address is; None for one it did not give out."""

    def decided(self, reference: str, fate: str) -> str:
        """What the payer does, once; where the payer is sent then."""

    def paid_again(self, reference: str) -> None:
        """The whole amount once more, and told."""

    def told_again(self, reference: str) -> None:
        """Every notification so far, once more."""

    def paid_back(self, reference: str, number: str, state: Back) -> None:
        """What becomes of a refund it took on."""


def padded(answers: Sequence[str], length: int) -> list[str]:
    """An answer for each of as many notifications, empty for those that were not sent."""
    return [*answers, *[""] * (length - len(answers))]
