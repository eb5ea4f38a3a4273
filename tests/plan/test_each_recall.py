"""`repeat: each_recall`: a new recall speaks again, the same one never twice."""

from datetime import timedelta
from typing import Any

import pytest

from relance.facts.models import Recall
from relance.jobs.stages import plan
from relance.lib.errors import BadInput
from relance.outbox.forecast import forecast
from relance.outbox.models import Message
from relance.plan.definition import read_definition
from relance.plan.models import Occurrence
from relance.plan.shipped import definition_of
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, a_row, a_staff_member, a_vehicle, an_automation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
RECALL: dict[str, Any] = {
    "subject": "vehicle",
    "scope": "vehicle",
    "audience": [{"category": "vehicle", "attribute": "open_recall", "operator": "is_known"}],
    "repeat": "each_recall",
    "purpose": "service",
}


def recalled(dealer, *campaigns, **customer):
    vehicle = a_vehicle(a_customer(dealer, **customer), vin="JM1BK343851234567")
    for campaign in campaigns:
        a_row(Recall, dealer, vin=vehicle.vin, campaign=campaign)
    return vehicle


def told(dealer, *, days):
    """How many messages there are after planning up to so many days later."""
    plan(dealer, at=A_DAY + days * DAY, since=A_DAY - timedelta(hours=1))
    return Message.objects.of(dealer).count()


def test_the_same_recall_is_told_once_however_long_it_stays_open():
    dealer = a_dealer()
    an_automation(dealer, **RECALL)
    recalled(dealer, "R10")
    assert told(dealer, days=3) == 1
    assert told(dealer, days=30) == 1


def test_a_new_recall_speaks_again_and_once():
    dealer = a_dealer()
    an_automation(dealer, **RECALL)
    vehicle = recalled(dealer, "R10")
    assert told(dealer, days=3) == 1
    a_row(Recall, dealer, vin=vehicle.vin, campaign="A1")
    assert told(dealer, days=6) == 2
    assert told(dealer, days=9) == 2


def test_what_was_told_only_beside_a_repaired_recall_is_told_once():
    dealer = a_dealer()
    an_automation(dealer, **RECALL)
    vehicle = recalled(dealer, "R10", "R11")
    assert told(dealer, days=3) == 1
    a_repair_order(vehicle.customer, "2026-05-06", vehicle=vehicle, packages_folded="r11")
    assert told(dealer, days=6) == 2


def test_a_repaired_recall_does_not_speak_of_one_that_was_told_before():
    dealer = a_dealer()
    an_automation(dealer, **RECALL)
    vehicle = recalled(dealer, "R10")
    assert told(dealer, days=2) == 1
    a_row(Recall, dealer, vin=vehicle.vin, campaign="R11")
    assert told(dealer, days=4) == 2
    a_repair_order(vehicle.customer, "2026-05-06", vehicle=vehicle, packages_folded="r11")
    assert told(dealer, days=8) == 2


def test_each_recipient_hears_of_each_recall_once():
    dealer = a_dealer()
    a_staff_member(dealer, "K1", roles=("service_manager",))
    an_automation(dealer, **RECALL | {"recipients": ["customer", "service_manager"], "channels": ["sms", "staff"]})
    vehicle = recalled(dealer, "R10")
    told(dealer, days=3)
    a_row(Recall, dealer, vin=vehicle.vin, campaign="R11")
    told(dealer, days=6)
    keys = Occurrence.objects.of(dealer).values_list("recipient", "key")
    assert sorted(keys) == sorted(set(keys))
    assert len(keys) == 4


def test_the_forecast_says_what_the_plan_then_does():
    dealer = a_dealer()
    an_automation(dealer, **RECALL)
    vehicle = recalled(dealer, "R10")
    told(dealer, days=2)
    a_row(Recall, dealer, vin=vehicle.vin, campaign="R11")
    recalled_too = a_vehicle(a_customer(dealer, mobile="+15145550188"), vin="JM1BK343851234999")
    a_row(Recall, dealer, vin=recalled_too.vin, campaign="R11")
    ahead = forecast(dealer, first=A_DAY.date(), last=A_DAY.date() + 6 * DAY, at=A_DAY + 2 * DAY)
    foreseen = sum(map(len, ahead.ahead.values()))
    before = Message.objects.of(dealer).count()
    assert foreseen == told(dealer, days=6) - before == 2


def test_only_vehicles_have_recalls():
    with pytest.raises(BadInput, match="subject: vehicle"):
        read_definition({**definition_of("E05"), "subject": "customer"}, "E05")
