"""The text of a cell as the value of its column's type."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from relance.intake.cells import BadCell, reader_of
from relance.intake.records import Column

TORONTO = ZoneInfo("America/Toronto")
READ = [
    ("date", "2026-05-04", date(2026, 5, 4)),
    ("moment", "2026-05-04T10:00:00", datetime(2026, 5, 4, 14, tzinfo=UTC)),
    ("moment", "2026-05-04 10:00", datetime(2026, 5, 4, 14, tzinfo=UTC)),
    ("moment", "2026-05-04", datetime(2026, 5, 4, 4, tzinfo=UTC)),
    ("moment", "2026-05-04T10:00:00+02:00", datetime(2026, 5, 4, 8, tzinfo=UTC)),
    ("moment", "2026-05-04T10:00:00Z", datetime(2026, 5, 4, 10, tzinfo=UTC)),
    ("moment", "2026-03-08T02:30", datetime(2026, 3, 8, 7, tzinfo=UTC)),  # skipped: the first moment after
    ("moment", "2026-11-01T01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # twice: the first
    ("money", "10.5", Decimal("10.50")),
    ("money", "-3", Decimal("-3.00")),
    ("distance", "12345.67", Decimal("12345.7")),
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
    read = reader_of(Column("x", kind), TORONTO)
    assert read(text) == value
    assert read(text) == value  # also the second time, when it is remembered


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_a_cell_that_is_not_of_its_type_is_named(kind, text):
    with pytest.raises(BadCell, match=r"^x '"):
        reader_of(Column("x", kind), TORONTO)(text)
