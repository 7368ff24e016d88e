"""The simulated providers of a folder: each with the folder's keys and its memory in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ops.local.bank_double import BankDouble
from ops.local.disputes import Disputes
from ops.local.doors import Doors
from ops.local.momo_double import MomoDouble
from ops.local.payos_double import PayosDouble
from ops.local.vnpay_double import VnpayDouble


class Simulators(NamedTuple):
    doors: Doors
    bank: BankDouble
    disputes: Disputes


def simulators(folder: Path, keys: Mapping[str, Mapping[str, str]], account_number: str, here: str) -> Simulators:
    """`keys`: the folder's credentials. `account_number`: the province's at its bank. `here`: our own origin."""
    vnpay, momo, payos = keys["vnpay"], keys["momo"], keys["payos"]
    told = f"{here}/webhooks/payments"
    doors = Doors(
        VnpayDouble(folder / "vnpay.json", vnpay["tmn_code"], vnpay["secret"], f"{told}/vnpay"),
        MomoDouble(
            folder / "momo.json", momo["partner_code"], momo["access_key"], momo["secret"], f"{here}/_local/momo/pay"
        ),
        PayosDouble(
            folder / "payos.json",
            *(payos["client_id"], payos["api_key"], payos["checksum_key"]),
            *(f"{told}/payos", f"{here}/_local/payos/pay"),
        ),
    )
    doors.momo.pays_back_at_once = False
    bank = BankDouble(folder / "bank.json", account_number, keys["sepay"]["secret"], f"{told}/sepay")
    return Simulators(doors, bank, Disputes(folder / "disputes.json"))
