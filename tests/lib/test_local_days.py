"""The quick way from a moment to its day says what the slow way says, also on days on which clocks change."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from relance.lib.moments import EPOCH, LocalDays, day_of

ZONES = ["America/Toronto", "America/St_Johns", "Europe/Tallinn", "Pacific/Apia", "Australia/Lord_Howe", "UTC"]
CHANGES = [1_772_953_200, 1_793_512_800, 1_325_203_200]  # Toronto in spring and autumn; Apia skips a whole day


@given(zone=st.sampled_from(ZONES), second=st.integers(-3_000_000_000, 7_000_000_000))
@example(zone="Pacific/Apia", second=CHANGES[2])
def test_the_day_is_the_same(zone, second):
    place = ZoneInfo(zone)
    assert LocalDays(place)(second) == (day_of(EPOCH + timedelta(seconds=second), place) - EPOCH.date()).days


@given(zone=st.sampled_from(ZONES), change=st.sampled_from(CHANGES), off=st.integers(-100_000, 100_000))
def test_the_day_is_the_same_around_a_change(zone, change, off):
    place, days = ZoneInfo(zone), LocalDays(ZoneInfo(zone))
    for second in (change + off, change + off + 1, change + off - 1):
        assert days(second) == (day_of(EPOCH + timedelta(seconds=second), place) - EPOCH.date()).days
