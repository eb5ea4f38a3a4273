"""Once a night, by each dealer's own clock, what falls due by time alone is recalculated; a missing feed is said."""

from datetime import UTC, datetime, timedelta

import pytest

from relance.intake.models import ImportRun
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
@pytest.mark.parametrize(("hours", "said"), [(25, 0), (26.5, 1), (27.5, 0)])
def test_a_feed_that_did_not_come_is_said_once(caplog, hours, said):
    dealer = a_dealer()
    for days in (0, 1, 2):
        at = A_DAY - days * DAY
        ImportRun.objects.create(dealer=dealer, feed="feed", started_at=at, finished_at=at, files=[])
    schedule.look_for_feeds(A_DAY + hours * HOUR)
    assert caplog.text.count("the feed is overdue") == said
