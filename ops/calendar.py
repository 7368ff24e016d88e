"""Lists the working calendar in force in the table the environment names, or amends it from a file.

    python -m ops.calendar [FILE] [--dry-run] [--by NAME]

FILE holds one amendment as JSON, as `POST /calendar/amendments` takes it. With --dry-run it is only told which days
would change. Open dossiers are replayed by the running service, within a minute.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError
from pydantic import ValidationError
from pynamodb.exceptions import PynamoDBException
from rich.console import Console
from rich.table import Table

from chalicelib.clock import actions
from chalicelib.clock.amended import amended, changed_days
from chalicelib.clock.amending import require_admissible
from chalicelib.clock.amendments import Amendment, Entered
from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.now import now
from chalicelib.clock.wording import WEEKDAYS_VI, why_off
from chalicelib.dossiers.recalendar_actions import standing
from chalicelib.refusals import Refusal
from chalicelib.settings import settings
from chalicelib.web.faults import faults_of

LISTED: Final = 40


def listed(console: Console, at: datetime) -> None:
    """The edition in force, each amendment it rests on, and how far open dossiers follow it."""
    book, progress = actions.fresh_book(at), standing(at)
    known = book.calendar(settings().PROVINCE).known_until
    told = Table("Số", "Nội dung", "Phạm vi", "Công bố", "Căn cứ", "Thay số", title=f"Lịch làm việc {book.edition}")
    for each in book.amendments:
        agency = each.agency or "mọi cơ quan"
        told.add_row(
            str(each.number), content(each), agency, str(each.announced_at), each.source.vi, str(each.replaces or "")
        )
    console.print(told)
    console.print(f"Đã công bố đến hết {known:%d/%m/%Y}, còn {(known - at.date()).days} ngày.")
    state = "xong" if progress.done else "chưa xong"
    console.print(f"Tính lại hồ sơ: {state}, đã xem {progress.total_seen}, đổi ngày {progress.changed}.")


def content(each: Amendment) -> str:
    if each.day_off:
        instead = f", làm bù {each.day_off.worked_instead:%d/%m/%Y}" if each.day_off.worked_instead else ""
        return f"nghỉ {each.day_off.date:%d/%m/%Y}{instead}: {each.day_off.name.vi}"
    if each.working_day:
        return f"làm việc {each.working_day.date:%d/%m/%Y}: {each.working_day.name.vi}"
    if each.hours:
        until = f"đến {each.hours.to:%d/%m/%Y}" if each.hours.to else "về sau"
        return f"giờ làm việc từ {each.hours.begin:%d/%m/%Y} {until}: {', '.join(each.hours.week)}"
    return f"công bố đến hết {each.known_until:%d/%m/%Y}" if each.known_until else "bỏ lần sửa trước"


def preview(asked: Amendment, console: Console, at: datetime) -> None:
    """Which days would change, for whom it is meant. Raises the refusal when it would not be admitted."""
    book = actions.fresh_book(at)
    require_admissible(asked, book.base, book.amendments, at.date())
    new = Entered(**dict(asked), number=len(book.amendments) + 1, entered_by="", at=at)
    agency = asked.agency or settings().PROVINCE
    before, after = book.calendar(agency), amended(book.base, (*book.amendments, new), agency)
    last = date(book.base.last_listed_year, 12, 31)
    days = changed_days(before, after, book.base.known_from, last)
    told = Table("Ngày", "Trước", "Sau", title=f"{len(days)} ngày thay đổi tại {agency}")
    for day in days[:LISTED]:
        told.add_row(f"{WEEKDAYS_VI[day.weekday()]} {day:%d/%m/%Y}", hours(before, day), hours(after, day))
    console.print(told)
    if len(days) > LISTED:
        console.print(f"… và {len(days) - LISTED} ngày nữa, đến {days[-1]:%d/%m/%Y}.")


def hours(calendar: WorkingCalendar, day: date) -> str:
    sessions = ", ".join(f"{opening:%H:%M}–{closing:%H:%M}" for opening, closing in calendar.hours_on(day))
    return sessions or why_off(calendar, day).vi


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="calendar", description="Xem hoặc sửa lịch làm việc.")
    parser.add_argument("file", type=Path, nargs="?", help="một lần sửa lịch, dạng JSON")
    parser.add_argument("--dry-run", action="store_true", help="chỉ xem những ngày sẽ thay đổi")
    parser.add_argument("--by", default="ops", help="người nhập")
    given = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        return _done(given, console, now())
    except OSError as error:
        console.print(f"Không đọc được tệp {given.file}: {error.strerror}.")
    except ValidationError as error:
        console.print("\n".join(f"{fault.pointer or '/'}: {fault.vi}" for fault in faults_of(error)), markup=False)
    except Refusal as refusal:
        said = [f"{fault.pointer}: {fault.vi}" for fault in refusal.faults] or [refusal.told("vi")]
        console.print("\n".join(said), markup=False)
    except (PynamoDBException, BotoCoreError) as error:
        console.print(f"Không truy cập được bảng {settings().TABLE} ({type(error).__name__}). Hãy chạy make run trước.")
        return 2
    return 1


def _done(given: argparse.Namespace, console: Console, at: datetime) -> int:
    if given.file is None:
        listed(console, at)
        return 0
    asked = Amendment.model_validate_json(given.file.read_bytes())
    preview(asked, console, at)
    if not given.dry_run:
        edition = f"{actions.fresh_book(at).base.edition}+{actions.amend(asked, given.by, at).number}"
        console.print(f"Đã có hiệu lực: {edition}. Hồ sơ đang mở được tính lại trong ít phút.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
