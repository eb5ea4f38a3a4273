"""What was sent between a backup and its restore is not sent again: the provider is asked before anything leaves (R54).

Small by default; `MESSAGES=2000` makes it the size that is promised (make proof).
"""

import os
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.management import call_command

from relance.dealers.models import Dealer
from relance.delivery.channel import Sending
from relance.delivery.deliver import deliver
from relance.delivery.safety.restored import is_held, reconcile
from relance.delivery.safety.turns import Lately
from relance.delivery.senders import keep_sender
from relance.facts.models import ConsentEntry, Customer
from relance.jobs import schedule
from relance.jobs.listening import Listening
from relance.jobs.stages import plan
from relance.lib.clock import now
from relance.outbox.decide import approve
from relance.outbox.models import Message
from tests.builders import a_customer, a_dealer, a_message, an_automation
from tests.delivery.sms.twilio_server import ACCOUNT, TOKEN, Twilio, error, said, twilio_server

MESSAGES = int(os.environ.get("MESSAGES", "60"))
pytestmark = pytest.mark.django_db(transaction=True)


class Account(Twilio):
    """A messaging service, whose log has what customers wrote, and which can be out of order."""

    is_down = False

    def __init__(self):
        super().__init__()
        self.written = []

    def answer(self, asked):
        if self.is_down:
            return error(503, 20503)
        if asked.method == "GET" and "DateSent>" in asked.query:
            return said(200, self.page(asked))
        return super().answer(asked)

    def page(self, asked):
        """A page of the log, and where the next one is, as Twilio gives it."""
        size, number = int(asked.query["PageSize"][0]), int(asked.query.get("Page", ["0"])[0])
        rows = self.written[number * size : (number + 1) * size]
        more = {**{name: values[0] for name, values in asked.query.items()}, "Page": str(number + 1)}
        is_last = len(self.written) <= (number + 1) * size
        return {"messages": rows, "next_page_uri": None if is_last else f"{asked.path}?{urlencode(more)}"}

    def writes(self, number, text, at):
        sid, when = f"SI{len(self.written)}", format_datetime(at)
        self.written.append(
            {"sid": sid, "from": number, "to": "+15145550100", "body": text, "direction": "inbound",
             "date_sent": when, "date_created": when}
        )  # fmt: skip


@pytest.fixture
def account(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS", ["127.0.0.1"])
    account = Account()
    with twilio_server(account):
        yield account


@pytest.fixture
def dealer(account, monkeypatch):
    monkeypatch.setattr(schedule, "LISTENING", Listening())
    monkeypatch.setattr(schedule, "LATELY", Lately())  # a round to its end, in this thread
    dealer = a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]}, stop_answer="provider")
    way = Sending("twilio", {"account": ACCOUNT, "service": "MG1", "url": account.url}, {"password": TOKEN})
    keep_sender(dealer, "sms", way, at=now() - timedelta(days=3))
    return dealer


def people(dealer, number):
    return [
        a_customer(dealer, mobile=f"+1416{at:07}", first_name=f"P{at}") for at in range(2_000_000, 2_000_000 + number)
    ]


def sent_since(relance, dealer, path, *, number=MESSAGES):
    """A backup with messages that are ready; they are sent; the disaster; the restore."""
    automation = an_automation(dealer, status="off")
    for customer in people(dealer, number):
        a_message(customer, automation, at=now() - timedelta(minutes=5), body=f"Hello {customer.first_name}.")
    assert relance("backup", "--portable", path).status == 0
    assert {m.state for m in deliver(dealer, at=now())} == {"sent"}
    restored(relance, path)
    return Dealer.objects.get()


def restored(relance, path):
    call_command("flush", verbosity=0, interactive=False)
    assert relance("restore", path).status == 0


def states(dealer):
    return set(Message.objects.of(dealer).values_list("state", flat=True))


@pytest.mark.process
def test_what_was_sent_since_the_backup_is_not_sent_again_and_who_said_stop_stays_out(
    relance, dealer, account, tmp_path
):
    dealer = sent_since(relance, dealer, tmp_path / "b.zip")
    assert len(account.taken) == MESSAGES
    stopped = list(Customer.objects.of(dealer).order_by("pk")[: MESSAGES // 10])
    for customer in stopped:
        account.writes(customer.mobile, "STOP", now() - timedelta(seconds=30))
    approve(dealer, list(Message.objects.of(dealer)), at=now(), by="Kim")  # without a look at what was sent
    schedule.deliver_everyone(now())
    assert (len(account.taken), states(dealer)) == (MESSAGES, {"sent"})
    out = ConsentEntry.objects.of(dealer).filter(status="withdrawn", channel="sms", customer__isnull=False)
    assert set(out.values_list("customer", flat=True)) == {customer.pk for customer in stopped}
    for customer in Customer.objects.of(dealer):
        a_message(customer, Message.objects.of(dealer)[0].automation, at=now(), body="Another.")
    schedule.deliver_everyone(now())
    assert len(account.taken) == 2 * MESSAGES - len(stopped)


def test_what_waits_is_known_as_sent_before_a_person_looks(relance, dealer, account, tmp_path):
    dealer = sent_since(relance, dealer, tmp_path / "b.zip", number=3)
    new = a_message(
        a_customer(dealer, mobile="+14165559999"), Message.objects.of(dealer)[0].automation, state="approval"
    )
    schedule.deliver_everyone(now())
    waiting = Message.objects.of(dealer).exclude(state="sent")
    assert [(m.pk, m.state) for m in waiting] == [(new.pk, "approval")]
    assert len(account.taken) == 3
    assert {m.provider_ref for m in Message.objects.of(dealer).filter(state="sent")} == {
        m["sid"] for m in account.taken
    }


def test_nothing_leaves_while_the_provider_cannot_be_asked(relance, dealer, account, tmp_path):
    dealer = sent_since(relance, dealer, tmp_path / "b.zip", number=3)
    approve(dealer, list(Message.objects.of(dealer)), at=now(), by="Kim")
    account.is_down = True
    assert reconcile(dealer, at=now()).silent == {"sms"}
    answer = relance("restore", "--let-go", "north")
    assert (answer.status, "sms could not be asked" in answer.err, is_held(dealer)) == (1, True, True)
    assert "nothing left" in relance("deliver").err
    account.is_down = False
    assert relance("restore", "--let-go", "north").status == 0
    assert (states(dealer), len(account.taken), is_held(dealer)) == ({"sent"}, 3, False)


def test_what_is_planned_anew_after_the_restore_is_known_too(relance, dealer, account, tmp_path):
    at = now().replace(second=0, microsecond=0)
    an_automation(dealer, schedule={"kind": "daily", "at": f"{at.astimezone(dealer.zone):%H:%M}"}, grace_hours=4)
    a_customer(dealer, mobile="+14165559999")
    assert relance("backup", "--portable", tmp_path / "b.zip").status == 0
    plan(dealer, at=at, since=at - timedelta(minutes=5))
    [sent] = deliver(dealer, at=now())
    restored(relance, tmp_path / "b.zip")
    dealer = Dealer.objects.get()
    assert not Message.objects.of(dealer).exists()
    assert relance("restore", "--let-go", "north").status == 0
    [again] = Message.objects.of(dealer)
    assert (again.key, again.state, len(account.taken)) == (sent.key, "sent", 1)
