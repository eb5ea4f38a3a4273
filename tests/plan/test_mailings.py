"""A mailing to a group reaches everybody in it once, spread over open days, whatever changes meanwhile."""

from collections import Counter
from datetime import timedelta

import pytest

from relance.facts.models import Customer
from relance.jobs.stages import messages_of, plan
from relance.lib.errors import BadInput
from relance.lib.moments import day_of
from relance.lib.schema import read
from relance.outbox.forecast import forecast
from relance.plan.apply import apply_definitions
from relance.plan.due import part_of
from relance.plan.models import Automation
from relance.plan.schedule import Schedule
from relance.plan.switching.groups import group_of, mailing, members, save_group
from tests.builders import A_DAY, a_customer, a_dealer, an_automation

DAY = timedelta(days=1)
OPEN = {day: ["08:00", "18:00"] for day in ("mon", "tue", "thu", "fri")}
IN_TORONTO = [{"category": "customer", "attribute": "city", "operator": "is", "value": "toronto"}]


@pytest.fixture
def dealer(db):
    return a_dealer(opening_hours=OPEN)


def applied(dealer, days, audience=IN_TORONTO):
    """A mailing of Monday at ten, switched on the day before."""
    group = save_group(dealer, "Town", audience, at=A_DAY)
    entry = an_automation(dealer, "MAILING", status="off").definition | {"status": "on"}
    definition = mailing(group, entry, at=A_DAY, days=days)
    apply_definitions(dealer, [definition], at=A_DAY - DAY, by="test")


def heard(dealer, days=6):
    """Who hears on which day."""
    found = []
    for number in range(days):
        at = A_DAY + number * DAY + timedelta(minutes=1)
        found += [(m.customer.ref, day_of(m.run_at, dealer.zone).day) for m in messages_of(dealer, plan(dealer, at=at))]
    return found


def people(dealer, number=40):
    for i in range(number):
        a_customer(dealer, ref=f"C{i}", city="Toronto")


def test_everybody_hears_once_over_the_open_days(dealer):
    people(dealer)
    a_customer(dealer, ref="elsewhere", city="Laval")
    applied(dealer, 3)
    found = heard(dealer)
    assert Counter(ref for ref, _ in found) == {f"C{i}": 1 for i in range(40)}
    assert {day for _, day in found} == {4, 5, 7}  # Wednesday is closed
    assert all(day == {0: 4, 1: 5, 2: 7}[part_of("MAILING", ref, 3)] for ref, day in found)


def test_a_persons_day_stays_while_facts_change(dealer):
    people(dealer, 20)
    applied(dealer, 2)
    plan(dealer, at=A_DAY)
    Customer.objects.of(dealer).filter(ref__in=["C1", "C2", "C3"]).update(last_name="New", city_folded="laval")
    people_after = [ref for ref, _ in heard(dealer)]
    expected = [f"C{i}" for i in range(20) if part_of("MAILING", f"C{i}", 2) == 1 and i not in (1, 2, 3)]
    assert sorted(people_after) == sorted(expected)


def test_who_comes_to_the_group_after_his_day_hears_on_the_next(dealer):
    applied(dealer, 2)
    plan(dealer, at=A_DAY)
    people(dealer, 10)
    assert Counter(heard(dealer)) == {(f"C{i}", 5): 1 for i in range(10)}


def test_a_day_that_was_missed_is_made_up_on_the_next(dealer):
    people(dealer, 12)
    applied(dealer, 2)
    Automation.objects.of(dealer).update(live_from=A_DAY)
    planned = plan(dealer, at=A_DAY + DAY + timedelta(hours=1), since=A_DAY - DAY)
    assert len(planned.missed) == 1
    assert len(messages_of(dealer, planned)) == 12


def test_without_days_everybody_hears_at_once(dealer):
    people(dealer, 3)
    applied(dealer, 1)
    assert sorted(heard(dealer)) == [("C0", 4), ("C1", 4), ("C2", 4)]


def test_a_group_is_kept_under_its_name_and_counted(dealer):
    people(dealer, 3)
    group = save_group(dealer, "Town", IN_TORONTO, at=A_DAY)
    assert members(group, at=A_DAY) == 3
    assert save_group(dealer, "Town", [], at=A_DAY).pk == group.pk
    assert group_of(dealer, "Town").audience == []
    for wrong in (("", []), ("Town", [{"category": "custmer", "attribute": "city", "operator": "exists"}])):
        with pytest.raises(BadInput):
            save_group(dealer, *wrong, at=A_DAY)
    with pytest.raises(BadInput, match="unknown group 'Twn', did you mean 'Town'"):
        group_of(dealer, "Twn")


def test_only_a_mailing_can_be_split():
    with pytest.raises(BadInput, match="a daily schedule has no 'split_days'"):
        read(Schedule, {"kind": "daily", "at": "10:00", "split_days": 2}, "schedule")


def test_a_forecast_shows_the_parts_on_their_days_and_nobody_twice(dealer):
    people(dealer)
    applied(dealer, 3)
    monday = A_DAY.date()
    seen = forecast(dealer, first=monday, last=monday + 6 * DAY, at=A_DAY - timedelta(hours=1))
    days = {day.day: cell.ready for (_, day), cell in seen.cells.items()}
    assert sum(days.values()) == 40
    assert set(days) == {4, 5, 7}
