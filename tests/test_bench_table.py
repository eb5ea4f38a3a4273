"""The table of the benchmarks says what was measured, with no more digits than it knows."""

import pytest

from bench.table import Row, figure, machine, table


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.01234, "s", "12.3 ms"), (2.5, "s", "2.5 s"), (12345.6, "/s", "12,300 /s"), (287.4, "MB", "287 MB")],
)
def test_figures_are_short(value, unit, text):
    assert figure(value, unit) == text


@pytest.mark.parametrize(
    ("ours", "unit", "bound", "ratio"),
    [(3.0, "s", 1.5, "2.0 ×"), (5000, "/s", 20000, "4.0 ×"), (3.0, "s", None, "")],
)
def test_the_ratio_is_how_often_the_bound_fits(ours, unit, bound, ratio):
    assert Row("work", "size", ours, unit, bound).ratio() == ratio


def test_the_table_has_a_line_per_row():
    assert len(table([Row("a", "1", 1.0, "s"), Row("b", "1", 1.0, "s")]).splitlines()) == 4


def test_the_machine_is_described_without_its_name():
    assert "cores" in machine()
