"""Which version follows which: numbers and first days never go back."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue.publication import next_version
from chalicelib.catalogue.rules import Procedure
from tests.catalogue.samples import a_procedure


@given(st.lists(st.tuples(st.integers(0, 2), st.dates(date(2025, 1, 1), date(2027, 1, 1))), min_size=1, max_size=8))
def test_versions_are_numbered_in_the_order_in_which_they_come_into_force(told: list[tuple[int, date]]) -> None:
    published: list[Procedure] = []
    for visits, on in told:
        following = next_version(a_procedure(visits=visits), published[-1] if published else None, on)
        published += [following] if following else []
    keys = [procedure.key for procedure in published]
    assert keys == sorted(set(keys))
    assert [procedure.version for procedure in published] == list(range(1, len(published) + 1))
