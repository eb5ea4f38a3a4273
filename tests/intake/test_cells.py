"""The text of a cell as the value of its column's type."""

from zoneinfo import ZoneInfo

import pytest

from relance.intake.cells import BadCell, reader_of
from relance.intake.records import Column

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
