"""`make doctor` and its kin: what is typed, and one clear line when it cannot be."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

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
    from ops.care.place import enter

    place = enter(given.province, given.data, given.profile, given.endpoint)
    from chalicelib.clock.now import now  # the environment is the stack's by now
    from ops.care import doctor

    return doctor.main(str(place), now(), repair=given.repair, every=given.all)


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
    return parser


if __name__ == "__main__":
    sys.exit(main())
