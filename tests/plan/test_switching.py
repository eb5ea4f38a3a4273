"""Before an automation is switched on: what is against it, and who would hear the same from two of them."""

from datetime import timedelta

import pytest

from relance.intake.models import ImportRun
from relance.lib.errors import BadInput
from relance.plan.apply import definition_of
from relance.plan.models import Automation
from relance.plan.switching.switch import may_switch_on, switch
from relance.plan.switching.themes import overlap, rivals
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, an_appointment, an_automation

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REALTIME = {"schedule": {"kind": "realtime"}, "needs": {"appointment": 60}}


def feeds(dealer, every, number=10):
    for i in range(number):
        at = A_DAY - i * every
        files = [{"file": "appointments.csv", "stopped": False}]
        ImportRun.objects.create(dealer=dealer, feed="feed", started_at=at, finished_at=at, files=files)


def reasons(dealer, **definition):
    return may_switch_on(dealer, definition_of(an_automation(dealer, status="off", **definition)), at=A_DAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("every", "number", "says"),
    [
        (HOUR, 10, []),
        (DAY, 10, ["appointments.csv comes every 24 hours, this needs it every 60 minutes"]),
        (DAY, 1, ["appointments.csv does not come regularly yet, this needs it every 60 minutes"]),
        (HOUR / 2, 10, []),
    ],
)
def test_what_needs_fresh_facts_cannot_go_on_where_the_feed_comes_once_a_day(every, number, says):
    dealer = a_dealer(guards={"stale": True})
    feeds(dealer, every, number)
    assert reasons(dealer, **REALTIME) == says


@pytest.mark.django_db
def test_a_nightly_entry_goes_on_with_a_nightly_feed_and_before_the_first():
    dealer = a_dealer(guards={"stale": True})
    assert reasons(dealer, needs={"appointment": 1560}) == []
    feeds(dealer, DAY)
    assert reasons(dealer, code="SECOND", needs={"appointment": 1560}) == []


@pytest.mark.django_db
def test_without_the_guard_the_rhythm_does_not_matter():
    assert reasons(a_dealer(), **REALTIME) == []


@pytest.mark.django_db
def test_in_quebec_nothing_goes_on_without_french():
    (says,) = reasons(a_dealer(region="QC"))
    assert "no French wording" in says


@pytest.mark.django_db
def test_the_reasons_stop_the_switch_and_off_is_always_allowed():
    dealer = a_dealer(region="QC")
    row = an_automation(dealer, status="off")
    with pytest.raises(BadInput, match=r"SR180 cannot be switched on: .*French"):
        switch(dealer, row, "on", by="Kim", at=A_DAY)
    assert switch(dealer, row, "off", by="Kim", at=A_DAY).status == "off"


@pytest.mark.django_db
def test_switching_on_counts_from_now_and_is_a_version():
    dealer = a_dealer()
    row = an_automation(dealer, status="off")
    on = switch(dealer, row, "approval", by="Kim", at=A_DAY)
    assert (on.status, on.live_from, on.version) == ("approval", A_DAY, 2)
    assert Automation.objects.of(dealer).get().definition["status"] == "approval"


def closed(days):
    return {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": days}


@pytest.mark.django_db
def test_two_of_a_theme_show_whom_both_would_speak_to():
    dealer = a_dealer()
    a_repair_order(a_customer(dealer, name="Both Ways"), A_DAY - 2 * DAY)
    a_repair_order(a_customer(dealer, name="Too Long Ago"), A_DAY - 4 * DAY)
    a_repair_order(a_customer(dealer, name="Later Than Thirty Days"), A_DAY + 60 * DAY)
    one = an_automation(dealer, "ONE", theme="thanks", audience=[closed(3)])
    other = an_automation(dealer, "OTHER", theme="thanks", audience=[closed(5)], status="off")
    an_automation(dealer, "ELSE", theme="welcome")
    assert rivals(dealer, definition_of(other)) == [one]
    both = overlap(dealer, definition_of(one), definition_of(other), at=A_DAY)
    assert (both.count, both.names(dealer)) == (1, ["Both Ways"])


@pytest.mark.django_db
def test_a_real_time_entry_is_looked_at_by_the_day():
    dealer = a_dealer()
    an_appointment(a_customer(dealer, name="Coming Soon"), A_DAY + 3 * DAY)
    an_appointment(a_customer(dealer, name="Canceled"), A_DAY + 3 * DAY, status="canceled")
    when = {"category": "appointment", "operator": "at_least_minutes_ago", "value": 120, "attribute": "time"}
    booked = {"category": "appointment", "attribute": "status", "operator": "is", "value": "booked"}
    after = {"category": "appointment", "attribute": "date", "operator": "exactly_days_ago", "value": 1}
    one = an_automation(dealer, "MISSED", subject="appointment", audience=[when, booked], schedule={"kind": "realtime"})
    other = an_automation(dealer, "NOSHOW", subject="appointment", audience=[after])
    both = overlap(dealer, definition_of(one), definition_of(other), at=A_DAY)
    assert both.names(dealer) == ["Coming Soon"]


@pytest.mark.django_db
def test_a_theme_of_ones_own_has_no_rivals():
    dealer = a_dealer()
    an_automation(dealer, "ONE")
    assert rivals(dealer, definition_of(an_automation(dealer, "OTHER"))) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("needs", "says"),
    [({"apointment": 60}, "unknown record 'apointment', did you mean 'appointment'"), ({"sale": 0}, "at least 1")],
)
def test_what_is_needed_must_be_a_record_that_feeds_bring(needs, says):
    row = an_automation(a_dealer(), needs=needs)
    with pytest.raises(BadInput, match=says):
        definition_of(row)
