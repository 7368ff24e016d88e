"""`make doctor` and its kin: what is typed, and one clear line when it cannot be."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from ops.care.place import Place, enter
from ops.local.cloud import CloudFailed
from ops.local.data import Unusable
from ops.provinces import UnknownProvince


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        return _done(given)
    except (Unusable, UnknownProvince, CloudFailed) as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 1


def _done(given: argparse.Namespace) -> int:
    if given.command == "drill":  # on clouds of its own
        from ops.care import drill

        return drill.main(given.count)
    place = enter(given.province, given.data, given.profile, given.endpoint)
    return COMMANDS[given.command](place, given)


def _doctor(place: Place, given: argparse.Namespace) -> int:
    from chalicelib.clock.now import now  # the environment is the stack's by now
    from ops.care import doctor

    return doctor.main(str(place), now(), repair=given.repair, every=given.all)


def _letters(place: Place, given: argparse.Namespace) -> int:
    from ops.care import dead_queues, letters

    return letters.main(str(place), dead_queues.routes(place.resources), given.redrive)


def _migrate(place: Place, given: argparse.Namespace) -> int:
    from chalicelib.clock.now import now
    from ops.care import migrations

    return migrations.main(str(place), now, dry=given.dry_run, again=given.again)


COMMANDS: Final[dict[str, Callable[[Place, argparse.Namespace], int]]] = {
    "doctor": _doctor,
    "letters": _letters,
    "migrate": _migrate,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ops.care")
    parser.add_argument("--data", type=Path, default=Path(".local"), help="the local stack's folder")
    parser.add_argument("--province", default="", help="as `make provinces` lists it")
    parser.add_argument("--profile", default="", help="of an account, in the configuration of AWS's tools")
    parser.add_argument("--endpoint", default="", help="of a local cloud that holds the province's stack")
    commands = parser.add_subparsers(dest="command", required=True)
    doctor = commands.add_parser("doctor")
    doctor.add_argument("--repair", action="store_true")
    doctor.add_argument("--all", action="store_true")
    letters = commands.add_parser("letters")
    letters.add_argument("--redrive", default="", help="the letter's id, or `all`")
    migrate = commands.add_parser("migrate")
    migrate.add_argument("--dry-run", action="store_true")
    migrate.add_argument("--again", default="", help="a migration that is done, to run once more")
    drill = commands.add_parser("drill")
    drill.add_argument("--count", type=int, default=320)
    return parser


if __name__ == "__main__":
    sys.exit(main())
