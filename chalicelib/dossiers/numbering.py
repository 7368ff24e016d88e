"""The dossier code (mã hồ sơ): agency, date of receipt, ordinal of the day. Unique across processes; never reused."""

from datetime import date

from chalicelib.dossiers.items import CounterItem


def next_code(agency: str, day: date) -> str:
    """Draws the next number of the agency's day from an atomic counter (NĐ 61/2018 Art 26).

    Four digits, wider after 9,999. A filing that fails after drawing leaves a gap; a number is never given twice.
    """
    key = f"{day:%y%m%d}"
    counter = CounterItem(f"N#{agency}#{key}", "COUNTER")
    counter.update(actions=[CounterItem.kind.set(CounterItem), CounterItem.value.add(1)])
    return f"{agency}-{key}-{int(counter.value):04d}"
