"""The people behind a cell of the forecast come back as they went in, and take little room."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relance.outbox.outlook.crowd import Crowd, Foreseen

RUNS: list[Any] = [SimpleNamespace(number=number) for number in range(3)]
DAY = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PEOPLE = st.builds(
    Foreseen,
    st.sampled_from(RUNS),
    st.integers(1, 2**40),
    st.sampled_from(["customer", "staff:KIM"]),
    st.just(DAY),
    st.sampled_from(["sms", "email", None]),
    st.sampled_from([None, "no_channel"]),
    st.sampled_from([None, "sms: no_address"]),
    st.sampled_from([NOON, None]),
)


@given(st.lists(PEOPLE))
def test_who_goes_in_comes_out_in_the_same_order(people):
    crowd = Crowd()
    for seen in people:
        crowd.append(seen)
    assert [*crowd] == people
    assert len(crowd) == len(people)


def test_a_fate_that_thousands_share_is_kept_once():
    crowd = Crowd()
    for number in range(1_000):
        crowd.append(Foreseen(RUNS[0], number, "customer", DAY, "sms", None, None, NOON))
    assert len(crowd._fates) == 1
