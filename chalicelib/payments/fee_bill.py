"""Who pays which fees for what, in the words the national payment platform and KeyPay issue receipts by."""

from typing import Any, Final

from chalicelib.payments.protocol import Bill, Silent, Start
from chalicelib.payments.rules import Frozen, Payment
from chalicelib.payments.signing import plain

FEES: Final = "2"  # MaDichVu; 1 is an administrative fine, of which a dossier knows nothing
KINDS: Final = {"phi": "1", "le_phi": "2"}
LONGEST_NAME: Final = 250
OF_FINES: Final = (
    *("MaLoaiHinhThuPhat", "TenLoaiHinhThuPhat", "KhoBac", "NgayQD", "SoQD", "ThoiGianViPham", "DiaDiemViPham"),
    *("TenNguoiViPham", "TaiKhoanThuNSNN"),
)


class Beneficiary(Frozen):
    """The bank account that fees are paid into: its number, its bank's code, whose it is."""

    number: str
    bank: str
    name: str


def content(payment: Payment) -> str:
    """What the payment is for, in characters no signature stumbles over."""
    return plain(f"THANH TOAN HO SO {payment.about}")


def fee_bill(payment: Payment, start: Start, into: Beneficiary) -> dict[str, Any]:
    """ThongTinBienLai. Raises `Silent` when there is nothing a receipt could truly be issued by."""
    bill = start.bill
    if bill is None or sum(fee.amount for fee in bill.fees) != payment.amount:
        raise Silent("the fees to issue a receipt by are not those to be paid")
    return {
        "MaDichVu": FEES,
        **_procedure(bill),
        **_agency(bill),
        "TKThuHuong": into.number,
        "MaNHThuHuong": into.bank,
        "TenTKThuHuong": into.name,
        **dict.fromkeys(OF_FINES, ""),
        "NoiDungThanhToan": content(payment),
        "HoTenNguoiNop": bill.payer,
        "SoCMNDNguoiNop": bill.identity_number,
        "DiaChiNguoiNop": bill.address,
        "HuyenNguoiNop": "",
        "TinhNguoiNop": bill.province,
        "PhiLePhi": [
            {
                "LoaiPhiLePhi": KINDS[fee.kind],
                "MaPhiLePhi": fee.code,
                "TenPhiLePhi": fee.name[:LONGEST_NAME],
                "SoTien": str(fee.amount),
            }
            for fee in bill.fees
        ],
        "DSKhoanNop": [{"NoiDung": fee.name[:LONGEST_NAME], "SoTien": str(fee.amount)} for fee in bill.fees],
    }


def _procedure(bill: Bill) -> dict[str, str]:
    name = bill.procedure_name[:LONGEST_NAME]
    return {
        "MaDVC": f"{bill.procedure}.01",
        "TenDVC": name,
        "MaTTHC": bill.procedure,
        "TenTTHC": name,
        "MaHoSo": bill.dossier_code,
    }


def _agency(bill: Bill) -> dict[str, str]:
    """The deciding agency is the one that takes the fee."""
    return {
        "MaDonVi": bill.agency,
        "TenDonVi": bill.agency_name,
        "MaCoQuanQD": bill.agency,
        "TenCoQuanQD": bill.agency_name,
    }
