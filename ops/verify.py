"""`make verify TOKEN=…`: whether a paper's QR token is genuine and what it states, without asking anyone.

Whether the paper was revoked or superseded since, only the service knows: `GET /verifications/<token>`.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from chalicelib.papers.tokens import Forged, public_of, read


def public_keys(data: Path, saved: str) -> dict[str, str]:
    """By `kid`: from a saved answer of /verification-keys, or else of the local stack in the folder."""
    if saved:
        told = json.loads(Path(saved).read_text(encoding="utf-8"))
        return {key["kid"]: key["x"] for key in told["keys"]}
    kept = json.loads((data / "keys.json").read_text(encoding="utf-8"))["papers"]
    retired = dict(each.split(":", 1) for each in kept.get("retired", "").split())
    return retired | {kept["kid"]: public_of(kept["private_key"])}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="verify")
    parser.add_argument("--data", type=Path, default=Path(".local"))
    parser.add_argument("--keys", default="")
    parser.add_argument("token", help="the token, or the whole address in the QR code")
    given = parser.parse_args(arguments)
    try:
        keys = public_keys(given.data, given.keys)
    except (OSError, ValueError, KeyError) as error:
        print(f"verify: there are no public keys to verify with: {error}", file=sys.stderr)
        return 2
    try:
        statement = read(given.token.strip().rsplit("/", 1)[-1], keys)
    except Forged:
        print("verify: not genuine: none of these keys signed it, or it was altered.", file=sys.stderr)
        return 1
    print(json.dumps({"genuine": True, **statement.model_dump(mode="json")}, indent=1, ensure_ascii=False))
    print("verify: revoked or superseded since? Only the service knows: GET /verifications/<token>", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
