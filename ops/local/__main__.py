"""`make run`, `token`, `credentials`, `import`, `calendar`: what is typed, and one clear line when it cannot be."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import ClientError

from ops.local.cloud import CloudFailed, stand_alone
from ops.local.data import Unusable

CITIZENS_FACTS = ("name", "identity", "phone")


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    stand_alone()
    from ops.changes import DeployFailed
    from ops.local.keys import NoSuchRole
    from ops.package import PackageFailed

    try:
        return _done(given)
    except ClientError as error:
        print(f"{given.command}: the local cloud said no: {str(error)[-300:]}", file=sys.stderr)
        return 1
    except (Unusable, CloudFailed, DeployFailed, PackageFailed, NoSuchRole) as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 1


def _done(given: argparse.Namespace) -> int:
    from ops.local import keys, run

    if given.command == "token":
        facts = {name: getattr(given, name) for name in ("agency", *CITIZENS_FACTS)}
        print(keys.token(given.data, given.role, given.sub, facts))
    elif given.command == "credentials":
        doubles = {name: kept for name, kept in keys.credentials(given.data).items() if name != "papers"}
        print(json.dumps(doubles, indent=1))
    elif given.command == "import":
        run.join(given.data)
        from ops.import_procedures import main as import_procedures

        agency = ["--agency", given.agency] if given.agency else []
        return import_procedures([str(given.file), *agency, *(["--dry-run"] if given.dry_run else [])])
    elif given.command == "calendar":
        run.join(given.data)
        from ops.calendar import main as calendar

        file = [str(given.file)] if given.file else []
        return calendar([*file, *(["--dry-run"] if given.dry_run else [])])
    else:
        run.run(given.data, given.port)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ops.local")
    parser.add_argument("--data", type=Path, default=Path(".local"))
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("run")
    serve.add_argument("--port", type=int, default=8000)
    token = commands.add_parser("token")
    token.add_argument("--role", required=True)
    token.add_argument("--sub", required=True)
    for name in ("agency", *CITIZENS_FACTS):
        token.add_argument(f"--{name}", default="")
    commands.add_parser("credentials")
    importing = commands.add_parser("import")
    importing.add_argument("--file", type=Path, required=True)
    importing.add_argument("--agency", default="")
    importing.add_argument("--dry-run", action="store_true")
    calendar = commands.add_parser("calendar")
    calendar.add_argument("--file", type=lambda given: Path(given) if given else None, default=None)
    calendar.add_argument("--dry-run", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
