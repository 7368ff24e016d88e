"""`make rehearse`: what is typed, what differs from AWS, the steps, and by name what could not be rehearsed."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from ops import provinces
from ops.local.cloud import stand_alone
from ops.rehearse.checklist import StepFailed, told_not_rehearsed
from ops.rehearse.eased import EASED


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="rehearse")
    parser.add_argument("provinces", nargs="+", help="as `make provinces` lists them")
    given = parser.parse_args(arguments)
    began = time.monotonic()
    try:
        wanted = [provinces.of(slug) for slug in dict.fromkeys(given.provinces)]
        _rehearse(wanted)
    except (StepFailed, provinces.UnknownProvince) as error:
        print(f"rehearse: {error}", file=sys.stderr)
        return 1
    told_not_rehearsed()
    print(f"\nRehearsed for {', '.join(each.name for each in wanted)} in {time.monotonic() - began:.0f} s.")
    return 0


def _rehearse(wanted: Sequence[provinces.Province]) -> None:
    stand_alone()
    from ops.rehearse.rehearsal import rehearse  # no account of this machine has a say from here on

    print("\n".join(["What differs from AWS here:", *(f"· {each}" for each in EASED), ""]), flush=True)
    with tempfile.TemporaryDirectory(prefix="rehearse-") as folder:
        rehearse(wanted, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
