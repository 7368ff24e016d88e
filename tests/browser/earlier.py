"""A dossier filed, paid for and accepted some weeks ago, put into a running local stack: prints its id and code.

    python -m tests.browser.earlier DATA DAYS

Time is an argument of every action: these are the same that the service itself calls, only called with another moment.
"""

import hashlib
import json
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from ops.local import keys, run
from ops.local.provider import PEOPLE
from tests.browser.people import BINH, COPY


def filed(days: int) -> tuple[str, str]:
    import app  # noqa: F401 - pynamodb's one connection knows the indexes of the items imported before it opens
    from chalicelib.access import Caller
    from chalicelib.catalogue import actions as catalogue
    from chalicelib.clock.now import now
    from chalicelib.dossiers import actions, desk_actions
    from chalicelib.dossiers.act import Act
    from chalicelib.dossiers.asked import Draft
    from chalicelib.payments import actions as payments

    at: datetime = (now() - timedelta(days=days)).replace(hour=9, minute=0)
    key = hashlib.sha256(f"{keys.ISSUER}|binh".encode()).hexdigest()[:32]
    binh = Caller(kind="citizen", subject="binh", key=key, name=BINH["full_name"])
    an = PEOPLE["an"]
    clerk = Caller("officer", "an", "an", frozenset({an.role}), an.facts["agency"], an.name)
    form = catalogue.procedure(COPY, at.date()).form["examples"][0]
    asked = {"procedure": COPY, "agency": clerk.agency, "applicant": BINH, "form": form}
    wished = Draft.model_validate_json(json.dumps(asked | {"delivery": {"channel": "online"}}))
    draft = actions.begin(wished, Act(binh, at))
    dossier = actions.submit(draft.id, Act(binh, at))
    payments.counter_payment(draft.id, dossier.fee_due, draft.id, clerk, at, None, "cash")
    return draft.id, desk_actions.accept(draft.id, Act(clerk, at + timedelta(hours=1))).code


if __name__ == "__main__":
    run.join(Path(sys.argv[1]))
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    print(*filed(int(sys.argv[2])))
