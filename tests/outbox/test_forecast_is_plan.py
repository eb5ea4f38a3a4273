"""Whatever the dealer, his people and his library: the forecast names the same people and fates as planning."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from relance.facts.models import Suppression
from relance.jobs.stages import plan
from relance.lib.moments import day_of
from relance.outbox.forecast import KEPT, forecast
from relance.outbox.hold_back import hold_from_everything
from relance.outbox.models import HoldBack, Message, Task
from relance.plan.apply import apply_definitions
from relance.plan.shipped import definition_of, entries
from tests.builders import (
    a_customer,
    a_dealer,
    a_repair_order,
    a_row,
    a_sale,
    a_staff_member,
    a_vehicle,
    an_appointment,
    consent,
    deferred_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.process]
NIGHT = datetime(2026, 5, 4, 4, 30, tzinfo=UTC)  # half an hour after midnight in Toronto
TODAY = date(2026, 5, 4)
DAY = timedelta(days=1)
DAYS = 8
HOURS = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def a_sample_dealer(dice: random.Random):
    """A dealer whose every setting that the gate reads is thrown."""
    settings: dict[str, Any] = {
        "consent_regime": dice.choice(["casl", "tcpa", "gdpr", "none"]),
        "frequency_cap": dice.choice(["none", {"messages": 1, "days": 1}, {"messages": 2, "days": 5}]),
        "guards": dice.choice(["off", {"ceiling": True, "blast": False, "stale": False}]),
        "region": dice.choice(["QC", "ON"]),
        "channels": {"sms": dice.random() < 0.8, "postcard": dice.random() < 0.7},
        "website": "https://dealer.example",
        "feedback": "https://dealer.example/feedback",
        "review_links": ["https://dealer.example/review"],
        "opening_hours": HOURS,
    }
    dealer = a_dealer(language=dice.choice(["en", "fr"]), **settings)
    for number, role in enumerate(("advisor", "salesperson", "service_manager")):
        a_staff_member(dealer, f"S{number}", roles=(role,), language=dice.choice(["en", "fr", "et", None]))
    return dealer


def a_sample_person(dice: random.Random, dealer, number: int):
    """Somebody with a history on thrown days, and with something against him, or nothing."""

    def moment(first, last):
        return NIGHT + timedelta(days=dice.randint(first, last), hours=10)

    values = {
        "do_not_mail": dice.random() < 0.08,
        "status": dice.choice(["active"] * 9 + ["moved"]),
        "language": dice.choice(["en", "fr", "es", None]),
        "preferred_channel": dice.choice(["email", "sms", "postcard", None]),
        "first_name": dice.choice(["Ann", "Zoé", None]),
        "salesperson": dice.choice(["S1", None]),
        "kind": dice.choice(["customer", "prospect"]),
        "address": dice.choice(["1 Main St", None]),
        "city": "Laval",
        "mobile_zones": dice.choice(["America/Toronto", "America/Vancouver America/Toronto", None]),
        "mobile_usable": dice.random() < 0.8,
        "email_usable": dice.random() < 0.8,
    }
    person = a_customer(dealer, ref=f"C{number:02}", **values)
    for vehicle in [a_vehicle(person, **a_car(dice)) for _ in range(dice.randint(1, 2))]:
        for _ in range(dice.randint(0, 2)):
            order = a_repair_order(person, moment(-200, -1), vehicle=vehicle, advisor=dice.choice(["S0", None]))
            if dice.random() < 0.4:
                deferred_work(order, amount=120)
        if dice.random() < 0.5:
            an_appointment(person, moment(-5, 14), vehicle=vehicle, advisor=dice.choice(["S0", None]))
        if dice.random() < 0.5:
            sold = TODAY - dice.choice([1, 2, 30, 365, 700, 730]) * DAY
            term = TODAY + timedelta(days=dice.randint(20, 200))
            a_sale(person, sold, vehicle=vehicle, ordered_at=NIGHT - timedelta(days=800), term_end_on=term)
    a_will_of_his_own(dice, person)
    return person


def a_car(dice: random.Random):
    return {
        "status": dice.choice(["active"] * 9 + ["sold"]),
        "next_service_on": TODAY + timedelta(days=dice.randint(-60, 40)),
        "warranty_end_on": TODAY + timedelta(days=dice.choice([30, 60, 90, 91, 93, 180])),
    }


def a_will_of_his_own(dice: random.Random, person):
    if dice.random() < 0.5:
        status = dice.choice(["granted", "granted", "implied", "withdrawn"])
        channel, by = dice.choice(["any", "sms", "email"]), dice.choice(["person", "feed"])
        ends = NIGHT + timedelta(days=dice.randint(-1, 9)) if status != "withdrawn" else None
        at = NIGHT - timedelta(days=dice.randint(1, 200))
        consent(person, status, channel=channel, by=by, at=at, expires_at=ends)
    if dice.random() < 0.15:
        made = {"kind": "complaint", "ref": f"test {person.pk}", "due_at": NIGHT, "created_at": NIGHT}
        a_row(Task, person.dealer, customer=person, **made)
    if dice.random() < 0.1:
        address = {"channel": "email", "address": person.email, "reason": "bounce", "at": NIGHT}
        a_row(Suppression, person.dealer, **address)


def hold_some_back(dice: random.Random, dealer, people, automations):
    for person in dice.sample(people, 4):
        day = dice.choice([None, TODAY + DAY])
        made = {"automation": dice.choice(automations), "customer": person, "reference_on": day}
        a_row(HoldBack, dealer, at=NIGHT, by="Kim", **made)
    for person in dice.sample(people, 3):
        until = dice.choice([None, TODAY + dice.randint(0, 4) * DAY])
        hold_from_everything(dealer, person, until=until, why="away", by="Kim", at=NIGHT)


def the_library(dealer, dice: random.Random):
    """Every entry of the library that a calendar runs, on; some with a control group."""
    found = [definition_of(entry.code, language=dealer.language, status="on") for entry in entries()]
    timed = [entry for entry in found if entry["schedule"]["kind"] != "realtime"]
    for entry in timed:
        entry |= {"live_from": "2020-01-01", "holdout_percent": dice.choice([0, 0, 30])}
    apply_definitions(dealer, timed, at=NIGHT, by="test")


@pytest.mark.parametrize("seed", range(3))
def test_the_forecast_is_what_planning_then_does(seed):
    dice = random.Random(seed)
    dealer = a_sample_dealer(dice)
    people = [a_sample_person(dice, dealer, number) for number in range(25)]
    the_library(dealer, dice)
    automations = list({s.run.automation.pk: s.run.automation for s in ahead(dealer)}.values())
    hold_some_back(dice, dealer, people, automations)
    plan(dealer, at=NIGHT, since=NIGHT)

    foreseen = sorted(map(fate, ahead(dealer)), key=str)
    for moment in sorted({run_at for _, run_at, *_ in foreseen}):
        plan(dealer, at=moment)
    plan(dealer, at=NIGHT + DAYS * DAY)

    came = Message.objects.of(dealer).select_related("automation")
    last = TODAY + DAYS * DAY
    made = [of_message(m) for m in came if day_of(m.send_at or m.run_at, dealer.zone) < last]
    assert foreseen == sorted(made, key=str)
    assert len(made) > 40
    assert len({fate[-2] for fate in made}) > 3  # ready, and several reasons against


def ahead(dealer):
    KEPT.forget()
    found = forecast(dealer, first=TODAY, last=TODAY + (DAYS - 1) * DAY, at=NIGHT).ahead
    return [seen for together in found.values() for seen in together]


def fate(seen):
    channel = seen.channel if seen.reason is None else None
    run = seen.run
    return (run.automation.code, run.run_at, seen.subject_id, seen.recipient, channel, seen.send_at, seen.reason,
            seen.detail)  # fmt: skip


def of_message(message):
    return (message.automation.code, message.run_at, message.subject_id, message.recipient, message.channel,
            message.send_at, message.reason, message.detail)  # fmt: skip
