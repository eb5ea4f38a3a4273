"""Turns the e-mails of the delivery benchmark into text messages, and measures bare requests to their gateway."""

import http.client
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

REQUESTS = 10_000
AT = datetime(2026, 5, 4, 15, tzinfo=UTC)
ACCOUNT = "AC" + "0" * 32


def texts_of(dealer: Any, port: int) -> list[Any]:
    """The same messages as texts, ready again, with a sender at the gateway; the parcels."""
    from relance.delivery.channel import Parcel, Sending
    from relance.delivery.models import Attempt
    from relance.delivery.senders import keep_sender
    from relance.facts.models import Customer, Touch
    from relance.lib.rows import update
    from relance.outbox.models import Message
    from relance.plan.models import Automation

    rows = Message.objects.of(dealer)
    numbers = [{"id": pk, "mobile": f"+1514555{n:04}", "mobile_usable": True} for n, pk in enumerate(_ids(rows))]
    update(Customer, numbers, ("mobile", "mobile_usable"))
    texts = [{"id": message.pk, "address": f"+1514555{n:04}"} for n, message in enumerate(rows.order_by("pk"))]
    update(Message, texts, ("address",))
    rows.update(
        state="ready", channel="sms", owner="", attempts=0, body="Your Mazda is due. Book: north.example STOP 2"
    )
    Touch.objects.of(dealer).delete()
    Attempt.objects.of(dealer).delete()
    automation = Automation.objects.of(dealer).get()
    words = automation.definition["wording"]["email"]["en"]["body"]
    automation.definition |= {"channels": ["sms"], "wording": {"sms": {"en": {"body": words}}}}
    automation.definition["audience"] = [{"category": "customer", "attribute": "mobile", "operator": "is_known"}]
    automation.save()
    settings = {"account": ACCOUNT, "service": "MG1", "url": f"http://127.0.0.1:{port}"}
    keep_sender(dealer, "sms", Sending("twilio", settings, {"password": "token"}), at=AT)
    return [Parcel(dealer, (message,), "SR180", AT) for message in Message.objects.of(dealer)]


def _ids(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("customer_id", flat=True))


def bare_posts(port: int) -> float:
    """One ready request over one connection that is kept open: what Python's own client can do."""
    body = urlencode({"To": "+15145550111", "From": "+15145550100", "Body": "Your Mazda is due."}).encode()
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    line = http.client.HTTPConnection("127.0.0.1", port)
    begin = perf_counter()
    for _ in range(REQUESTS):
        line.request("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", body, head)
        line.getresponse().read()
    spent = perf_counter() - begin
    line.close()
    return REQUESTS / spent
