"""Closed-day notices and holiday greetings of the library, from the calendar to the outbox."""

from datetime import UTC, datetime, timedelta

import pytest

from relance.jobs.stages import messages_of, plan
from relance.plan.apply import apply_definitions
from relance.plan.shipped import definition_of
from tests.builders import A_DAY, a_customer, a_dealer, a_sale, an_appointment

DAY = timedelta(days=1)
WEEKDAYS = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def switched_on(dealer, code, **parameters):
    definition = definition_of(code, status="on", **parameters)
    apply_definitions(dealer, [definition | {"live_from": "2026-01-01"}], at=A_DAY, by="test")


def heard(dealer, first, days):
    """(customer, local day, state) of everything that some days of planning make."""
    found = []
    plan(dealer, at=first, since=first - timedelta(minutes=1))
    for number in range(1, days + 1):
        for m in messages_of(dealer, plan(dealer, at=first + number * DAY)):
            found.append((m.customer.ref, f"{m.run_at.astimezone(dealer.zone):%m-%d %H:%M}", m.state))
    return found


@pytest.mark.django_db
def test_a_closed_day_is_announced_to_those_whom_it_concerns():
    dealer = a_dealer(
        opening_hours=WEEKDAYS, closed_days={"public_holidays": "all", "own": ["2026-05-14"]}, region="ON"
    )
    an_appointment(a_customer(dealer, ref="near"), "2026-05-15T09:00")
    an_appointment(a_customer(dealer, ref="far"), "2026-06-30T09:00")
    a_customer(dealer, ref="nobody")
    switched_on(dealer, "P04", days=2)
    assert heard(dealer, datetime(2026, 5, 10, 16, tzinfo=UTC), 6) == [("near", "05-12 10:00", "ready")]


@pytest.mark.django_db
def test_a_public_holiday_is_announced_too_and_a_weekend_is_not():
    dealer = a_dealer(opening_hours=WEEKDAYS, closed_days={"public_holidays": "all"}, region="ON")
    an_appointment(a_customer(dealer, ref="near"), "2026-05-19T09:00")  # Victoria Day is Monday the 18th
    switched_on(dealer, "P04", days=2)
    assert heard(dealer, datetime(2026, 5, 12, 16, tzinfo=UTC), 7) == [("near", "05-16 10:00", "ready")]


@pytest.mark.django_db
def test_holiday_greetings_go_once_a_year_on_an_open_day():
    dealer = a_dealer(opening_hours=WEEKDAYS)
    a_sale(a_customer(dealer, ref="bought"), "2024-03-01")
    a_customer(dealer, ref="looked")
    switched_on(dealer, "L_HOLIDAY", days=12)  # the 13th of December 2026 is a Sunday
    assert heard(dealer, datetime(2026, 12, 10, 16, tzinfo=UTC), 20) == [("bought", "12-14 10:00", "ready")]
    found = heard(dealer, datetime(2027, 12, 10, 16, tzinfo=UTC), 6)
    assert found == [("bought", "12-13 10:00", "ready")]
