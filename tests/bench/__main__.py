"""`make bench`, the part that needs the tests' world: cold starts, what each step of a life costs, and its price."""

import os
import sys
from collections.abc import Callable

os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"  # the tables are to be read

import tests.conftest  # noqa: E402, F401 - the environment, before the service is imported
from tests.bench import operations, price, starts  # noqa: E402


def main() -> None:
    told("Cold starts (the fastest of seven)", lambda: starts.table(starts.measured()))
    costs = operations.measured()
    most = f"at most {operations.MOST_CPU:.0f} ms of our own"
    told(f"A dossier's life (DynamoDB: dynoxide; the middle of ten; {most})", lambda: operations.table(costs))
    told("What AWS would ask", lambda: price.table(costs))


def told(title: str, table: Callable[[], list[str]]) -> None:
    sys.stdout.write("\n".join(["", title, *table(), ""]))


if __name__ == "__main__":
    main()
