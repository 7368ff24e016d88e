"""Imports procedures from the national database's export into the table the environment names.

python -m ops.import_procedures FILE [--dry-run] [--agency CODE]
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from chalicelib.catalogue import actions, national
from chalicelib.catalogue.rules import Agency
from chalicelib.clock.now import now
from chalicelib.refusals import Refusal
from chalicelib.settings import settings
from ops.columns import Row, UnreadableFile
from ops.tables import rows_of

OUTCOMES: Final = {
    "imported": "mới nhập",
    "new_version": "phiên bản mới",
    "unchanged": "không đổi",
    "refused": "bị từ chối",
}


class Told(NamedTuple):
    """What became of one record. `reasons`: why it needs review, or why it was refused."""

    line: int
    code: str
    outcome: str
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def needs_review(self) -> bool:
        return self.outcome != "refused" and bool(self.reasons)


class Importer:
    """Takes one record after the other; a bad one stops nothing else."""

    def __init__(self, agencies: Sequence[Agency], default_agency: str, on: date, *, dry_run: bool) -> None:
        self._agencies, self._default, self._on = agencies, default_agency, on
        self._publish = actions.preview if dry_run else actions.publish
        self._seen: dict[str, int] = {}

    def take(self, rows: Iterable[Row]) -> Iterator[Told]:
        for row in rows:
            yield Told(row.line, "—", "refused", ((row.fault, ""),)) if row.fault else self._take(row)

    def _take(self, row: Row) -> Told:
        try:
            procedure = national.read(row.facts, row.line, self._agencies, self._default, self._on)
        except national.UnreadableRecord as refusal:
            return Told(row.line, refusal.record, "refused", ((refusal.reason, ""),))
        first = self._seen.setdefault(procedure.code, row.line)
        if first != row.line:
            # Two contents under one code would take turns as the newest version at every import.
            return Told(row.line, procedure.code, "refused", (("code_twice", f"đã có ở dòng {first}"),))
        try:
            procedure = national.keeping(procedure, actions.latest(procedure.code))
            published = self._publish(procedure, self._on)
        except Refusal as refusal:
            return Told(row.line, procedure.code, "refused", ((refusal.code, refusal.told("vi")),))
        reasons = tuple((review.code, review.text) for review in procedure.needs_review)
        return Told(row.line, procedure.code, published.outcome, reasons)


def import_file(path: Path, agency: str, on: date, console: Console, *, dry_run: bool) -> list[Told]:
    rows = rows_of(path)
    importer = Importer(actions.agencies(), agency, on, dry_run=dry_run)
    return list(importer.take(track(rows, description="Đang đọc thủ tục", console=console)))


def report(told: Sequence[Told], console: Console) -> None:
    listed = Table("Dòng", "Mã thủ tục", "Kết quả", "Lý do", title="Từng thủ tục")
    listed.columns[1].no_wrap = True
    for each in told:
        reasons = "\n".join(f"{code}: {text}" if text else code for code, text in each.reasons)
        outcome = OUTCOMES[each.outcome] + (", cần rà soát" if each.needs_review else "")
        listed.add_row(str(each.line), Text(each.code), outcome, Text(reasons))
    counts = Counter(each.outcome for each in told)
    total = Table("Kết quả", "Số thủ tục", title="Tổng cộng")
    for outcome, name in OUTCOMES.items():
        total.add_row(f"{name} ({outcome})", str(counts[outcome]))
    total.add_row("cần rà soát (needs_review)", str(sum(each.needs_review for each in told)))
    console.print(listed)
    console.print(total)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="import_procedures", description="Nhập thủ tục hành chính vào danh mục.")
    parser.add_argument("file", type=Path, help="tệp .jsonl, .csv hoặc .xlsx")
    parser.add_argument("--dry-run", action="store_true", help="chỉ đọc và báo cáo, không ghi gì")
    parser.add_argument("--agency", default=settings().PROVINCE, help="cơ quan tạm thời khi không nhận ra cơ quan nào")
    given = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        told = import_file(given.file, given.agency, now().date(), console, dry_run=given.dry_run)
    except UnreadableFile as error:
        console.print(str(error))
        return 1
    except (PynamoDBException, BotoCoreError) as error:
        console.print(f"Không truy cập được bảng {settings().TABLE} ({type(error).__name__}). Hãy chạy make run trước.")
        return 2
    report(told, console)
    return 0 if any(each.outcome != "refused" for each in told) else 1


if __name__ == "__main__":
    sys.exit(main())
