"""The builder: everything typed is kept, what is wrong stands beside it, saving makes it true or says why not."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from relance.dealers.models import Dealer
from relance.plan.models import Automation, Sketch
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, a_user, a_vehicle, an_automation
from tests.web.test_programmes import text_of

pytestmark = pytest.mark.django_db
HERE = "/d/north/automations/"
SIX = {
    "name": "Six months",
    "code": "six",
    "programme": "service_reminder",
    "kind": "general",
    "purpose": "marketing",
    "subject": "repair_order",
    "scope": "customer",
    "status": "off",
    "recipients": ["customer"],
    "channels": ["email", "sms"],
    "place-email": "2",
    "place-sms": "1",
    "words-sms": "1",
    "words-sms-en-body": "Hello { customer.first_name | there }, time for service?",
    "words-email": "1",
    "words-email-en-subject": "Time for service",
    "words-email-en-body": "Hello.\r\nTime for service?",
    "rule-0-0-field": "repair_order_closed.last_time",
    "rule-0-0-operator": "days_ago_between",
    "rule-0-0-value": "174",
    "rule-0-0-value2": "180",
    "when-kind": "weekly",
    "when-at": "11:00",
    "when-days": ["tue"],
    "when-closed_day": "next_open_day",
    "repeat": "once",
    "assign": "reference",
}


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    return dealer


@pytest.fixture
def sketch(client: Client, dealer: Dealer) -> str:
    """The address of a new automation."""
    return str(client.post(f"{HERE}new/")["Location"])


def typed(**fields: Any) -> dict[str, Any]:
    return {**SIX, **fields}


def test_what_was_written_becomes_the_automation(client: Client, dealer: Dealer, sketch: str) -> None:
    answer = client.post(f"{sketch}save/", typed(), follow=True)
    assert "Saved." in answer.content.decode()
    saved = Automation.objects.of(dealer).get(code="SIX").definition
    assert saved["audience"] == [
        {
            "category": "repair_order_closed",
            "attribute": "last_time",
            "operator": "days_ago_between",
            "value": [174, 180],
        }
    ]
    assert saved["schedule"] == {"kind": "weekly", "days": ["tue"], "at": "11:00", "closed_day": "next_open_day"}
    assert saved["channels"] == ["sms", "email"]
    assert saved["wording"]["email"]["en"] == {"subject": "Time for service", "body": "Hello.\nTime for service?"}
    assert not Sketch.objects.of(dealer).exists()


def test_a_half_written_sketch_is_kept_word_for_word(client: Client, dealer: Dealer, sketch: str) -> None:
    fields = typed(**{"rule-0-0-value": "soon", "words-sms-en-body": "Hello { customer.frist_name }"})
    beside = client.post(f"{sketch}keep/", fields, headers={"HX-Request": "true"}).content.decode()
    assert "customer.first_name" in beside
    page = client.get(sketch).content.decode()
    assert 'value="soon"' in page and "{ customer.frist_name }" in page


def test_a_sketch_that_cannot_be_saved_says_why_and_loses_nothing(client: Client, dealer: Dealer, sketch: str) -> None:
    answer = client.post(f"{sketch}save/", typed(**{"rule-0-0-value": "200"}))
    page = answer.content.decode()
    assert answer.status_code == 422 and "Not saved." in page and 'value="200"' in page
    assert not Automation.objects.of(dealer).exists()


def test_nothing_that_is_on_is_saved_with_a_place_still_to_be_filled_in(
    client: Client, dealer: Dealer, sketch: str
) -> None:
    fields = typed(status="on", **{"words-sms-en-body": "Hello, come on [day]."})
    assert "still to be filled in" in client.post(f"{sketch}save/", fields).content.decode()


def test_a_fault_of_a_wording_is_named_as_the_form_names_its_place(client: Client, sketch: str) -> None:
    fields = typed(**{"words-sms-en-body": "Come to [town]"})
    beside = client.post(f"{sketch}keep/", fields, headers={"HX-Request": "true"}).content.decode()
    assert "Text message, English: [town] is still to be filled in" in beside


def test_how_many_match_stands_beside_with_their_names_and_their_message(
    client: Client, dealer: Dealer, sketch: str
) -> None:
    customer = a_customer(dealer, first_name="Zoé", name="Zoé Roy")
    with_car = a_vehicle(customer, make="Mazda", model="3", year=2020)
    a_repair_order(customer, A_DAY - timedelta(days=2), vehicle=with_car)
    fields = typed(**{"rule-0-0-operator": "at_least_days_ago", "rule-0-0-value": "1"})
    beside = client.post(f"{sketch}keep/", fields, headers={"HX-Request": "true"}).content.decode()
    assert "<b>1</b> match now" in beside and "2020 Mazda 3" in beside
    assert "Hello Zoé, time for service?" in beside and "Reply STOP" not in beside


def test_a_condition_more_is_added_beside_what_was_typed(client: Client, dealer: Dealer, sketch: str) -> None:
    fields = typed(do="add", path="vehicle.make", **{"words-sms-en-body": "Only typed"})
    form = client.post(f"{sketch}shape/", fields, headers={"HX-Request": "true"}).content.decode()
    assert 'name="rule-1-0-field"' in form and "Only typed" in form


def test_another_kind_of_timing_shows_its_own_fields(client: Client, dealer: Dealer, sketch: str) -> None:
    form = client.post(f"{sketch}shape/", typed(**{"when-kind": "realtime"}), headers={"HX-Request": "true"})
    assert "while you are open" in form.content.decode() and 'name="when-at"' not in form.content.decode()


def test_a_sketch_belongs_to_who_writes_it(client: Client, dealer: Dealer, sketch: str) -> None:
    client.force_login(a_user(dealer, email="other@dealer.example"))
    assert client.get(sketch).status_code == 404


def test_who_saves_second_is_told_and_overwrites_nothing(client: Client, dealer: Dealer, sketch: str) -> None:
    client.post(f"{sketch}save/", typed())
    client.post(f"{HERE}SIX/keep/", typed(name="Mine"))
    other = Client()
    other.force_login(a_user(dealer, email="other@dealer.example"))
    other.post(f"{HERE}SIX/save/", typed(name="Theirs"))
    page = client.post(f"{HERE}SIX/save/", typed(name="Mine")).content.decode()
    assert "someone saved this automation after you started" in page and 'value="Mine"' in page
    assert Automation.objects.of(dealer).get().name == "Theirs"


def test_a_thrown_away_sketch_leaves_the_automation_as_it_was(client: Client, dealer: Dealer) -> None:
    an_automation(dealer, "J_CSI")
    client.post(f"{HERE}J_CSI/keep/", typed(code="J_CSI", name="Other"))
    assert "Kept as a draft" in text_of(client, f"{HERE}J_CSI/")
    client.post(f"{HERE}J_CSI/discard/", typed())
    assert "Service reminder" in text_of(client, f"{HERE}J_CSI/") and not Sketch.objects.of(dealer).exists()


def test_two_automations_never_share_a_code(client: Client, dealer: Dealer, sketch: str) -> None:
    an_automation(dealer, "SIX")
    assert "is taken by another automation" in client.post(f"{sketch}save/", typed()).content.decode()


def test_words_of_other_systems_find_the_condition(client: Client, dealer: Dealer, sketch: str) -> None:
    assert "odometer today" in client.get(f"{sketch}find/?words=mileage").content.decode()
    assert "There is nothing by that name" in client.get(f"{sketch}find/?words=weather").content.decode()


def test_a_picker_offers_the_dealer_s_own_values(client: Client, dealer: Dealer) -> None:
    customer = a_customer(dealer)
    for make in ("Mazda", "Mazda", "Kia"):
        a_vehicle(customer, make=make)
    page = client.get(f"{HERE}values/?of=vehicle.make&rule-0-0-value=").content.decode()
    assert re.findall(r'value="(\w+)">(\d+)', page) == [("Mazda", "2"), ("Kia", "1")]
    assert "Kia" not in client.get(f"{HERE}values/?of=vehicle.make&rule-0-0-value=maz").content.decode()


def test_a_reader_sees_the_automation_and_may_not_touch_it(client: Client, dealer: Dealer) -> None:
    an_automation(dealer, "J_CSI")
    client.force_login(a_user(dealer, email="reader@dealer.example", role="read_only"))
    assert '<fieldset id="fields" class="fields" disabled' in client.get(f"{HERE}J_CSI/").content.decode()
    assert client.post(f"{HERE}J_CSI/save/", typed()).status_code == 403


def test_the_days_ahead_say_who_is_gained_and_lost(client: Client, dealer: Dealer) -> None:
    an_automation(dealer, "J_CSI", purpose="service")
    a_customer(dealer)
    client.post(f"{HERE}J_CSI/keep/", typed(code="J_CSI", status="on"))
    text = text_of(client, f"{HERE}J_CSI/ahead/")
    assert "0 messages would leave." in text and "−1 lost" in text


def test_the_page_comes_before_who_matches_is_counted(client: Client, dealer: Dealer) -> None:
    an_automation(dealer)
    page = client.get(f"{HERE}SR180/").content.decode()
    assert "match now" not in page and f'hx-get="{HERE}SR180/beside/" hx-trigger="load"' in page
    assert "match now" in client.get(f"{HERE}SR180/beside/", headers={"HX-Request": "true"}).content.decode()
    assert "match now" in client.get(f"{HERE}SR180/?full=1").content.decode()


def test_what_is_blank_in_many_texts_is_one_line(client: Client, sketch: str) -> None:
    fields = typed(**{"words-sms-en-body": "[a] [b]", "words-email-en-subject": "[c]", "words-email-en-body": "[d]"})
    beside = client.post(f"{sketch}keep/", fields, headers={"HX-Request": "true"}).content.decode()
    assert beside.count("[square brackets]: Text message (English); E-mail (English)") == 1
    assert "still to be filled in" not in beside
