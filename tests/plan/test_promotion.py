"""The running promotion stands in marketing e-mails and letters, never in what serves, never outside its days (K35)."""

from datetime import timedelta

import pytest

from relance.dealers.preferences import Promotion
from relance.jobs.stages import plan
from relance.lib.errors import BadInput
from relance.lib.schema import read
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, an_automation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WORDS = "Win a bicycle: book on-line in May."


def said(purpose="marketing", channel="email", body="Hello.", since=0, until=30, **automation):
    """The body of the one message that goes on that day."""
    today = A_DAY.date()
    dealer = a_dealer(
        promotion={
            "text": {"en": WORDS, "fr": "Gagnez un vélo."},
            "since": str(today + since * DAY),
            "until": str(today + until * DAY),
        }
    )
    words = {"subject": "News", "body": body} if channel == "email" else {"body": body}
    an_automation(dealer, purpose=purpose, channels=[channel], wording={channel: {"en": words}}, **automation)
    a_customer(dealer, email="ann@example.org")
    plan(dealer, at=A_DAY, since=A_DAY - timedelta(hours=1))
    return Message.objects.of(dealer).get().body


def test_a_marketing_mail_ends_with_the_running_promotion():
    assert said() == f"Hello.\n\n{WORDS}"


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_service_message_never_carries_it(channel):
    assert said(purpose="service", channel=channel) == "Hello."


def test_a_text_message_has_no_room_for_it():
    assert said(channel="sms") == "Hello."


@pytest.mark.parametrize(("since", "until"), [(1, 5), (-5, -1)])
def test_before_and_after_its_days_it_is_silent(since, until):
    assert said(since=since, until=until) == "Hello."


@pytest.mark.parametrize(("since", "until"), [(0, 5), (-5, 0)])
def test_its_first_and_its_last_day_belong_to_it(since, until):
    assert WORDS in said(since=since, until=until)


def test_a_text_that_says_it_by_the_field_says_it_once():
    assert said(body="{ promotion.text | Nothing new. } Hello.") == f"{WORDS} Hello."


def test_without_one_the_field_falls_back():
    assert said(body="{ promotion.text | Nothing new. } Hello.", until=-1, since=-2) == "Nothing new. Hello."


def test_it_does_not_end_before_it_begins():
    with pytest.raises(BadInput, match="later than until"):
        read(Promotion, {"text": {"en": WORDS}, "since": "2026-05-02", "until": "2026-05-01"}, "promotion")
