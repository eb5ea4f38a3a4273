"""Once a night, by each dealer's own clock, what falls due by time alone is recalculated; a missing feed is said."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from relance.jobs import schedule
from relance.plan.models import PlanMark
from tests.builders import A_DAY, a_dealer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = datetime(2026, 5, 5, 7, tzinfo=UTC)  # three o'clock in Toronto


@pytest.fixture
def done(monkeypatch):
    """The dealers whose night's work was done, in order."""
    found = []
    monkeypatch.setattr(schedule, "recompute", lambda dealer: found.append(dealer.slug))
    return found


def with_mark(slug, **words):
    dealer = a_dealer(slug, **words)
    PlanMark.objects.create(dealer=dealer, nightly_on=A_DAY.date())
    return dealer


@pytest.mark.django_db
def test_the_nights_work_is_done_once_from_three_o_clock(done):
    with_mark("north")
    for at in (NIGHT - timedelta(seconds=1), NIGHT, NIGHT + HOUR, NIGHT + 20 * HOUR):
        schedule.nightly(at)
    assert done == ["north"]
    schedule.nightly(NIGHT + DAY)
    assert done == ["north", "north"]


@pytest.mark.django_db
def test_each_dealer_has_his_own_night(done):
    with_mark("north")
    with_mark("tallinn", timezone="Europe/Tallinn", country="EE")
    schedule.nightly(datetime(2026, 5, 5, 0, tzinfo=UTC))
    assert done == ["tallinn"]
    schedule.nightly(NIGHT)
    assert done == ["tallinn", "north"]


@pytest.mark.django_db
def test_what_a_killed_process_left_half_written_is_gone_the_next_night(done, tmp_path, settings):
    settings.HOME = tmp_path
    with_mark("north")
    folder = tmp_path / "sent" / "north" / "2026-05-04"
    folder.mkdir(parents=True)
    for name, hours in ((".J_CSI-postcard-1-1.pdf.0a1b2c3d.part", 9), (".new.pdf.0a1b2c3d.part", 0), ("whole.pdf", 9)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, times=((NIGHT - hours * HOUR).timestamp(),) * 2)
    schedule.nightly(NIGHT)
    assert sorted(path.name for path in folder.iterdir()) == [".new.pdf.0a1b2c3d.part", "whole.pdf"]
