"""A dealer with so many people, each with one message that is ready to go on one channel."""

from datetime import datetime
from typing import Any

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.outbox.models import Message
from relance.plan.models import Automation, Occurrence, Run
from tests.builders import a_dealer, an_automation

ADDRESS = {
    "sms": lambda n: f"+1514{2000000 + n}",
    "email": lambda n: f"a{n}@b.example",
    "postcard": lambda n: f"Ann {n}\n{n} Main Street\nMontréal QC H2X 1Y4",
}
AROUND_THE_CLOCK = {"may_send": ["00:00", "23:59"]}


def fill(channel: str, number: int, at: datetime, *, slug: str = "north") -> Dealer:
    """The dealer, with `number` messages that are due at `at`."""
    dealer = a_dealer(slug, timezone="UTC", quiet_hours=AROUND_THE_CLOCK)
    automation = an_automation(dealer, channels=[channel], wording=_wording(channel))
    Run.objects.create(dealer=dealer, automation=automation, reference_at=at, run_at=at, state="done", planned_at=at)
    more(dealer, range(number))
    return dealer


def more(dealer: Dealer, numbers: range) -> None:
    """Further people of such a dealer, each with one message of the same run."""
    run = Run.objects.of(dealer).select_related("automation").get()
    for start in range(0, len(numbers), 500):
        _fill(dealer, run.automation, run, numbers[start : start + 500])


def of_people(channel: str, number: int) -> Dealer:
    """The dealer with `number` people, each of whom hears every day at ten."""
    dealer = a_dealer(timezone="UTC", quiet_hours=AROUND_THE_CLOCK)
    every_day: dict[str, Any] = {"schedule": {"kind": "daily", "at": "10:00"}, "repeat": "each_time"}
    an_automation(dealer, channels=[channel], wording=_wording(channel), **every_day)
    Customer.objects.of(dealer).bulk_create(_customer(dealer, n) for n in range(number))
    return dealer


def _wording(channel: str) -> dict[str, Any]:
    words = {"body": "Hello {customer.name}."}
    return {channel: {"en": {"subject": "Your visit", **words} if channel == "email" else words}}


def _fill(dealer: Dealer, automation: Automation, run: Run, numbers: range) -> None:
    channel, at = automation.definition["channels"][0], run.run_at
    people = Customer.objects.of(dealer).bulk_create(_customer(dealer, n) for n in numbers)
    keys = Occurrence.objects.of(dealer).bulk_create(
        Occurrence(
            dealer=dealer, automation=automation, subject_type="customer", subject_id=person.pk, recipient="customer",
            key="", reference_on=at.date(), run=run,
        )
        for person in people
    )  # fmt: skip
    Message.objects.of(dealer).bulk_create(
        Message(
            dealer=dealer, automation=automation, version=1, run=run, occurrence=key, reference_at=at, run_at=at,
            subject_type="customer", subject_id=person.pk, subject_ref=person.ref, customer=person,
            recipient="customer", purpose="service", channel=channel, address=ADDRESS[channel](n), language="en",
            subject_line="Your visit", body=f"Hello {person.name}.", state="ready", send_at=at, accepted_at=at,
            moved_at=at,
        )
        for n, person, key in zip(numbers, people, keys, strict=True)
    )  # fmt: skip


def _customer(dealer: Dealer, n: int) -> Customer:
    email = f"a{n}@b.example"
    return Customer(
        dealer=dealer, ref=f"C{n}", name=f"Ann {n}", name_folded=f"ann {n}", first_name="Ann", status="active",
        email=email, email_folded=email, email_usable=True, mobile=f"+1514{2000000 + n}", mobile_usable=True,
        mobile_zones="America/Toronto", address=f"{n} Main Street", city="Montréal", postal_code="H2X 1Y4",
    )  # fmt: skip
