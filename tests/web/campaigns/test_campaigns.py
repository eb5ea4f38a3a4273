"""Campaigns: groups by rules with their numbers, a mailing that becomes an automation to be approved, and its end."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer, Membership
from relance.lib import clock
from relance.outbox.models import Message
from relance.plan.models import Automation, CustomerGroup, Sketch
from tests.builders import a_customer, a_dealer, a_message, a_user, a_vehicle, an_automation
from tests.web.test_programmes import text_of

pytestmark = pytest.mark.django_db
HERE = "/d/north/campaigns/"
OPEN = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
MAZDAS = {
    "name": "Mazda owners",
    "subject": "customer",
    "rule-0-0-field": "vehicle.make",
    "rule-0-0-operator": "is",
    "rule-0-0-value": "Mazda",
}


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer(opening_hours=OPEN, accessories={"HITCH": "Trailer hitch", "RACK": "Roof rack"})
    client.force_login(a_user(dealer))
    for make in ("Mazda", "Mazda", "Kia"):
        a_vehicle(a_customer(dealer), make=make)
    return dealer


def a_group(client: Client, dealer: Dealer, **fields: Any) -> CustomerGroup:
    assert client.post(f"{HERE}groups/0/save/", {**MAZDAS, **fields}).status_code == 302
    return CustomerGroup.objects.of(dealer).get(name=fields.get("name", "Mazda owners"))


def wish(**fields: Any) -> dict[str, Any]:
    at = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT10:00")
    return {"name": "Open house", "to": "everybody", "at": at, "days": "3", **fields}


def test_a_group_stands_in_the_list_with_its_rules_and_its_number(client: Client, dealer: Dealer) -> None:
    a_group(client, dealer)
    page = client.get(HERE).content.decode()
    assert "Mazda owners" in page and "<b>2</b> match now" in page
    assert AuditEntry.objects.of(dealer).filter(act="campaign", what="Mazda owners").exists()


def test_the_number_follows_what_is_typed_and_nothing_is_kept(client: Client, dealer: Dealer) -> None:
    fields = {**MAZDAS, "rule-0-0-value": "Kia"}
    told = client.post(f"{HERE}groups/0/matching/", fields, headers={"HX-Request": "true"}).content.decode()
    assert "<b>1</b> match now" in told
    assert not CustomerGroup.objects.of(dealer).exists()


def test_a_condition_more_keeps_what_was_typed(client: Client, dealer: Dealer) -> None:
    form = client.post(f"{HERE}groups/0/shape/", {**MAZDAS, "do": "add"}, headers={"HX-Request": "true"})
    assert 'value="Mazda"' in form.content.decode() and 'name="rule-1-0-field"' in form.content.decode()


def test_a_rule_that_cannot_be_read_is_marked_and_not_saved(client: Client, dealer: Dealer) -> None:
    fields = {**MAZDAS, "rule-0-0-field": "vehicle.year", "rule-0-0-operator": "equals", "rule-0-0-value": "new"}
    answer = client.post(f"{HERE}groups/0/save/", fields)
    assert answer.status_code == 422 and 'value="new"' in answer.content.decode()
    assert not CustomerGroup.objects.of(dealer).exists()


def test_a_group_gets_another_name_but_not_that_of_another(client: Client, dealer: Dealer) -> None:
    group, other = a_group(client, dealer), a_group(client, dealer, name="Kias")
    at = f"{HERE}groups/{group.pk}/save/"
    assert client.post(at, {**MAZDAS, "name": other.name}).status_code == 422
    assert client.post(at, {**MAZDAS, "name": "All Mazdas"}).status_code == 302
    assert set(CustomerGroup.objects.of(dealer).values_list("pk", "name")) == {
        (group.pk, "All Mazdas"),
        (other.pk, "Kias"),
    }


def test_a_group_is_removed(client: Client, dealer: Dealer) -> None:
    group = a_group(client, dealer)
    client.post(f"{HERE}groups/{group.pk}/remove/")
    assert not CustomerGroup.objects.of(dealer).exists()


def test_a_group_of_another_dealer_is_nobody_s(client: Client, dealer: Dealer) -> None:
    foreign = CustomerGroup.objects.create(
        dealer=a_dealer("south"), name="Theirs", subject="customer", updated_at=clock.now()
    )
    assert client.get(f"{HERE}groups/{foreign.pk}/").status_code == 404
    assert client.post(f"{HERE}write/", wish(to=f"group-{foreign.pk}")).status_code == 422


def test_a_mailing_becomes_a_sketch_that_waits_for_approval_day_by_day(client: Client, dealer: Dealer) -> None:
    group = a_group(client, dealer)
    answer = client.post(f"{HERE}write/", wish(to=f"group-{group.pk}"))
    sketch = Sketch.objects.of(dealer).get()
    assert answer["Location"] == f"/d/north/automations/{sketch.key}/"
    assert sketch.entry["schedule"]["split_days"] == 3 and sketch.entry["status"] == "approval"
    assert sketch.entry["audience"] == group.audience
    assert sketch.entry["name"] == "Open house"
    assert list(sketch.entry["wording"]["sms"]) == ["en"]  # the dealer's languages, not all that the library speaks
    assert client.get(answer["Location"]).status_code == 200
    assert "Open house" in client.get(HERE).content.decode()


@pytest.mark.parametrize(("to", "operator"), [("with-RACK", "is_present"), ("without-RACK", "is_absent")])
def test_an_accessory_is_promoted_to_those_with_or_without_it(
    client: Client, dealer: Dealer, to: str, operator: str
) -> None:
    client.post(f"{HERE}write/", wish(to=to))
    entry = Sketch.objects.of(dealer).get().entry
    assert entry["code"].startswith("V09_") and entry["subject"] == "vehicle"
    assert entry["audience"] == [
        {"category": "vehicle", "attribute": "accessory", "operator": operator, "value": "RACK"}
    ]


@pytest.mark.parametrize("fields", [{"days": "0"}, {"days": "many"}, {"at": "2020-01-01T10:00"}, {"to": "with-MARS"}])
def test_a_wish_that_cannot_be_is_said_and_makes_nothing(
    client: Client, dealer: Dealer, fields: dict[str, str]
) -> None:
    answer = client.post(f"{HERE}write/", wish(**fields))
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert not Sketch.objects.of(dealer).exists()


def test_what_it_would_reach_is_said_with_its_days(client: Client, dealer: Dealer) -> None:
    told = text_of(client, f"{HERE}reach/?{urlencode(wish(days='2'))}")
    assert "3 match now" in told and "about 2 a day" in told


def test_a_canceled_mailing_sends_nothing_more(client: Client, dealer: Dealer) -> None:
    at = (clock.now() + timedelta(days=3)).isoformat()
    row = an_automation(dealer, "V07_1", name="Open house", schedule={"kind": "once", "at": at, "split_days": 2})
    a_message(a_customer(dealer), row, state="approval")
    assert "0 of 2 days done" in text_of(client, HERE)
    client.post(f"{HERE}mailings/V07_1/cancel/")
    assert Automation.objects.of(dealer).get(code="V07_1").status == "off"
    assert Message.objects.of(dealer).get().state == "canceled"
    assert "switched off" in client.get(HERE).content.decode()


def test_only_a_mailing_is_canceled_here(client: Client, dealer: Dealer) -> None:
    an_automation(dealer, "DAILY")
    assert client.post(f"{HERE}mailings/DAILY/cancel/").status_code == 404


def test_who_may_not_change_automations_looks_and_changes_nothing(client: Client, dealer: Dealer) -> None:
    Membership.objects.of(dealer).update(role="read_only")
    page = client.get(HERE)
    assert page.status_code == 200 and "New mailing" not in page.content.decode()
    assert client.post(f"{HERE}write/", wish()).status_code == 403
