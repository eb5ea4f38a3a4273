"""A share has a span, a difference of shares too, also for a handful of people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.measures.results.share import Share, difference


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_s_span_is_that_of_newcombe_1998_table_1(hits, total, low, high):
    assert Share(hits, total).span == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((0, 10), (0, 20), -0.1611, 0.2775)],
)
def test_a_difference_s_span_is_that_of_newcombe_1998_method_10(one, other, low, high):
    found = difference(Share(*one), Share(*other))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.0001)


def test_nobody_has_no_share_and_no_difference():
    assert Share(0, 0).value is None
    assert difference(Share(1, 2), Share(0, 0)) is None


def test_a_difference_is_certain_when_its_span_leaves_out_nought():
    far, near = difference(Share(56, 70), Share(48, 80)), difference(Share(5, 10), Share(4, 10))
    assert [found.is_certain for found in (far, near) if found] == [True, False]


@given(st.integers(1, 500), st.integers(0, 500))
def test_the_share_lies_in_its_span(total, hits):
    share = Share(min(hits, total), total)
    low, high = share.span
    assert 0 <= low <= share.hits / total + 1e-9
    assert share.hits / total - 1e-9 <= high <= 1
