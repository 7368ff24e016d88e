"""The columns of the national export in a table of plain cells, and how rows of such a table become records."""

import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

GROUPS: Final = {
    "metadata": ("mã_thủ_tục", "tên_thủ_tục", "số_quyết_định", "cấp_thực_hiện", "loại_thủ_tục", "lĩnh_vực"),
    "content": (
        "trình_tự_thực_hiện", "cách_thức_thực_hiện", "đối_tượng_thực_hiện", "cơ_quan_thực_hiện",
        "cơ_quan_có_thẩm_quyền", "cơ_quan_được_ủy_quyền", "cơ_quan_phối_hợp", "địa_chỉ_tiếp_nhận_hs",
        "kết_quả_thực_hiện", "yêu_cầu_điều_kiện_thực_hiện", "từ_khóa", "mô_tả",
    ),
}  # fmt: skip
TABLES: Final = {
    "hinh_thuc_nop": ("hinh_thuc", "thoi_han_giai_quyet", "phi_le_phi", "mo_ta"),
    "thanh_phan_ho_so": ("ten_giay_to", "so_luong", "ghi_chu"),
    "can_cu_phap_ly": ("so_ky_hieu", "trich_yeu", "ngay_ban_hanh", "co_quan_ban_hanh"),
}
CODES: Final = ("thu_tuc_id", "mã_thủ_tục")
# Where a column's value belongs. A group or a table in one cell is JSON; a table's own columns take a row per line.
PLACES: Final[dict[str, tuple[str, ...]]] = {
    **{name: (name,) for name in ("thu_tuc_id", "source_file", "metadata", "content", "tables")},
    **{name: (group, name) for group, names in GROUPS.items() for name in names},
    **{table: ("tables", table) for table in TABLES},
    **{name: ("tables", table, name) for table, names in TABLES.items() for name in names},
}


class Row(NamedTuple):
    """One record as found; `fault` says why there are no facts."""

    line: int
    facts: Any
    fault: str = ""


class UnreadableFile(Exception):
    """Not one record can be found in the file; the message says why."""


def column(header: str) -> str:
    """`metadata.mã_thủ_tục` and `mã_thủ_tục` name the same column."""
    return unicodedata.normalize("NFC", header).strip().replace("/", ".").rsplit(".", 1)[-1]


def records(lines: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    """Rows that repeat, or leave blank, all but the tables' columns continue the record above them."""
    remaining = iter(lines)
    names = [column(cell) for cell in next(remaining, (0, []))[1]]
    if not set(names) & set(CODES) and "metadata" not in names:
        raise UnreadableFile("Không thấy cột thu_tuc_id hay mã_thủ_tục ở dòng đầu của bảng.")
    begun: tuple[int, list[dict[str, str]]] | None = None
    for number, cells in remaining:
        told = {name: cell for name, cell in zip(names, cells, strict=False) if cell and name in PLACES}
        if begun and told and _continues(told, begun[1][0]):
            begun[1].append(told)
        elif told:
            if begun:
                yield _assembled(*begun)
            begun = (number, [told])
    if begun:
        yield _assembled(*begun)


def _continues(told: dict[str, str], first: dict[str, str]) -> bool:
    own = {name: cell for name, cell in told.items() if len(PLACES[name]) < 3}
    return len(own) < len(told) and all(first.get(name) == cell for name, cell in own.items())


def _assembled(line: int, lines: list[dict[str, str]]) -> Row:
    facts: dict[str, Any] = {"metadata": {}, "content": {}, "tables": {table: [] for table in TABLES}}
    for name, cell in lines[0].items():
        try:
            _put(facts, PLACES[name], cell)
        except (ValueError, TypeError, RecursionError):
            return Row(line, None, f"bad_json:{name}")
    for told in lines:
        for table, columns in TABLES.items():
            row = {name: told[name] for name in columns if name in told}
            if row and isinstance(facts["tables"].get(table), list):
                facts["tables"][table].append({name: "" for name in columns} | row)
    return Row(line, facts)


def _put(facts: dict[str, Any], place: tuple[str, ...], cell: str) -> None:
    match place:
        case ("metadata" | "content" | "tables" as group,):
            facts[group].update(json.loads(cell))
        case ("tables", table):
            facts["tables"][table] = json.loads(cell)
        case (name,):
            facts[name] = cell
        case (group, name):
            facts[group][name] = cell
