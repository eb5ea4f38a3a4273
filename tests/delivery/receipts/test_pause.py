"""Too many bounces or complaints, and a dealer's marketing by e-mail stands still until somebody lets it go on."""

from datetime import timedelta

import pytest

from relance.delivery.claim import lanes_due
from relance.delivery.models import MarketingPause
from relance.delivery.record import suppress_addresses
from relance.delivery.safety.pause import lift
from relance.facts.models import Touch
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db
LATER = A_DAY + timedelta(hours=2)


@pytest.fixture
def dealer():
    return a_dealer()


def sent(dealer, number, at=A_DAY):
    Touch.objects.of(dealer).bulk_create(
        [
            Touch(dealer=dealer, kind="sent", ref=f"{at}{n}", happened_at=at, channel="email", address=f"{n}@b.example")
            for n in range(number)
        ]
    )


def against(dealer, number, reason="hard_bounce", at=LATER):
    suppress_addresses(dealer, "email", [(f"{at}{reason}{n}@b.example", reason) for n in range(number)], at=at)


def paused(dealer):
    return MarketingPause.objects.of(dealer).filter(lifted_at=None).values_list("because", flat=True).first()


@pytest.mark.parametrize(
    ("of", "number", "reason", "stops"),
    [
        (1_000, 19, "hard_bounce", False),
        (1_000, 20, "hard_bounce", True),
        (3_000, 20, "hard_bounce", True),  # only the last thousand count
        (100, 4, "hard_bounce", False),  # two of a hundred say nothing yet
        (100, 5, "hard_bounce", True),
        (1_000, 1, "complaint", True),  # 0.1 %
        (10, 1, "complaint", True),
        (1_000, 500, "landline", False),
    ],
)
def test_it_stops_at_two_percent_bounces_or_eight_hundredths_of_a_percent_complaints(dealer, of, number, reason, stops):
    sent(dealer, of)
    against(dealer, number, reason)
    assert bool(paused(dealer)) == stops


def test_what_bounced_before_the_last_thousand_is_forgotten(dealer):
    against(dealer, 15, at=A_DAY - timedelta(days=9))
    sent(dealer, 1_000)
    against(dealer, 15)
    assert paused(dealer) is None


def test_marketing_by_mail_stands_still_and_nothing_else(dealer):
    customer = a_customer(dealer)
    for purpose in ("service", "marketing"):
        for channel in ("email", "sms"):
            a_message(customer, an_automation(dealer, f"{purpose}{channel}"), purpose=purpose, channel=channel)
    sent(dealer, 10)
    against(dealer, 1, "complaint")
    lanes = {(channel, purpose) for _, channel, purpose in lanes_due(None, LATER)}
    assert lanes == {("email", "service"), ("sms", "service"), ("sms", "marketing")}
    assert paused(dealer) == "1 of the last 10 e-mails were complained about (at most 0.08%)"


def test_whoever_lifts_it_begins_anew(dealer):
    sent(dealer, 10)
    against(dealer, 1, "complaint")
    assert lift(dealer, channel="email", by="Kim", at=LATER) and not lift(dealer, channel="email", by="Kim", at=LATER)
    sent(dealer, 10, at=LATER)
    against(dealer, 1, at=LATER + timedelta(hours=1))
    assert paused(dealer) is None


def test_one_dealers_pause_is_his_own(dealer):
    sent(dealer, 10)
    against(dealer, 1, "complaint")
    other = a_dealer("south")
    a_message(a_customer(other), an_automation(other), purpose="marketing", channel="email")
    assert [channel for _, channel, _ in lanes_due(None, A_DAY)] == ["email"]
