"""The pages on which a payer pays at a simulated provider, or transfers money from a bank."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ops.local.bank_double import BankDouble, asked_by
from ops.local.payment_list import LIST, happened
from ops.local.shown import Shown, choices, dong, elsewhere, page, text
from ops.local.simulated import FATES, Simulated

BAD: Final = "<p>Yêu cầu không hợp lệ · Bad request."


class PayPages(NamedTuple):
    """`simulated` by the names of their addresses."""

    simulated: Mapping[str, Simulated]
    bank: BankDouble

    def answer(self, method: str, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> Shown | None:
        """None: it is none of these pages."""
        if path == "/bank":
            return self._transfer(form) if method == "POST" else self._bank_page(query)
        name, _, rest = path.removeprefix("/").partition("/")
        if name in self.simulated and rest.partition("/")[0] == "pay":
            return _door(method, self.simulated[name], rest.partition("/")[2], query, form)
        return None

    def _bank_page(self, query: Mapping[str, str]) -> Shown:
        amount, words = asked_by(query.get("qr", ""))
        amount, words = query.get("amount", amount), query.get("memo", words)
        scan = (
            "<form><p>Dán nội dung mã VietQR · Paste the text of a VietQR code<br>"
            f"<input name=qr value='{text(query.get('qr', ''))}'> <button>Đọc mã · Read it</button></form><hr>"
        )
        fields = (
            f"<p>Số tiền (đồng) · Amount (VND)<br><input name=amount inputmode=numeric value='{text(amount)}'>"
            f"<p>Nội dung · Memo<br><input name=memo value='{text(words)}'>"
        )
        account = f"<p>Đến tài khoản · To the account <b>{text(self.bank.account_number)}</b>"
        return page(self.bank.title, scan + account + choices(_offered(self.bank), fields))

    def _transfer(self, form: Mapping[str, str]) -> Shown:
        amount, fate = form.get("amount", "").replace(".", "").strip(), form.get("action", "")
        if not (amount.isdecimal() and 0 < int(amount) < 10**12) or fate not in FATES:
            return page(self.bank.title, "<p>Nêu số tiền, bằng chữ số · Say an amount, in digits.", 400)
        self.bank.transferred(int(amount), form.get("memo", ""), fate)
        return elsewhere(LIST) if fate != "fail" else page(self.bank.title, f"<p>{text(self.bank.notes[fate])}")


def _offered(double: Simulated) -> dict[str, tuple[str, str]]:
    return {fate: (label, double.notes.get(fate, note)) for fate, (label, note) in FATES.items()}


def _door(method: str, double: Simulated, tail: str, query: Mapping[str, str], form: Mapping[str, str]) -> Shown:
    reference = double.at_the_door(tail, query)
    if reference is None:
        words = "Địa chỉ này không phải do cổng thanh toán cấp. · The provider did not give out this address."
        return page(double.title, f"<p>{words}", 400)
    if method == "POST":
        fate = form.get("action", "")
        if fate not in FATES:
            return page(double.title, BAD, 400)
        return elsewhere(double.decided(reference, fate))
    seen = next(each for each in double.known() if each.reference == reference)
    what = f"<p>{text(seen.about)}<p><b>{dong(seen.amount)}</b>"
    if seen.told:
        done = "".join(map(happened, seen.told))
        return page(double.title, f"{what}<p>{done}<p><a href={LIST}>Xem và làm tiếp · See, and go on</a>")
    return page(double.title, what + choices(_offered(double)))
