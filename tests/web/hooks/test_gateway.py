"""What a gateway of the dealer's choice reports: believed by its signature, or by the secret of the address."""

import base64
import hmac
import json

import pytest
import time_machine
from django.test import Client

from relance.delivery.channel import Sending
from relance.delivery.models import Sender
from relance.delivery.senders import keep_sender, live_secrets
from relance.facts.models import Suppression, Touch
from relance.lib.yaml_file import read_yaml
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.delivery.sms.gateway_server import EXAMPLE

pytestmark = pytest.mark.django_db
SIGNING = "signing-key"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(A_DAY, tick=False):
        yield


def a_sent_message(**form):
    dealer = a_dealer()
    settings = {"form": {**read_yaml(EXAMPLE), **form}}
    keep_sender(dealer, "sms", Sending("gateway", settings, {"password": "x", "signing": SIGNING}), at=A_DAY)
    customer = a_customer(dealer, mobile="+15145550111")
    return a_message(customer, an_automation(dealer), state="sent", attempts=1)


def posted(message, what, content, *, signature=None, **more):
    row = Sender.objects.of(message.dealer).get()
    body = content if isinstance(content, str) else json.dumps(content)
    made = hmac.new(SIGNING.encode(), body.encode(), "sha256").hexdigest() if signature is None else signature
    path = f"/hooks/{row.hook}/{what}/"
    headers = {"HTTP_X_SIGNATURE": made, **more}
    return Client(enforce_csrf_checks=True).generic("POST", path, body, "application/json", **headers).status_code


def state_of(message):
    return Message.objects.of(message.dealer).values_list("state", flat=True).get(pk=message.pk)


def test_what_it_signs_is_taken_in():
    message = a_sent_message()
    told = {"id": "G1", "reference": str(message.key), "state": "DELIVERED"}
    assert [posted(message, "receipts", told) for _ in range(2)] == [204, 204]
    assert state_of(message) == "delivered"


def test_our_key_may_stand_in_the_address_alone():
    message = a_sent_message()
    assert posted(message, f"status/{message.key}", {"id": "G1", "state": "FAILED", "reason": "E11"}) == 204
    assert state_of(message) == "failed" and Suppression.objects.of(message.dealer).get().reason == "landline"


@pytest.mark.parametrize("signature", ["", "nonsense", "0" * 64])
def test_what_it_does_not_sign_is_refused(signature):
    message = a_sent_message()
    told = {"id": "G1", "reference": str(message.key), "state": "FAILED", "reason": "E10"}
    assert posted(message, "receipts", told, signature=signature) == 403
    assert posted(message, "inbound", {"id": "1", "from": "+15145550111", "text": "STOP"}, signature=signature) == 403
    assert state_of(message) == "sent" and not Touch.objects.of(message.dealer).exists()


@pytest.mark.parametrize("content", ["", "[]", "no JSON", "{}", '{"id": "1", "state": "?"}', "[" * 9999])
def test_nonsense_that_it_signs_changes_nothing(content):
    message = a_sent_message()
    assert posted(message, "receipts", content) == 204 and posted(message, "inbound", content) == 200
    assert state_of(message) == "sent"


def test_what_a_customer_writes_is_taken_in_once():
    message = a_sent_message()
    for _ in range(2):
        assert posted(message, "inbound", {"id": "7", "from": "+15145550111", "text": "Yes, 9:00"}) == 200
    assert Touch.objects.of(message.dealer).get(kind="received").text == "Yes, 9:00"


def test_one_that_does_not_sign_is_asked_for_the_secret_of_its_address():
    message = a_sent_message(signature=None)
    told = {"id": "G1", "reference": str(message.key), "state": "DELIVERED"}
    assert posted(message, "receipts", told) == 401 and posted(message, "inbound", told) == 401
    row = Sender.objects.of(message.dealer).get()
    for secret, answer in (("wrong", 403), (live_secrets(row, "webhook", A_DAY)[0], 204)):
        login = base64.b64encode(f"relance:{secret}".encode()).decode()
        assert posted(message, "receipts", told, HTTP_AUTHORIZATION=f"Basic {login}") == answer
    assert state_of(message) == "delivered"
