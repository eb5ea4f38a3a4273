"""Each draft meets the checks in the order of the contract; the first that fails is the refusal (docs/outbox.md)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from relance.facts.models import Customer, Suppression
from relance.jobs.stages import messages_of, plan
from relance.outbox.gate.too_much import CEILING
from relance.outbox.models import HoldBack, Message
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_row,
    a_sale,
    a_staff_member,
    a_vehicle,
    an_appointment,
    an_automation,
    consent,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HELLO = {"en": {"body": "Hello {customer.first_name}."}}
FOLLOW_SALE: dict[str, Any] = {"subject": "sale", "channels": ["sms"]}


@pytest.fixture
def dealer():
    return a_dealer()


def planned(dealer, at=A_DAY):
    return messages_of(dealer, plan(dealer, at=at, since=at - timedelta(minutes=1)))


def verdict(dealer, at=A_DAY):
    (message,) = planned(dealer, at)
    return (message.reason or message.channel, message.detail)


def marketing(dealer, code="SR180", **definition):
    return an_automation(dealer, code, purpose="marketing", **definition)


def test_a_customer_who_may_be_spoken_to_is(dealer):
    customer = a_customer(dealer)
    an_automation(dealer)
    (message,) = planned(dealer)
    assert (message.state, message.channel, message.address) == ("ready", "sms", customer.mobile)
    assert (message.send_at, message.language, message.body) == (A_DAY, "en", "Hello Ann.")
    assert (message.reason, message.detail, message.purpose) == (None, None, "service")


def test_reasons_come_in_the_order_of_the_contract(dealer):
    """One draft with everything against it; the reasons are taken away one after the other."""
    customer = a_customer(dealer, first_name=None, do_not_mail=True, status="moved", mobile=None, mobile_usable=None)
    vehicle = a_vehicle(customer, status="sold")
    a_sale(customer, "2026-05-01", vehicle=vehicle)
    automation = an_automation(dealer, repeat="each_time", grace_hours=1, **FOLLOW_SALE)
    held = a_row(HoldBack, dealer, automation=automation, customer=customer, at=A_DAY, by="Kim")

    def changed(table, row, **values):
        table.objects.of(dealer).filter(pk=row.pk).update(**values)

    steps = [
        ("do_not_mail", lambda: changed(Customer, customer, do_not_mail=None)),
        ("customer_gone", lambda: changed(Customer, customer, status="active")),
        ("vehicle_gone", lambda: changed(type(vehicle), vehicle, status="active")),
        ("no_channel", lambda: changed(Customer, customer, mobile="+15145550001", mobile_usable=True)),
        ("text_incomplete", lambda: changed(Customer, customer, first_name="Ann")),
        ("held_back", lambda: changed(HoldBack, held, undone_at=A_DAY)),
        (None, lambda: None),
    ]
    for number, (reason, take_away) in enumerate(steps):
        (message,) = planned(dealer, A_DAY + number * DAY)
        assert message.reason == reason
        take_away()


@pytest.mark.parametrize("status", ["moved", "deceased"])
def test_who_moved_away_or_died_hears_nothing(dealer, status):
    a_customer(dealer, status=status)
    an_automation(dealer)
    assert verdict(dealer) == ("customer_gone", None)


def test_a_vehicle_that_is_gone_is_not_spoken_of(dealer):
    customer = a_customer(dealer)
    a_sale(customer, "2026-05-01", vehicle=a_vehicle(customer, status="scrapped"))
    an_automation(dealer, **FOLLOW_SALE)
    assert verdict(dealer) == ("vehicle_gone", None)


# The waterfall.

ALL_FOUR = {channel: HELLO for channel in ("sms", "email", "postcard", "phone")}
NO_ADDRESSES = {"mobile": None, "mobile_usable": None, "email": None, "email_usable": None}


def test_the_first_usable_channel_wins(dealer):
    a_customer(dealer)
    an_automation(dealer, channels=["postcard", "email", "sms"], wording=ALL_FOUR)
    assert verdict(dealer) == ("email", None)


def test_the_customers_preferred_channel_goes_first(dealer):
    a_customer(dealer, preferred_channel="sms")
    an_automation(dealer, channels=["email", "sms"], wording=ALL_FOUR)
    assert verdict(dealer) == ("sms", None)


def test_a_preferred_channel_that_the_automation_has_not_is_no_way(dealer):
    a_customer(dealer, preferred_channel="letter")
    an_automation(dealer, channels=["email", "sms"], wording=ALL_FOUR)
    assert verdict(dealer) == ("email", None)


def test_each_channel_says_what_stood_against_it_in_the_order_tried():
    dealer = a_dealer(channels={"letter": "off"})
    customer = a_customer(dealer, mobile="5", mobile_usable=False, phone="+15145550009", phone_usable=True)
    consent(customer, "withdrawn", channel="phone")
    a_row(Suppression, dealer, channel="email", address=customer.email_folded, reason="bounced", at=A_DAY)
    wording = ALL_FOUR | {"letter": HELLO}
    del wording["postcard"]
    an_automation(dealer, channels=["letter", "postcard", "sms", "email", "phone"], wording=wording)
    tried = "letter: channel_off; postcard: no_wording; sms: bad_address; email: suppressed; phone: opted_out"
    assert verdict(dealer) == ("no_channel", tried)


def test_without_an_address_there_is_no_channel(dealer):
    a_customer(dealer, **NO_ADDRESSES)
    an_automation(dealer, channels=["sms", "email", "postcard", "phone"], wording=ALL_FOUR)
    tried = "; ".join(f"{channel}: no_address" for channel in ("sms", "email", "postcard", "phone"))
    assert verdict(dealer) == ("no_channel", tried)


def test_marketing_needs_consent_where_the_law_asks_for_it_and_post_does_not():
    dealer = a_dealer(consent_regime="casl")
    a_customer(dealer, address="1 Main St", city="Laval")
    marketing(dealer, channels=["sms", "email"], wording=ALL_FOUR)
    marketing(dealer, "POST", channels=["sms", "postcard"], wording=ALL_FOUR)
    post, plain = planned(dealer)
    assert (post.channel, post.reason) == ("postcard", None)
    assert (plain.reason, plain.detail) == ("no_channel", "sms: no_consent; email: no_consent")


def test_a_survey_counts_as_marketing_under_gdpr_only():
    for regime, country, expected in (("gdpr", "EE", "no_channel"), ("casl", "CA", "sms")):
        dealer = a_dealer(regime, consent_regime=regime, country=country)
        a_customer(dealer, kind="visitor")
        an_automation(dealer, programme="satisfaction")
        assert verdict(dealer)[0] == expected


# Languages.

TWO = {"sms": {"en": {"body": "Hello."}, "fr": {"body": "Bonjour."}}}


@pytest.mark.parametrize(
    ("settings", "language", "spoken"),
    [
        ({}, "fr", "fr"),
        ({}, None, "en"),
        ({}, "de", "en"),
        ({}, "es", "en"),
        ({"language": "fr"}, None, "fr"),
        ({"region": "QC"}, None, "fr"),
        ({"region": "QC"}, "en", "en"),
        ({"region": "ON"}, None, "en"),
        ({"region": "QC", "country": "US"}, None, "en"),
    ],
)
def test_the_customers_language_else_the_dealers_and_in_quebec_french(settings, language, spoken):
    dealer = a_dealer(**settings)
    a_customer(dealer, language=language)
    an_automation(dealer, wording=TWO)
    assert planned(dealer)[0].language == spoken


def test_a_channel_written_in_neither_language_is_passed_over(dealer):
    a_customer(dealer, language="fr")
    french = {"fr": {"subject": "Bonjour", "body": "Bonjour."}}
    an_automation(dealer, channels=["sms", "email"], wording={"sms": {"es": {"body": "Hola."}}, "email": french})
    assert verdict(dealer) == ("email", None)


def test_an_empty_field_without_a_fallback_stops_the_message_and_names_the_field(dealer):
    a_customer(dealer, first_name=None)
    an_automation(dealer)
    assert verdict(dealer) == ("text_incomplete", "customer.first_name")


# Held back.


@pytest.mark.parametrize(
    ("day", "undone", "reason"),
    [
        (None, None, "held_back"),
        (date(2026, 5, 4), None, "held_back"),
        (date(2026, 5, 5), None, None),
        (None, A_DAY, None),
    ],
)
def test_a_person_is_held_back_once_or_for_ever_until_it_is_undone(dealer, day, undone, reason):
    customer = a_customer(dealer)
    automation = an_automation(dealer)
    a_row(
        HoldBack, dealer, automation=automation, customer=customer, reference_on=day, at=A_DAY, by="K", undone_at=undone
    )
    assert planned(dealer)[0].reason == reason


def test_a_hold_back_is_of_one_automation(dealer):
    customer = a_customer(dealer)
    an_automation(dealer)
    a_row(HoldBack, dealer, automation=an_automation(dealer, "ZZ"), customer=customer, at=A_DAY, by="K")
    assert [(m.automation.code, m.reason) for m in planned(dealer)] == [("SR180", None), ("ZZ", "held_back")]


# Cap and ceiling.


@pytest.mark.parametrize(
    ("days_ago", "purpose", "state", "reason"),
    [
        (0, "marketing", "ready", "frequency_cap"),
        (6, "marketing", "sent", "frequency_cap"),
        (6, "marketing", "approval", "frequency_cap"),
        (7, "marketing", "sent", None),
        (6, "service", "sent", None),
        (6, "marketing", "refused", None),
        (6, "marketing", "canceled", None),
        (6, "marketing", "failed", None),
    ],
)
def test_the_cap_counts_marketing_on_the_days_that_end_with_the_sending_day(days_ago, purpose, state, reason):
    dealer = a_dealer(frequency_cap={"messages": 1, "days": 7})
    customer = a_customer(dealer)
    earlier = an_automation(dealer, "EARLIER", purpose=purpose, status="off")
    midnight = datetime(2026, 5, 4, 4, tzinfo=UTC)  # in Toronto
    a_message(customer, earlier, at=midnight - days_ago * DAY, state=state)
    marketing(dealer)
    assert planned(dealer)[0].reason == reason


def test_service_is_never_capped():
    dealer = a_dealer(frequency_cap={"messages": 1, "days": 7})
    a_message(a_customer(dealer), marketing(dealer, "EARLIER", status="off"))
    an_automation(dealer)
    assert planned(dealer)[0].reason is None


def test_within_one_plan_the_second_marketing_message_is_capped():
    dealer = a_dealer(frequency_cap={"messages": 2, "days": 1})
    a_customer(dealer)
    for code in ("A", "B", "C", "D"):
        marketing(dealer, code)
    assert [m.reason for m in planned(dealer)] == [None, None, "frequency_cap", "frequency_cap"]


def test_nobody_hears_more_than_six_times_in_a_day_whatever_the_purpose():
    dealer = a_dealer(guards={"ceiling": True})
    customer = a_customer(dealer)
    for code in [f"A{n}" for n in range(8)]:
        an_automation(dealer, code)
    assert [m.reason for m in planned(dealer)] == [None] * CEILING + ["person_ceiling"] * 2
    assert Message.objects.of(dealer).filter(customer=customer, state="ready").count() == CEILING


def test_the_ceiling_comes_before_the_cap():
    dealer = a_dealer(guards={"ceiling": True}, frequency_cap={"messages": 1, "days": 1})
    customer, earlier = a_customer(dealer), marketing(dealer, "EARLIER", status="off")
    for _ in range(CEILING):
        a_message(customer, earlier)
    marketing(dealer)
    assert planned(dealer)[0].reason == "person_ceiling"


# Control group.


def test_the_control_group_hears_nothing_and_stays_the_same(dealer):
    for number in range(60):
        a_customer(dealer, ref=f"H{number}")
    an_automation(dealer, holdout_percent=50, repeat="each_time", grace_hours=1)
    first = {m.customer.ref for m in planned(dealer) if m.reason == "holdout"}
    second = {m.customer.ref for m in planned(dealer, A_DAY + DAY) if m.reason == "holdout"}
    assert first == second
    assert 15 < len(first) < 45


def test_a_smaller_control_group_is_part_of_the_larger_up_to_everybody(dealer):
    for number in range(60):
        a_customer(dealer, ref=f"H{number}")
    row = an_automation(dealer, holdout_percent=20, repeat="each_time", grace_hours=1)
    small = {m.customer.ref for m in planned(dealer) if m.reason == "holdout"}
    type(row).objects.of(dealer).update(definition=row.definition | {"holdout_percent": 60})
    large = {m.customer.ref for m in planned(dealer, A_DAY + DAY) if m.reason == "holdout"}
    type(row).objects.of(dealer).update(definition=row.definition | {"holdout_percent": 100})
    everybody = {m.customer.ref for m in planned(dealer, A_DAY + 2 * DAY) if m.reason == "holdout"}
    assert small < large < everybody
    assert len(everybody) == 60


# Staff.


def test_staff_skip_do_not_mail_consent_cap_and_control_group():
    dealer = a_dealer(frequency_cap={"messages": 1, "days": 30}, consent_regime="casl")
    a_staff_member(dealer, "M1", roles=("service_manager",), email="m1@dealer.example")
    for ref in ("C1", "C2"):
        a_customer(dealer, ref=ref, do_not_mail=True, status="moved", **NO_ADDRESSES)
    marketing(dealer, recipients=["service_manager"], channels=["staff"], wording={"staff": HELLO}, holdout_percent=100)
    assert [(m.recipient, m.channel, m.address, m.reason) for m in planned(dealer)] == [
        ("staff:M1", "staff", "m1@dealer.example", None)
    ] * 2


def test_a_role_that_nobody_fills_is_refused(dealer):
    a_customer(dealer)
    an_automation(dealer, recipients=["renewals_director"], channels=["staff"], wording={"staff": HELLO})
    (message,) = planned(dealer)
    assert (message.recipient, message.reason) == ("role:renewals_director", "no_recipient")


def test_quiet_hours_hold_for_staff_too(dealer):
    a_staff_member(dealer, roles=("service_manager",))
    a_customer(dealer)
    late = {"kind": "daily", "at": "22:00"}
    staff: dict[str, Any] = {"recipients": ["service_manager"], "channels": ["staff"], "wording": {"staff": HELLO}}
    an_automation(dealer, schedule=late, **staff)
    (message,) = planned(dealer, A_DAY + timedelta(hours=12))
    assert message.send_at == datetime(2026, 5, 5, 12, tzinfo=UTC)


# Sending time.


def test_quiet_hours_are_those_of_the_numbers_zone_and_of_all_its_zones(dealer):
    a_customer(dealer, ref="east")
    a_customer(dealer, ref="west", mobile_zones="America/Vancouver")
    a_customer(dealer, ref="split", mobile_zones="America/Toronto America/Denver")
    a_customer(dealer, ref="unknown", mobile_zones=None)
    an_automation(dealer)
    hours = {m.customer.ref: m.send_at for m in planned(dealer)}
    assert hours == {
        "east": A_DAY,
        "unknown": A_DAY,
        "split": A_DAY,  # 08:00 in Denver
        "west": A_DAY + timedelta(hours=1),
    }


def test_email_goes_by_the_dealers_clock(dealer):
    a_customer(dealer, mobile_zones="America/Vancouver")
    an_automation(dealer, channels=["email"], wording={"email": HELLO})
    assert planned(dealer)[0].send_at == A_DAY


def test_a_late_plan_sends_no_earlier_than_now(dealer):
    a_customer(dealer)
    an_automation(dealer)
    at = A_DAY + timedelta(hours=2)
    found = messages_of(dealer, plan(dealer, at=at, since=A_DAY - timedelta(minutes=1)))
    assert found[0].send_at == at


@pytest.mark.parametrize(("start", "reason"), [("2026-05-04T10:00", "too_late"), ("2026-05-04T10:01", None)])
def test_a_reminder_of_a_visit_that_has_begun_is_too_late(dealer, start, reason):
    an_appointment(a_customer(dealer), start)
    an_automation(dealer, kind="appointment_reminder", subject="appointment")
    assert planned(dealer)[0].reason == reason


def test_a_reminder_that_quiet_hours_push_past_the_visit_is_too_late(dealer):
    an_appointment(a_customer(dealer), "2026-05-05T07:30")
    late = {"kind": "daily", "at": "22:00"}
    an_automation(dealer, kind="appointment_reminder", subject="appointment", schedule=late)
    assert planned(dealer, A_DAY + timedelta(hours=12))[0].reason == "too_late"


def test_a_message_that_the_law_holds_says_which_rule_and_until_when():
    dealer = a_dealer(
        timezone="America/New_York", country="US", consent_regime="tcpa", quiet_hours={"may_send": ["06:00", "22:00"]}
    )
    consent(
        a_customer(dealer, mobile="+13055550101", mobile_zones="America/New_York"), "granted", at="2026-01-01T00:00"
    )
    marketing(dealer, schedule={"kind": "daily", "at": "07:30"})
    (message,) = planned(dealer, datetime(2026, 5, 4, 11, 30, tzinfo=UTC))
    assert (message.state, message.detail) == ("ready", "held: law K21 FL")
    assert message.send_at == datetime(2026, 5, 4, 12, tzinfo=UTC)
