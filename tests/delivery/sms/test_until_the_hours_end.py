"""A provider that delivers as late as it may: nothing arrives after the hours, however slow it takes messages (R8)."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from relance.delivery import channel as channel_module
from relance.delivery import hand_over
from relance.delivery.channel import Parcel, ProviderBusy, Sending
from relance.delivery.channels.sms.twilio import validity_of
from relance.delivery.deliver import deliver
from relance.delivery.senders import keep_sender
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.contracts.test_channels import a_parcel
from tests.delivery.mail_server import Mailbox, mail_server
from tests.delivery.sms.gateway_server import SECRET, Account
from tests.delivery.sms.twilio_server import ACCOUNT, TOKEN, twilio_server
from tests.delivery.web_server import web_server

pytestmark = pytest.mark.django_db
CLOSE = datetime(2026, 5, 5, 1, tzinfo=UTC)  # nine in the evening in Toronto
MORNING = datetime(2026, 5, 5, 12, tzinfo=UTC)
MANY, EACH = 30, 20.0  # messages, and seconds that the provider takes for each


class Slow:
    """The clock goes on by EACH whenever the provider takes a message; it delivers at the end of the validity."""

    def __init__(self, at: datetime) -> None:
        self.at, self.spent, self.begun, self.each = at, 0.0, monotonic(), EACH
        self.arrives: list[datetime] = []

    def monotonic(self) -> float:
        return monotonic() + self.spent

    def takes(self, validity: float) -> None:
        self.spent += self.each
        self.arrives.append(self.at + timedelta(seconds=monotonic() - self.begun + self.spent + validity))


@contextmanager
def twilio(slow):
    with twilio_server() as account:
        take = account.take

        def slowly(form):
            answer = take(form)
            slow.takes(float(form["ValidityPeriod"]))
            return answer

        account.take = slowly  # type: ignore[method-assign]
        yield {"account": ACCOUNT, "service": "MG1", "url": account.url}, {"password": TOKEN}


@contextmanager
def gateway(slow):
    account = Account()

    def slowly(asked):
        if asked.method == "POST":
            slow.takes(float(json.loads(asked.body)["valid_for"]))
        return account.answer(asked)

    with web_server(slowly) as account.url:
        yield account.settings, {"password": SECRET}


@pytest.fixture(params=[20 * 60, 5 * 60, 60, 20])
def slow(request, monkeypatch):
    made = Slow(CLOSE - timedelta(seconds=request.param))
    monkeypatch.setattr(hand_over, "monotonic", made.monotonic)
    monkeypatch.setattr(channel_module, "monotonic", made.monotonic)
    return made


def a_queue(channel, **values):
    dealer = a_dealer(quiet_hours={"may_send": ["08:00", "21:00"]})
    wording = {channel: {"en": {"body": "Hello.", **({"subject": "Hello"} if channel == "email" else {})}}}
    automation = an_automation(dealer, channels=[channel], wording=wording)
    for _ in range(MANY):
        customer = a_customer(dealer)
        address = customer.mobile if channel == "sms" else customer.email
        a_message(customer, automation, at=A_DAY, channel=channel, address=address, **values)
    return dealer


@pytest.mark.parametrize("way", [twilio, gateway])
@pytest.mark.parametrize("connections", [1, 4])
def test_no_text_message_arrives_after_the_hours(way, connections, slow):
    dealer, slow.each = a_queue("sms"), EACH if connections == 1 else 1.0  # a call lasts while others are taken
    with way(slow) as (kept, secrets):
        keep_sender(dealer, "sms", Sending(way.__name__, {**kept, "connections": connections}, secrets), at=A_DAY)
        list(deliver(dealer, at=slow.at))
        taken = len(slow.arrives)
        list(deliver(dealer, at=CLOSE + timedelta(minutes=2)))
    assert len(slow.arrives) == taken < MANY + 1
    assert [late for late in slow.arrives if late > CLOSE] == []
    assert taken or CLOSE - slow.at <= timedelta(seconds=60)  # in time it leaves
    left = Message.objects.of(dealer).filter(state="ready")
    assert taken + left.count() == MANY
    assert set(left.values_list("send_at", flat=True)) <= {MORNING}


@pytest.mark.parametrize("way", [twilio, gateway])
def test_no_text_message_arrives_after_its_own_time(way, slow):
    dealer = a_queue("sms", expires_at=CLOSE - timedelta(seconds=10))
    with way(slow) as (kept, secrets):
        keep_sender(dealer, "sms", Sending(way.__name__, kept, secrets), at=A_DAY)
        list(deliver(dealer, at=slow.at))
    assert [late for late in slow.arrives if late > CLOSE - timedelta(seconds=10)] == []


def test_what_waited_for_its_connection_has_less_time(monkeypatch):
    monkeypatch.setattr(channel_module, "monotonic", lambda: 140.0)
    parcel = replace(a_parcel(1), good_until=A_DAY + timedelta(seconds=100), pulled=100.0)
    assert (validity_of(parcel), validity_of(parcel, margin=45)) == (30, 15)
    assert parcel.against(A_DAY) == ""
    assert replace(parcel, pulled=39.0).against(A_DAY) == Parcel.TOO_LATE
    with pytest.raises(ProviderBusy):
        validity_of(replace(parcel, pulled=75.0))


def test_no_mail_is_handed_over_after_the_hours(slow):
    """E-mail has no validity: what the mail server takes counts as having arrived."""
    dealer = a_queue("email")

    class Box(Mailbox):
        async def handle_DATA(self, *given):
            slow.takes(0)
            return await super().handle_DATA(*given)

    with mail_server(Box()) as box:
        keep_sender(dealer, "email", Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none"}), at=A_DAY)
        list(deliver(dealer, at=slow.at))
        taken = len(slow.arrives)
        list(deliver(dealer, at=CLOSE + timedelta(minutes=2)))
    assert taken == len(slow.arrives)
    begun = [moment - timedelta(seconds=EACH) for moment in slow.arrives]
    assert [late for late in begun if late > CLOSE] == []
    assert taken > 0
