"""The text of a cell as the value of its column's type."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from relance.intake.cells import BadCell, reader_of
from relance.intake.records import Column
from relance.lib.moments import EPOCH

TORONTO = ZoneInfo("America/Toronto")
READ = [
    ("date", "2026-05-04", "2026-05-04"),
    ("moment", "2026-05-04T10:00:00", "2026-05-04 14:00:00"),
    ("moment", "2026-05-04 10:00", "2026-05-04 14:00:00"),
    ("moment", "2026-05-04", "2026-05-04 04:00:00"),
    ("moment", "2026-05-04T10:00:00+02:00", "2026-05-04 08:00:00"),
    ("moment", "2026-05-04T10:00:00Z", "2026-05-04 10:00:00"),
    ("moment", "2026-03-08T02:30", "2026-03-08 07:00:00"),  # skipped: the first moment after
    ("moment", "2026-11-01T01:30", "2026-11-01 05:30:00"),  # twice: the first
    ("moment", "9999-12-31T23:59:59", "9999-12-30 00:00:00"),  # "for ever": as far as every zone has days
    ("moment", "9999-12-31T23:59:59-08:00", "9999-12-30 00:00:00"),
    ("moment", "0001-01-01T00:00+14:00", "0001-01-02 00:00:00"),
    ("money", "10.5", "10.50"),
    ("money", "-3", "-3.00"),
    ("distance", "12345.67", "12345.7"),
    ("year", "2021", 2021),
    ("year", "2021.0", 2021),
    ("flag", "YES", True),
    ("flag", "0", False),
]
BAD = [
    ("date", "20260504"), ("date", "2026-W01-1"), ("date", "2026-13-01"), ("moment", "tomorrow"),
    ("moment", "2026-05-04T25:00"), ("money", "1,000.00"), ("money", "1e5"), ("money", "NaN"), ("money", "9" * 20),
    ("distance", "-1"), ("year", "21"), ("year", "²021"), ("flag", "maybe"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_a_cell_is_read(kind, text, value):
    reader = reader_of(Column("x", kind), TORONTO)
    assert reader.read_all([text, "", text]) == [value, None, value]
    assert reader.read_all([text]) == [value]  # also the second time, when it is remembered


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_a_cell_that_is_not_of_its_type_is_named(kind, text):
    with pytest.raises(BadCell, match=r"^x '"):
        reader_of(Column("x", kind), TORONTO).read_all([text])


def test_a_bad_cell_is_told_in_its_place_and_the_others_are_read():
    good, bad, empty = reader_of(Column("x", "year"), TORONTO).read_each(["2021", "21", ""])
    assert (good, empty) == (2021, None)
    assert isinstance(bad, BadCell)


@given(text=st.from_regex(r"[0-9]{1,11}(\.[0-9]{0,3})?", fullmatch=True), kind=st.sampled_from(["money", "distance"]))
def test_an_amount_has_always_the_same_digits_after_its_point(text, kind):
    step = Decimal("0.01" if kind == "money" else "0.1")
    expected = Decimal(text).quantize(step, ROUND_HALF_UP)
    assume(expected < 10**10)
    assert reader_of(Column("x", kind), TORONTO).read_all([text]) == [str(expected)]


@given(
    zone=st.sampled_from(["America/Toronto", "Pacific/Apia", "Europe/Tallinn", "Australia/Lord_Howe", "UTC"]),
    begin=st.integers(10_000_000, 36_000_000),  # minutes since 1970
    hours=st.lists(st.integers(0, 72), min_size=2, max_size=6),
)
@example(zone="Pacific/Apia", begin=22_085_820, hours=[0, 24, 48, 1, 49])
@example(zone="America/Toronto", begin=29_547_510, hours=[0, 24, 48, 72])
def test_a_moment_is_the_same_whatever_was_read_before_it(zone, begin, hours):
    texts = [f"{EPOCH + timedelta(minutes=begin, hours=each):%Y-%m-%dT%H:%M:%S}" for each in hours]
    place, column = ZoneInfo(zone), Column("x", "moment")
    together = reader_of(column, place)
    assert [together.read(text) for text in [*texts, *texts]] == [reader_of(column, place).read(t) for t in texts] * 2
