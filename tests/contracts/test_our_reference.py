"""The answer to a hand-over is lost and only the provider's call comes, with our reference out of the request (R3)."""

from datetime import timedelta
from time import monotonic
from uuid import UUID

import pytest
import time_machine
from django.conf import settings

from relance.delivery.channel import Sending
from relance.delivery.channels.email.provider_table import PROVIDERS
from relance.delivery.deliver import deliver
from relance.delivery.models import Attempt, Sender
from relance.delivery.receipts import sns
from relance.delivery.receipts.mailbox import take_in_mail
from relance.delivery.senders import keep_sender
from relance.delivery.senders.registry import KINDS
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.delivery.email_providers import SECRET, provider
from tests.delivery.mail_server import Mailbox, mail_server
from tests.delivery.receipts import test_sns
from tests.delivery.receipts.mails import a_bounce
from tests.delivery.sms.gateway_server import SECRET as GATEWAY_SECRET
from tests.delivery.sms.gateway_server import gateway_server
from tests.delivery.sms.twilio_server import ACCOUNT, TOKEN, twilio_server
from tests.delivery.web_server import Said
from tests.web.hooks import test_gateway
from tests.web.hooks.email_events import KEY, SIGNING, TO
from tests.web.hooks.test_email_providers import told
from tests.web.hooks.test_twilio import PUBLIC, posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateways_may_stand_here")]
WITHIN = 5.0  # seconds
LATER = A_DAY + timedelta(seconds=1)
LOST = Said(hang_up=True)
SMS = "+15145550111"


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_URL", PUBLIC)
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(sns, "certificate_of", lambda _: test_sns.KEY.public_key())
    with time_machine.travel(A_DAY, tick=True):
        yield


def handed_over(kind, kept, secrets):
    """A message whose hand-over was taken by the provider, and whose answer never came."""
    carries = "sms" if kind in ("twilio", "gateway") else "email"
    dealer = a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]})
    keep_sender(dealer, carries, Sending(kind, kept, secrets), at=A_DAY)
    words = {"sms": {"body": "Hello."}, "email": {"subject": "Hello", "body": "Hello."}}[carries]
    automation = an_automation(dealer, channels=[carries], wording={carries: {"en": words}})
    to = {"sms": SMS, "email": TO}[carries]
    customer = a_customer(dealer, email=TO, mobile=SMS)
    message = a_message(customer, automation, channel=carries, address=to, subject_line="Hello")
    list(deliver(dealer, at=A_DAY))
    assert state_of(message) == "unsure"
    assert Attempt.objects.of(dealer).get().result == "lost"
    return message


def state_of(message):
    return Message.objects.of(message.dealer).values_list("state", flat=True).get(pk=message.pk)


def is_known(message, call, *states):
    """One call of the provider, and the message is sent: within five seconds of it."""
    began = monotonic()
    assert call() in (204, 1)
    assert state_of(message) in states
    assert monotonic() - began < WITHIN


@pytest.mark.parametrize("kind", PROVIDERS)
def test_an_e_mail_provider_gives_our_reference_back(kind):
    with provider(kind) as account:
        account.after[TO] = LOST
        kept = {**account.settings, "from": "desk@north.example"}
        secrets = {"password": SECRET} | ({"signing": SIGNING[kind]} if kind in SIGNING else {})
        message = handed_over(kind, kept, secrets)
        (mail,) = account.mails
    assert UUID(str(mail.key)) == message.key
    keep_sender(
        message.dealer, "email", Sending(kind, kept, secrets | {"password": KEY}), at=A_DAY
    )  # one signs with it
    is_known(message, lambda: told(message, kind, "delivered"), "delivered")


def test_twilio_calls_the_address_that_has_our_reference():
    with twilio_server() as account:
        account.after[SMS] = LOST
        kept = {"account": ACCOUNT, "service": "MG1", "url": account.url, "timeout": 5}
        message = handed_over("twilio", kept, {"password": TOKEN})
        path = account.forms[0]["StatusCallback"].removeprefix(PUBLIC)
    form = {"MessageSid": "SM1", "MessageStatus": "sent", "AccountSid": ACCOUNT}
    is_known(message, lambda: posted(path, form, token=TOKEN).status_code, "sent")


def test_a_gateway_gives_our_reference_back():
    with gateway_server() as account:
        account.after[SMS] = LOST
        message = handed_over(
            "gateway", account.settings, {"password": GATEWAY_SECRET, "signing": test_gateway.SIGNING}
        )
        ((key, taken),) = account.taken.items()
    assert key == taken["reference"] == str(message.key)
    said = {"id": "G1", "reference": taken["reference"], "state": "SENT"}
    is_known(message, lambda: test_gateway.posted(message, "receipts", said), "sent")


def test_a_mail_server_sends_our_message_id_back():
    """It says no more than what became of it in the end: that it came back proves that it had been taken."""
    with mail_server(Mailbox(hang_up_after_data={TO})) as box:
        message = handed_over("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none"}, {})
        (mail,) = box.mails
    assert mail["Message-ID"].strip("<>").split("@")[0] == str(message.key)
    is_known(message, lambda: take_in_mail(message.dealer, a_bounce(message.key), at=LATER), "failed")


def test_every_way_that_speaks_to_somebody_is_tried_here():
    assert set(KINDS) - set(PROVIDERS) == {"twilio", "gateway", "smtp", "file", "paper", "calls"}
    assert Sender.objects.across_dealers("the test's").count() == 0
