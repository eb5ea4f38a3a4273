"""Forecasts are kept until something changes, and say what nobody can know."""

from datetime import UTC, date, datetime, timedelta

import pytest

from relance.dealers.models import Dealer
from relance.facts.models import Customer, Suppression
from relance.intake.models import ImportRun
from relance.outbox.forecast import KEPT, forecast, people
from relance.outbox.models import HoldBack, Task
from relance.plan.models import Automation, MovedRun, PlanMark
from tests.builders import a_customer, a_dealer, a_message, a_repair_order, a_row, an_automation, consent

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)  # a Monday, 08:00 in Toronto
FIRST, LAST = date(2026, 5, 1), date(2026, 6, 30)
VISITED = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 30}
MISSED = {"category": "appointment", "attribute": "time", "operator": "at_most_minutes_ago", "value": 10}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    KEPT.forget()
    yield
    KEPT.forget()


@pytest.fixture
def dealer() -> Dealer:
    return a_dealer()


@pytest.fixture
def ann(dealer: Dealer) -> Customer:
    customer = a_customer(dealer, first_name="Ann", mobile="+15145550123")
    a_repair_order(customer, "2026-04-10T15:00")
    return customer


def a_complaint(ann: Customer) -> Task:
    return a_row(Task, ann.dealer, kind="complaint", customer=ann, due_at=AT, created_at=AT)


def a_moved_run(row: Automation) -> MovedRun:
    day = timedelta(days=1)
    times = {"reference_at": AT, "run_at": AT, "moved_to": AT + day, "at": AT}
    return a_row(MovedRun, row.dealer, automation=row, by="Kim", **times)


def seen(dealer: Dealer, at: datetime = AT):
    return forecast(dealer, first=FIRST, last=LAST, at=at)


def test_what_has_not_changed_is_not_made_again(dealer, ann):
    an_automation(dealer, subject="repair_order", audience=[VISITED])
    assert seen(dealer) is seen(dealer)


def test_an_unchanged_forecast_takes_few_questions(dealer, ann, django_assert_max_num_queries):
    an_automation(dealer, subject="repair_order", audience=[VISITED])
    seen(dealer)
    with django_assert_max_num_queries(4):
        seen(dealer)


@pytest.mark.parametrize(
    "change",
    [
        lambda ann, row: consent(ann, "withdrawn", by="person"),
        lambda ann, row: HoldBack.objects.create(dealer=ann.dealer, automation=row, customer=ann, at=AT, by="Kim"),
        lambda ann, row: a_message(ann, row, at=AT),
        lambda ann, row: a_complaint(ann),
        lambda ann, row: a_moved_run(row),
        lambda ann, row: a_row(Suppression, ann.dealer, channel="sms", address="+15145550123", at=AT),
        lambda ann, row: a_row(ImportRun, ann.dealer, feed="feed", started_at=AT),
        lambda ann, row: a_row(PlanMark, ann.dealer, planned_until=AT),
        lambda ann, row: a_repair_order(ann, "2026-05-01T09:00"),
        lambda ann, row: type(row).objects.of(ann.dealer).update(status="off"),
        lambda ann, row: Dealer.objects.update(settings={**ann.dealer.settings, "quiet_hours": {}}),
    ],
    ids=[
        "consent",
        "hold-back",
        "message",
        "complaint",
        "moved run",
        "suppression",
        "import",
        "planned",
        "visit",
        "switched off",
        "settings",
    ],
)
def test_whatever_it_depends_on_makes_a_new_one(dealer, ann, change):
    row = an_automation(dealer, subject="repair_order", audience=[VISITED])
    before = seen(dealer)
    change(ann, row)
    assert seen(dealer) is not before


def test_what_is_taken_back_makes_a_new_one(dealer, ann):
    row = an_automation(dealer, subject="repair_order", audience=[VISITED])
    held = HoldBack.objects.create(dealer=dealer, automation=row, customer=ann, at=AT, by="Kim")
    complaint, moved = a_complaint(ann), a_moved_run(row)
    before = seen(dealer)
    HoldBack.objects.of(dealer).filter(pk=held.pk).update(undone_at=AT)
    without_hold = seen(dealer)
    Task.objects.of(dealer).filter(pk=complaint.pk).update(state="done")
    without_complaint = seen(dealer)
    MovedRun.objects.of(dealer).filter(pk=moved.pk).update(moved_to=AT + timedelta(days=9))
    assert len({id(each) for each in (before, without_hold, without_complaint, seen(dealer))}) == 4


def test_the_next_hour_makes_a_new_one(dealer, ann):
    an_automation(dealer, subject="repair_order", audience=[VISITED])
    assert seen(dealer) is not seen(dealer, AT + timedelta(hours=1))


def test_a_day_of_a_kept_month_is_cut_out_of_it(dealer, ann, django_assert_max_num_queries):
    row = an_automation(dealer, subject="repair_order", audience=[VISITED])
    seen(dealer)
    day = date(2026, 5, 10)
    with django_assert_max_num_queries(4):
        found = forecast(dealer, first=day, last=day, at=AT)
    assert found.cells[row.pk, day].ready == 1


def test_dealers_do_not_see_each_others_forecast(dealer, ann):
    an_automation(dealer, subject="repair_order", audience=[VISITED])
    assert seen(dealer).cells
    assert not seen(a_dealer("south")).cells


def test_people_ahead_have_their_words_though_the_forecast_keeps_none(dealer, ann):
    row = an_automation(dealer, subject="repair_order", audience=[VISITED])
    (person,) = people(dealer, automation=row, day=date(2026, 5, 10), at=AT)
    assert (person.customer_ref, person.body, person.address) == (ann.ref, "Hello Ann.", "+15145550123")


def test_a_text_with_a_gap_is_counted_as_refused(dealer):
    nameless = a_customer(dealer, first_name=None, mobile="+15145550123")
    a_repair_order(nameless, "2026-04-10T15:00")
    row = an_automation(dealer, subject="repair_order", audience=[VISITED])
    (person,) = people(dealer, automation=row, day=date(2026, 5, 10), at=AT)
    assert (person.reason, person.detail) == ("text_incomplete", "customer.first_name")
    assert seen(dealer).cells[row.pk, date(2026, 5, 10)].refused == 1


def test_everybody_who_is_always_due_is_counted_once(dealer, ann):
    row = an_automation(dealer, audience=[{"category": "customer", "attribute": "name", "operator": "is_known"}])
    cells = [cell for (pk, _), cell in seen(dealer).cells.items() if pk == row.pk]
    assert sum(cell.ready for cell in cells) == 1


def test_without_a_week_of_history_nothing_is_known_of_real_time(dealer, ann):
    row = an_automation(dealer, subject="appointment", schedule={"kind": "realtime"}, audience=[MISSED])
    cell = seen(dealer).cells[row.pk, date(2026, 5, 11)]
    assert (cell.certain, cell.known, cell.ready) == (False, False, 0)


def test_three_weeks_of_history_are_an_average_of_three(dealer, ann):
    row = an_automation(dealer, subject="appointment", schedule={"kind": "realtime"}, audience=[MISSED])
    for monday in (13, 20, 27):
        for _ in range(2):
            a_message(ann, row, at=datetime(2026, 4, monday, 15, tzinfo=UTC), state="sent")
    cell = seen(dealer).cells[row.pk, date(2026, 5, 11)]
    assert (cell.certain, cell.known, cell.ready) == (False, True, 2)
