"""Twilio's six statuses in every order, whole and in part: the message ends where an oracle of its own says (R13).

A tree of all orders is walked, 1,956 places; by default a share of its branches, `ORDERS=720` (make proof) all.
"""

import os
from itertools import permutations
from random import Random

import pytest
from django.db import transaction
from django.test import RequestFactory

from relance.delivery.models import Sender
from relance.delivery.receipts.take_in import take_in
from relance.delivery.receipts.twilio import status_of
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

STATUSES = ("queued", "sent", "delivered", "failed", "undelivered", "read")
ALL = list(permutations(STATUSES))
ORDERS = min(int(os.environ.get("ORDERS", "40")), len(ALL))
ARRIVED, LOST = {"delivered", "read"}, {"failed", "undelivered"}


def oracle(told: tuple[str, ...]) -> str:
    """What a person would say who has heard all of it, in whatever order."""
    if set(told) & LOST:
        return "failed"
    return "delivered" if set(told) & ARRIVED else "sent"


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["sending", "unsure", "sent"])
def test_every_order_ends_where_the_oracle_says(first):
    dealer = a_dealer()
    values = {"state": first, "attempts": 1, "owner": "w" if first == "sending" else ""}
    message = a_message(a_customer(dealer), an_automation(dealer), **values)
    sender, seen = Sender(dealer=dealer, channel="sms", kind="twilio"), set()
    for order in Random(13).sample(ALL, ORDERS):
        before = "sent"
        with transaction.atomic():
            for length, status in enumerate(order, 1):
                call = RequestFactory().post("/", {"MessageSid": "SM1", "MessageStatus": status})
                news = status_of(call, sender, message.key, A_DAY)
                assert take_in(dealer, "twilio", news, channel="sms", at=A_DAY) == 1
                state = Message.objects.of(dealer).values_list("state", flat=True).get(pk=message.pk)
                told = order[:length]
                assert state == oracle(told), told
                assert (before, state) not in {("delivered", "sent"), ("failed", "sent"), ("failed", "delivered")}
                before = state
                seen.add(told)
            transaction.set_rollback(True)
    assert len(ALL) > ORDERS or len(seen) == 1_956
