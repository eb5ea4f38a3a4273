"""Delivery measured: e-mail and text messages handed over on this machine, beside Python's own clients."""

import os
import smtplib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from time import perf_counter
from typing import Any

import django

from bench.table import Row
from bench.texts import bare_posts, texts_of

MESSAGES = 10_000
COMPOSED_BY_HAND = 1_000
# What others reach stands in the list of what is to be fast, measured on its machine.
MAILED = (
    "two moves, an attempt, a touch each, a commit for 20; peers: Odoo 85, django-post-office 800 to 1,500, "
    "listmonk 14,800 /s (no states)"
)
TEXTED = (
    "the rows, as for e-mail; bound: http.client, one connection kept open; alone: aiohttp 7,700 to 10,800, "
    "httpx 2,500 /s"
)
AT = datetime(2026, 5, 4, 15, tzinfo=UTC)  # a Monday, 11:00 in Toronto
BODY = """Hello {name},

your Mazda CX-5 was last with us half a year ago. Its next service is due; a visit takes about an hour.

Book here: https://north.example/book

North Garage"""


def rows(customers: int) -> Iterator[Row]:
    """E-mail: the whole hand-over, the carrying alone, the composing alone. Text messages: the whole, and alone.

    All by one process, so on one core.
    """
    with tempfile.TemporaryDirectory() as home, server("sink") as port, server("gateway") as gateway:
        os.environ |= {
            "RELANCE_HOME": home,
            "RELANCE_SMTP_URL": f"smtp://127.0.0.1:{port}?tls=none",
            "RELANCE_PRIVATE_HOSTS": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "relance.settings",
        }
        django.setup()
        dealer = _fill()
        size = f"{MESSAGES:,} messages"
        bare = _bare(port)
        yield Row(
            "e-mail to a local SMTP sink, asked again, every state kept", size, _delivered(dealer), "/s", bare,
            "1,000/s, then 3,000/s", MAILED,
        )  # fmt: skip
        parcels = _parcels(dealer)
        yield Row(
            "composing and carrying alone (pipelined)", size, _carried(parcels), "/s", bare, "",
            "bound: smtplib.sendmail of one ready text, connection kept open",
        )  # fmt: skip
        yield Row(
            "composing an e-mail, text and HTML", size, _composed(parcels), "/s", _composed_by_hand(), "",
            "bound: the same parts with Python's email package",
        )  # fmt: skip
        bare = bare_posts(gateway)
        texts = texts_of(dealer, gateway)
        yield Row(
            "text messages to a local HTTP gateway, every state kept", size, _delivered(dealer), "/s", bare,
            "2,000/s a process", TEXTED,
        )  # fmt: skip
        yield Row(
            "text messages: asking and understanding alone", size, _carried(texts), "/s", bare, "2,000/s a process",
            "http.client reads an answer with Python's email package",
        )  # fmt: skip


@contextmanager
def server(name: str) -> Iterator[int]:
    """A server of this folder that takes everything and keeps nothing; its port, while the block lasts."""
    with subprocess.Popen([sys.executable, "-m", f"bench.{name}"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _fill() -> Any:
    """A dealer with as many customers as messages, each message ready to go."""
    from django.core.management import call_command

    from relance.dealers.models import Dealer
    from relance.facts.models import Customer
    from relance.outbox.models import Message
    from relance.plan.models import Automation, Occurrence, Run

    call_command("migrate", verbosity=0)
    own = {"address": "1 Station Road", "phone": "+15145550100", "email": "desk@north.example", "guards": "off"}
    dealer = Dealer.objects.create(
        slug="north", name="North Garage", timezone="America/Toronto", created_at=AT,
        settings={**own, "frequency_cap": "none", "consent_regime": "none"},
    )  # fmt: skip
    automation = Automation.objects.create(
        dealer=dealer, code="SR180", name="Recall", programme="service_reminder", purpose="service", subject="customer",
        status="on", live_from=AT - timedelta(days=9), updated_at=AT, definition=_definition(),
    )  # fmt: skip
    run = Run.objects.create(
        dealer=dealer, automation=automation, reference_at=AT, run_at=AT, state="done", planned_at=AT
    )
    people = Customer.objects.of(dealer).bulk_create(
        [
            Customer(
                dealer=dealer, ref=str(n), name=f"Zoé {n}", first_name=f"Zoé {n}", email=f"zoe{n}@example.org",
                email_folded=f"zoe{n}@example.org", email_usable=True, status="active",
            )
            for n in range(MESSAGES)
        ]
    )  # fmt: skip
    once = Occurrence.objects.of(dealer).bulk_create(
        [
            Occurrence(
                dealer=dealer, automation=automation, subject_type="customer", subject_id=c.pk, recipient="customer",
                key="", reference_on=date(2026, 5, 4), run=run,
            )
            for c in people
        ]
    )  # fmt: skip
    Message.objects.of(dealer).bulk_create(
        [
            Message(
                dealer=dealer, automation=automation, version=1, run=run, occurrence=o, reference_at=AT, run_at=AT,
                subject_type="customer", subject_id=c.pk, subject_ref=c.ref, customer=c, recipient="customer",
                purpose="service", channel="email", address=c.email, language="en", subject_line=f"{c.name}, a word",
                body=BODY.format(name=c.name), state="ready", send_at=AT, accepted_at=AT, moved_at=AT,
            )
            for c, o in zip(people, once, strict=True)
        ]
    )  # fmt: skip
    return dealer


def _definition() -> dict[str, Any]:
    words = {"subject": "{customer.name}, your Mazda", "body": "Hello {customer.name}."}
    return {
        "code": "SR180", "name": "Recall", "programme": "service_reminder", "purpose": "service", "subject": "customer",
        "audience": [{"category": "customer", "attribute": "email", "operator": "is_known"}],
        "schedule": {"kind": "daily", "at": "10:00"}, "channels": ["email"],
        "wording": {"email": {"en": words}}, "status": "on",
    }  # fmt: skip


def _delivered(dealer: Any) -> float:
    from relance.delivery.deliver import deliver

    begin = perf_counter()
    sent = sum(message.state == "sent" for message in deliver(dealer, at=AT))
    spent = perf_counter() - begin
    if sent != MESSAGES:
        raise SystemExit(f"{sent} of {MESSAGES} were sent")
    return sent / spent


def _parcels(dealer: Any) -> list[Any]:
    from relance.delivery.channel import Parcel
    from relance.outbox.models import Message

    return [Parcel(dealer, (message,), "SR180", AT) for message in Message.objects.of(dealer)]


def _carried(parcels: list[Any]) -> float:
    from relance.delivery.senders import sending_of
    from relance.delivery.senders.registry import channel_for

    channel = channel_for(sending_of(parcels[0].dealer, parcels[0].message.channel))
    begin = perf_counter()
    for _ in channel.send(parcels):
        pass
    spent = perf_counter() - begin
    channel.close()
    return len(parcels) / spent


def _composed(parcels: list[Any]) -> float:
    from relance.delivery.channels.email.compose import compose

    begin = perf_counter()
    for parcel in parcels:
        compose(parcel)
    return len(parcels) / (perf_counter() - begin)


def _composed_by_hand() -> float:
    begin = perf_counter()
    for n in range(COMPOSED_BY_HAND):
        _by_hand(n).as_bytes()
    return COMPOSED_BY_HAND / (perf_counter() - begin)


def _by_hand(n: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "North Garage <desk@north.example>", f"zoe{n}@example.org"
    mail["Subject"], mail["Date"] = f"Zoé {n}, your Mazda", format_datetime(AT)
    mail["Message-ID"] = make_msgid(domain="north.example")
    text = BODY.format(name=f"Zoé {n}")
    mail.set_content(text)
    mail.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
    return mail


def _bare(port: int) -> float:
    """One ready text over one connection that is kept open: what Python's own client can do."""
    text = _by_hand(1).as_bytes()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        begin = perf_counter()
        for n in range(MESSAGES):
            smtp.sendmail("desk@north.example", [f"zoe{n}@example.org"], text)
        return MESSAGES / (perf_counter() - begin)
