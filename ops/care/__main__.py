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
    place = enter(given.province, given.data, given.profile, given.endpoint)
    return COMMANDS[given.command](place, given)


def _doctor(place: Place, given: argparse.Namespace) -> int:
    from chalicelib.clock.now import now  # the environment is the stack's by now
    from ops.care import doctor

    return doctor.main(str(place), now(), repair=given.repair, every=given.all)


def _letters(place: Place, given: argparse.Namespace) -> int:
    from ops.care import dead_queues, letters

    return letters.main(str(place), dead_queues.routes(place.resources), given.redrive)


COMMANDS: Final[dict[str, Callable[[Place, argparse.Namespace], int]]] = {"doctor": _doctor, "letters": _letters}


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
    return parser


if __name__ == "__main__":
    sys.exit(main())
