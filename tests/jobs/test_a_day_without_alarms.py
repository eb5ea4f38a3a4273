"""A busy dealership that is well, minute by minute, by its own clockwork: nobody is woken (R59).

Small by default: a Monday morning. `make proof` lives from Sunday noon, when nobody is there, over the night and its
backup into the busy Monday (WATCHED=1440).
"""

import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from relance.delivery.channel import Sending
from relance.delivery.models import Receipt, Sender
from relance.delivery.senders import keep_sender
from relance.intake.models import ImportRun
from relance.jobs.demo.dealership import open_dealership, tell
from relance.jobs.models import Fault
from relance.measures.health import last_backup
from relance.outbox.models import Message
from relance.replies.models import Inbound
from tests.delivery.mail_server import Mailbox, mail_server
from tests.delivery.sms.twilio_server import ACCOUNT, TOKEN, twilio_server
from tests.exports.test_restored_and_asked import Account
from tests.jobs.watching import MINUTE, PUBLIC, house
from tests.web.hooks.test_twilio import posted

WATCHED = int(os.environ.get("WATCHED", "45"))  # minutes
FULL = 1_440
BEFORE = timedelta(hours=5)  # so long nobody was there: the first feed tells of the night
NOON = datetime(2026, 5, 10, 16, tzinfo=UTC)  # a Sunday, twelve in Montréal
MORNING = datetime(2026, 5, 11, 13, 35, tzinfo=UTC)  # the Monday after it, 9:35
REPLIES = ("Merci!", "Yes", "À demain", "Can I come on Thursday?")
QUARTER = 15


class Dealership:
    """The demo's own, with a mail server, an account at Twilio, and a business system that tells what happened."""

    def __init__(self, home, customers, lived):
        self.home = home
        begin = home.at - BEFORE
        made = open_dealership(customers=customers, seed=7, at=begin, say=lambda _line: None, lived=lived)
        self.dealer, self.mark = made.dealer, made.mark
        self.box = home.open.enter_context(mail_server(Mailbox()))
        self.account = Account()
        url = home.open.enter_context(twilio_server(self.account)).url
        way = Sending("smtp", {"host": "127.0.0.1", "port": self.box.port, "tls": "none"})
        keep_sender(self.dealer, "email", way, at=begin)
        way = Sending("twilio", {"account": ACCOUNT, "service": "MG1", "url": url}, {"password": TOKEN})
        keep_sender(self.dealer, "sms", way, at=begin)
        self.hook = Sender.objects.of(self.dealer).get(channel="sms").hook
        self.told = 0

    def feeds(self, at):
        """By night, and every quarter of an hour while the dealer is open; nothing on Sunday."""
        here = at.astimezone(self.dealer.zone)
        is_open = here.weekday() < 6 and 8 <= here.hour < 18 and not here.minute % QUARTER
        if is_open or (here.weekday() < 6 and (here.hour, here.minute) == (2, 30)):
            self.mark = tell(self.dealer, self.mark, at=at, say=lambda _line: None)

    def twilio(self, at):
        """It tells what became of each message, twice; some of the readers answer."""
        for row in self.account.taken[self.told :]:
            form = {"MessageSid": row["sid"], "AccountSid": ACCOUNT}
            key = self.account.forms[self.told]["StatusCallback"].rstrip("/").rpartition("/")[2]
            for status in ("sent", "delivered", "delivered"):
                assert self.posts(f"status/{key}/", {**form, "MessageStatus": status}) == 204
            if self.told % 4 == 0:
                text = REPLIES[self.told // 4 % len(REPLIES)]
                self.account.writes(row["to"], text, at)
                said = {"MessageSid": self.account.written[-1]["sid"], "From": row["to"], "Body": text}
                assert self.posts("inbound/", {**form, **said}) == 200
            self.told += 1

    def posts(self, what, form):
        path = f"/hooks/{self.hook}/{what}"
        return posted(path, form, token=TOKEN, url=PUBLIC + path).status_code


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_nobody_is_woken(monkeypatch, tmp_path):
    is_long = WATCHED >= FULL
    with house(monkeypatch, tmp_path) as home:
        home.move_to(NOON if is_long else MORNING)
        there = Dealership(home, *((3_000, 4) if is_long else (600, 3)))
        home.tasks = {"feeds": there.feeds, **home.tasks, "twilio": there.twilio}
        suspected, begin = set(), home.at
        for _ in range(WATCHED):
            home.minutes(1)
            suspected |= set(Fault.objects.values_list("says", flat=True))
            assert home.told == []
        sent = Message.objects.of(there.dealer).filter(moved_at__gt=begin, state__in=("sent", "delivered"))
        came = {
            "messages": sent.count(),
            "receipts": Receipt.objects.of(there.dealer).count(),
            "replies": Inbound.objects.of(there.dealer).filter(provider="twilio").count(),
            "imports": ImportRun.objects.of(there.dealer).filter(started_at__gt=begin).count(),
        }
    sys.stderr.write(f"R59: {WATCHED} looks, 0 alarms, {came}, seen once and not told: {sorted(suspected)}\n")
    assert all(came.values())
    assert not is_long or home.at - (last_backup(tmp_path).at or begin) < timedelta(hours=26)
    assert home.at - begin == WATCHED * MINUTE
