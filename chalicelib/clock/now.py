"""The present moment, in the zone of the law. The only module that may ask for it."""

from datetime import datetime

from chalicelib.clock.rules import ZONE


def now() -> datetime:
    """This instant to the millisecond, with offset +07:00."""
    here = datetime.now(ZONE)
    return here.replace(microsecond=here.microsecond // 1000 * 1000)
