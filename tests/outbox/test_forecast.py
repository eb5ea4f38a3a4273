"""The forecast says what planning then makes, day after day, when nothing new happens."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count

from relance.facts.models import Customer
from relance.jobs.stages import plan
from relance.lib.moments import day_of
from relance.outbox.forecast import Cell, forecast, forecast_of, people
from relance.outbox.models import HoldBack, Message
from relance.plan.models import Automation, Occurrence, Run
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_repair_order,
    a_row,
    a_sale,
    a_vehicle,
    an_appointment,
    an_automation,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NIGHT = datetime(2026, 5, 4, 4, 30, tzinfo=UTC)  # Monday, half an hour after midnight
TODAY = date(2026, 5, 4)
EMAIL = {"en": {"subject": "Hello", "body": "Hello {customer.first_name}."}}
BOTH: dict[str, Any] = {"channels": ["sms", "email"], "wording": {"sms": EMAIL, "email": EMAIL}}


def rule(category, attribute, operator, value=None):
    words = {"category": category, "attribute": attribute, "operator": operator, "value": value}
    return {key: word for key, word in words.items() if word is not None}


SERIES = {"first": 5, "every": 3, "before": 60}
TOWN: list[dict[str, Any]] = [
    {
        "code": "CSI",
        "subject": "repair_order",
        "schedule": {"kind": "daily", "at": "10:00", "closed_day": "next_open_day"},
        "audience": [rule("repair_order_closed", "last_time", "exactly_days_ago", 7)],
        **BOTH,
    },
    {
        "code": "SERIES",
        "schedule": {"kind": "weekly", "days": ["tue", "fri"], "at": "09:00"},
        "repeat": "each_time",
        "audience": [rule("repair_order_closed", "last_time", "days_ago_in_series", SERIES)],
        **BOTH,
    },
    {
        "code": "TWICE",
        "purpose": "marketing",
        "repeat": {"days": 3},
        "audience": [rule("repair_order_closed", "last_time", "at_least_days_ago", 12)],
    },
    {
        "code": "ANNIV",
        "subject": "sale",
        "purpose": "marketing",
        "repeat": "yearly",
        "schedule": {"kind": "daily", "at": "22:30"},
        "audience": [rule("sale", "delivered_on", "anniversary")],
        **BOTH,
    },
    {
        "code": "WARRANTY",
        "subject": "vehicle",
        "purpose": "marketing",
        "audience": [
            rule("vehicle", "warranty_end_on", "in_at_most_days", 3),
            rule("appointment", "next_one", "does_not_exist"),
        ],
        **BOTH,
    },
    {
        "code": "REMIND",
        "subject": "appointment",
        "kind": "appointment_reminder",
        "schedule": {"kind": "daily", "at": "21:30"},
        "audience": [rule("appointment", "date", "in_exactly_days", 1)],
    },
    {"code": "LETTER", "status": "approval", "schedule": {"kind": "monthly", "day": 15, "at": "10:00"}},
]


def a_town(dealer):
    """Thirty people with something of everything, and half a dozen automations."""
    for number in range(30):
        mobile = {} if number % 3 else {"mobile": None, "mobile_usable": None}
        person = a_customer(dealer, ref=f"C{number:02}", do_not_mail=number % 11 == 5, **mobile)
        vehicle = a_vehicle(person, warranty_end_on=TODAY + number * DAY)
        a_repair_order(person, A_DAY - (number + 2) * DAY, vehicle=vehicle)
        a_sale(person, date(2020 + number % 5, 5, 1 + number), vehicle=vehicle)
        if number % 4 == 0:
            an_appointment(person, A_DAY + (number // 2 + 1) * DAY, vehicle=vehicle)
    for definition in TOWN:
        an_automation(dealer, **definition)


def a_week_dealer(**settings):
    hours = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    return a_dealer(opening_hours=hours, frequency_cap={"messages": 1, "days": 2}, **settings)


def seen(found):
    """(code, day, channel) → number of a forecast's cells."""
    codes = {row.pk: row.code for row in Automation.objects.across_dealers("test")}
    counted = {}
    for (automation, day), cell in found.cells.items():
        if cell.refused:
            counted[codes[automation], day, None] = cell.refused
        counted |= {(codes[automation], day, channel): number for channel, number in cell.channels.items()}
        assert cell.ready == sum(cell.channels.values())
    return counted


def made(dealer):
    counted: Counter[tuple[str, date, str | None]] = Counter()
    rows = Message.objects.of(dealer).select_related("automation")
    for message in rows:
        day = day_of(message.send_at or message.run_at, dealer.zone)
        key = (message.automation.code, day, message.channel if message.reason is None else None)
        counted[key] += 1
    return counted


def test_the_numbers_are_those_that_planning_then_makes_day_by_day():
    dealer = a_week_dealer()
    a_town(dealer)
    plan(dealer, at=NIGHT, since=NIGHT)
    last = TODAY + 20 * DAY

    foreseen = seen(forecast(dealer, first=TODAY, last=last, at=NIGHT))
    for number in range(21 * 4 + 1):
        plan(dealer, at=NIGHT + number * timedelta(hours=6))

    came = {key: number for key, number in made(dealer).items() if key[1] <= last}
    assert foreseen == came
    assert len({code for code, _, _ in came}) == 7
    assert Message.objects.of(dealer).aggregate(n=Count("pk"))["n"] > 100


def test_what_was_stored_and_what_is_ahead_add_up_in_the_middle_of_a_day():
    dealer = a_week_dealer()
    a_town(dealer)
    plan(dealer, at=NIGHT, since=NIGHT)
    whole = seen(forecast(dealer, first=TODAY, last=TODAY + 7 * DAY, at=NIGHT))
    noon = NIGHT + timedelta(hours=12)
    for at in (NIGHT + timedelta(hours=6), noon):
        plan(dealer, at=at)
    assert seen(forecast(dealer, first=TODAY, last=TODAY + 7 * DAY, at=noon)) == whole


def test_the_numbers_of_some_customers_are_their_people():
    """In the middle of a day: some of it is stored, the rest ahead."""
    dealer = a_week_dealer()
    a_town(dealer)
    for hours in (0, 6, 12):
        plan(dealer, at=(noon := NIGHT + timedelta(hours=hours)), since=NIGHT)
    some = Customer.objects.of(dealer).filter(ref__in=[f"C{number:02}" for number in range(0, 30, 4)])
    period: dict[str, Any] = {"first": TODAY, "last": TODAY + 9 * DAY, "at": noon}
    own, everybody = forecast_of(dealer, some, **period).cells, forecast(dealer, **period).cells
    theirs = set(some.values_list("pk", flat=True))
    for automation, day in everybody:
        found = people(dealer, automation=Automation.objects.of(dealer).get(pk=automation), day=day, at=noon)
        mine = [person for person in found if person.customer_id in theirs]
        cell = own.get((automation, day), Cell())
        assert cell.ready + cell.refused == len(mine)
    assert 0 < sum(cell.ready for cell in own.values()) < sum(cell.ready for cell in everybody.values())


def test_looking_ahead_writes_nothing():
    dealer = a_week_dealer()
    a_town(dealer)
    forecast(dealer, first=TODAY, last=TODAY + 20 * DAY, at=NIGHT)
    for table in (Message, Run, Occurrence):
        assert not table.objects.of(dealer).exists()


def test_the_people_of_a_cell_are_its_number():
    dealer = a_week_dealer()
    a_town(dealer)
    plan(dealer, at=NIGHT, since=NIGHT)
    found = forecast(dealer, first=TODAY, last=TODAY + 6 * DAY, at=NIGHT)
    for (automation, day), cell in found.cells.items():
        row = Automation.objects.of(dealer).get(pk=automation)
        persons = people(dealer, automation=row, day=day, at=NIGHT)
        assert len([p for p in persons if p.status in ("ready", "approval")]) == cell.ready
        assert len([p for p in persons if p.status == "refused"]) == cell.refused


def test_a_person_is_shown_with_the_words_and_the_reason():
    dealer = a_dealer()
    a_vehicle(a_customer(dealer, ref="C1", name="Ann Lee"), ref="V1", year=2022, make="Mazda", model="CX-5")
    a_vehicle(a_customer(dealer, ref="C2", do_not_mail=True), ref="V2")
    row = an_automation(dealer, subject="vehicle")
    ready, refused = people(dealer, automation=row, day=TODAY, at=NIGHT)
    assert (ready.customer_ref, ready.name, ready.vehicle) == ("C1", "Ann Lee", "2022 Mazda CX-5")
    assert (ready.status, ready.channel, ready.body, ready.send_at) == ("ready", "sms", "Hello Ann.", A_DAY)
    assert (refused.status, refused.reason, refused.body, refused.message_key) == ("refused", "do_not_mail", None, None)


def test_stored_people_come_with_the_key_of_their_message():
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer, status="off"))
    (person,) = people(dealer, automation=Automation.objects.of(dealer).get(), day=TODAY, at=A_DAY + DAY)
    assert (person.message_key, person.status, person.body) == (message.key, "ready", "Hello Ann.")


def test_once_is_once_within_the_forecast_too():
    dealer = a_dealer()
    a_customer(dealer)
    row = an_automation(dealer)
    cells = forecast(dealer, first=TODAY, last=TODAY + 9 * DAY, at=NIGHT).cells
    assert {day: cell.ready for (_, day), cell in cells.items() if cell.ready} == {TODAY: 1}
    assert {automation for automation, _ in cells} == {row.pk}


def test_who_was_spoken_to_is_not_foreseen():
    dealer = a_dealer()
    a_customer(dealer)
    an_automation(dealer)
    plan(dealer, at=A_DAY, since=NIGHT)
    assert seen(forecast(dealer, first=TODAY + DAY, last=TODAY + 9 * DAY, at=A_DAY)) == {}


def test_who_is_held_back_once_is_foreseen_as_refused_on_that_day():
    dealer = a_dealer()
    customer = a_customer(dealer)
    automation = an_automation(dealer, repeat="each_time")
    a_row(HoldBack, dealer, automation=automation, customer=customer, reference_on=TODAY + DAY, at=NIGHT, by="K")
    found = seen(forecast(dealer, first=TODAY, last=TODAY + 2 * DAY, at=NIGHT))
    assert found == {
        ("SR180", TODAY, "sms"): 1,
        ("SR180", TODAY + DAY, None): 1,
        ("SR180", TODAY + 2 * DAY, "sms"): 1,
    }


def test_a_run_that_a_closed_day_moved_is_marked():
    dealer = a_week_dealer()
    a_repair_order(a_customer(dealer), "2026-05-01T12:00")
    closed = rule("repair_order_closed", "last_time", "exactly_days_ago", 1)
    row = an_automation(
        dealer, audience=[closed], schedule={"kind": "daily", "at": "10:00", "closed_day": "next_open_day"}
    )
    saturday = datetime(2026, 5, 2, 4, 30, tzinfo=UTC)
    cell = forecast(dealer, first=TODAY, last=TODAY, at=saturday).cells[row.pk, TODAY]
    assert (cell.ready, cell.moved, cell.certain) == (1, True, True)


def test_what_is_switched_off_or_paused_is_not_foreseen():
    dealer = a_dealer()
    a_customer(dealer)
    an_automation(dealer, "OFF", status="off")
    Automation.objects.of(dealer).filter(pk=an_automation(dealer, "PAUSED").pk).update(paused="broken")
    assert seen(forecast(dealer, first=TODAY, last=TODAY + DAY, at=NIGHT)) == {}


def test_realtime_is_an_expectation_from_the_same_weekday_and_uncertain():
    dealer = a_dealer()
    customer = a_customer(dealer)
    row = an_automation(dealer, schedule={"kind": "realtime"})
    for week in range(8):
        for _ in range(2):
            a_message(customer, row, at=A_DAY - timedelta(weeks=week, hours=1), state="sent")
    cells = forecast(dealer, first=TODAY, last=TODAY + 7 * DAY, at=A_DAY).cells
    assert cells[row.pk, TODAY].channels == {"sms": 2}
    assert cells[row.pk, TODAY].certain
    assert cells[row.pk, TODAY + 7 * DAY] == Cell(ready=2, refused=0, channels={"sms": 2}, certain=False)
    assert cells[row.pk, TODAY + DAY] == Cell(certain=False)


def test_the_past_is_what_was_stored():
    dealer = a_dealer()
    customer, row = a_customer(dealer), an_automation(dealer, status="off")
    a_message(customer, row, state="delivered")
    a_message(customer, row, state="canceled")
    a_message(customer, row, state="refused", reason="do_not_mail", channel=None, send_at=None)
    found = seen(forecast(dealer, first=TODAY, last=TODAY, at=A_DAY + 30 * DAY))
    assert found == {("SR180", TODAY, "sms"): 1, ("SR180", TODAY, None): 1}
