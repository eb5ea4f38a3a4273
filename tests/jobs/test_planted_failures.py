"""What is planted into a house that is well is told within five minutes, by a way that is not the broken one (R59)."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError

from relance.delivery.channel import Sending
from relance.delivery.deliver import deliver
from relance.delivery.models import Sender
from relance.delivery.receipts.kinds import News
from relance.delivery.receipts.take_in import take_in
from relance.delivery.senders import keep_sender
from relance.facts.models import Touch
from relance.intake.models import ImportRun
from relance.jobs.models import Fault
from relance.jobs.watch import backups
from relance.measures import health
from relance.measures.health import LastBackup, remember_backup
from relance.plan.models import Automation
from relance.replies.receive import store
from tests.builders import a_customer, a_message, a_row, an_automation
from tests.delivery.mail_server import Mailbox, certificate, mail_server, password_check
from tests.delivery.receipts.imap_server import imap_server
from tests.delivery.sms.twilio_server import ACCOUNT, TOKEN, Twilio, error, twilio_server
from tests.exports.test_restored_and_asked import Account
from tests.jobs.watching import DAY, HOUR, MINUTE, PUBLIC, a_well_dealer, house
from tests.web.hooks.test_twilio import posted

pytestmark = [pytest.mark.process, pytest.mark.django_db]
WITHIN = 5  # minutes


@pytest.fixture
def home(monkeypatch, tmp_path):
    with house(monkeypatch, tmp_path) as made:
        a_well_dealer(made)
        yield made


def waiting(home, number=1, channel="email", **values):
    customer = a_customer(home.dealer)
    automation = Automation.objects.of(home.dealer).filter(code="WAITS").first()
    automation = automation or an_automation(home.dealer, "WAITS", status="off", channels=[channel])
    address = {"email": customer.email, "sms": customer.mobile, "postcard": "Ann\n1 Main St\nLAVAL QC  H7A 1A1"}
    words = {"at": home.at, "channel": channel, "address": address[channel], "subject_line": "Hello", **values}
    home.patch.setattr("relance.delivery.claim.recheck", lambda dealer, messages, at: {})  # the queue is the matter
    return [a_message(customer, automation, **words) for _ in range(number)]


def by_mail(home, box, tls="none", user="", secrets=None, **options):
    own = home.open.enter_context(mail_server(box, **options))
    kept = {"host": "127.0.0.1", "port": own.port, "tls": tls, "user": user}
    keep_sender(home.dealer, "email", Sending("smtp", kept, secrets or {}), at=home.at)


def by_twilio(home, account):
    url = home.open.enter_context(twilio_server(account)).url
    way = Sending("twilio", {"account": ACCOUNT, "service": "MG1", "url": url}, {"password": TOKEN})
    keep_sender(home.dealer, "sms", way, at=home.at)


def the_scheduler_stalls(home):
    del home.tasks["plan"]


def no_worker_runs(home):
    del home.tasks["deliver"]
    waiting(home)


def the_queue_grows(home):
    waiting(home, 40, at=home.at - 15 * MINUTE)
    home.tasks["deliver"] = lambda at: list(deliver(home.dealer, at=at, limit=1))


def an_answer_is_lost(home):
    (message,) = waiting(home)
    by_mail(home, Mailbox(hang_up_after_data={message.address}))


def print_files_cannot_be_written(home):
    (settings.HOME / "sent").write_text("in the way")
    waiting(home, channel="postcard")


def the_backup_cannot_be_made(home):
    remember_backup(settings.HOME, LastBackup(home.at - 25 * HOUR))
    home.patch.setitem(settings.ENVIRONMENT, "RELANCE_BACKUPS", str(settings.HOME / "relance.key" / "backups"))
    (settings.HOME / "relance.key").write_text("no folder")
    home.tasks["backups"](home.at)


def no_backup_is_made(home):
    remember_backup(settings.HOME, LastBackup(home.at - 26 * HOUR))
    home.patch.setitem(settings.ENVIRONMENT, "RELANCE_BACKUPS", "off")


def the_backup_is_broken(home):
    backups.prove_backup(home.at)


def a_fifth_is_refused(home):
    account = Account()
    account.instead = {m.address: error(400, 21612, "no") for m in waiting(home, 30, "sms")}
    by_twilio(home, account)


def a_certificate_is_near_its_end(home):
    context, _ = certificate(settings.HOME)
    by_mail(home, Mailbox(), tls="tls", ssl_context=context)


def a_server_does_not_encrypt_any_more(home):
    by_mail(home, Mailbox(), tls="starttls")


def a_carrier_wants_a_registration(home):
    (message,) = waiting(home, channel="sms", state="sent", attempts=1)
    by_twilio(home, Account())
    hook = Sender.objects.of(home.dealer).get(channel="sms").hook
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30034", "AccountSid": ACCOUNT}
    path = f"/hooks/{hook}/status/{message.key}/"
    assert posted(path, form, token=TOKEN, url=PUBLIC + path).status_code == 204


def the_disk_is_nearly_full(home):
    home.patch.setattr(health, "LEAST_DISK", 10**18)


def the_feed_does_not_come(home):
    ImportRun.objects.of(home.dealer).filter(started_at__gt=home.at - 26 * HOUR).delete()


def the_feed_cannot_be_read(home):
    folder = settings.HOME / "inbox" / "north"
    folder.mkdir(parents=True)
    (folder / "feed.zip").write_bytes(b"no zip")
    (folder / "feed.zip.done").touch()


def the_import_is_stopped(home):
    file = {"file": "customers.csv", "rejected": 900, "stopped": True}
    a_row(ImportRun, home.dealer, feed="feed", started_at=home.at, finished_at=home.at, files=[file])


def the_password_is_wrong(home):
    waiting(home)
    options = {"authenticator": password_check, "auth_require_tls": False}
    by_mail(home, Mailbox(), user="north", secrets={"password": "wrong"}, **options)


def a_reader_complains(home):
    (message,) = waiting(home, state="sent", attempts=1)
    news = News("complained", "1", home.at, message.key, suppress="complaint")
    a_sent = {"kind": "sent", "ref": "1", "happened_at": home.at, "channel": "email", "address": message.address}
    a_row(Touch, home.dealer, **a_sent)
    take_in(home.dealer, "postmark", [news], channel="email", at=home.at)


def the_mailbox_is_closed(home):
    box = home.open.enter_context(imap_server([]))
    kept = {"host": "127.0.0.1", "port": 9, "tls": "none"}
    secrets = {"bounces": f"imap://desk:wrong@127.0.0.1:{box.port}/INBOX"}
    keep_sender(home.dealer, "email", Sending("smtp", kept, secrets), at=home.at)


def signatures_are_wrong(home):
    by_twilio(home, Account())
    hook = Sender.objects.of(home.dealer).get(channel="sms").hook
    for second in range(2):
        home.clock.move_to(home.at + timedelta(seconds=2 * second))
        assert posted(f"/hooks/{hook}/inbound/", {"MessageSid": "SM1"}, token="rotated").status_code == 403


def the_clock_goes_back(home):
    home.at -= DAY


def an_automation_breaks(home):
    row = Automation.objects.of(home.dealer).get(code="SR180")
    row.definition["audience"] = [{"category": "customer", "attribute": "shoe_size", "operator": "is", "value": 9}]
    row.save()


def a_reply_is_not_understood(home):
    del home.tasks["deliver"]  # which takes it up again
    store(home.dealer, sender="+15145550001", text="?", at=home.at, ref="1")


def the_providers_log_cannot_be_read(home):
    class Deaf(Twilio):
        def listed(self, number: str) -> Any:
            return error(500, 20500)

    by_twilio(home, Deaf())


def the_database_takes_nothing(home):
    def full(**_: Any) -> Any:
        raise OperationalError("database or disk is full")

    home.patch.setattr(Fault.objects, "get_or_create", full)
    home.patch.setattr(health, "LEAST_DISK", 10**18)


def a_look_breaks(home):
    def broken(dealer, at):
        raise RuntimeError("out of order")

    home.patch.setattr("relance.jobs.watch.findings.FAULTS", (broken, *health.FAULTS))


PLANTED = {
    the_scheduler_stalls: "last planned",
    no_worker_runs: "email stands still: 1 messages have been due for over 3 minutes and none leaves",
    the_queue_grows: "the queue of email grows",
    an_answer_is_lost: "1 messages are unsure",
    print_files_cannot_be_written: "postcard stands still",
    the_backup_cannot_be_made: "the last backup could not be made",
    no_backup_is_made: "too long ago",
    the_backup_is_broken: "the newest backup does not restore",
    a_fifth_is_refused: "30 of the last 30 hand-overs did not succeed",
    a_certificate_is_near_its_end: "renew it",
    a_server_does_not_encrypt_any_more: "no encrypted connection",
    a_carrier_wants_a_registration: "10DLC",
    the_disk_is_nearly_full: "too little",
    the_feed_does_not_come: "the next one should have come",
    the_feed_cannot_be_read: "the feed feed.zip was refused",
    the_import_is_stopped: "the last import stopped at customers.csv",
    the_password_is_wrong: "does not take user and password",
    a_reader_complains: "marketing by email stands still",
    the_mailbox_is_closed: "the mailbox for bounces of email cannot be read",
    signatures_are_wrong: "calls to the address for sms are refused",
    the_clock_goes_back: "is the clock right?",
    an_automation_breaks: "SR180 is paused",
    a_reply_is_not_understood: "1 replies were stored and not understood",
    the_providers_log_cannot_be_read: "what customers wrote cannot be read at the provider",
    the_database_takes_nothing: "the database takes nothing: database or disk is full",
    a_look_breaks: "the doctor cannot look (broken): out of order",
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_it_is_told_within_five_minutes(plant, home):
    home.minutes(3)
    assert home.told == []
    plant(home)
    took = home.minutes(WITHIN, until=lambda: any(PLANTED[plant] in said for said in home.told))
    assert [said for said in home.told if PLANTED[plant] in said], home.told
    assert took <= WITHIN


@pytest.mark.parametrize("broken", ["the house's", "the dealer's"])
def test_the_way_that_is_not_broken_tells_of_the_one_that_is(broken, home):
    """Of two mail servers one is gone: the other one tells."""
    theirs = home.open.enter_context(mail_server(Mailbox()))
    way = Sending("smtp", {"host": "127.0.0.1", "port": theirs.port, "tls": "none"})
    if broken == "the house's":
        home.patch.setitem(settings.ENVIRONMENT, "RELANCE_SMTP_URL", "smtp://127.0.0.1:9?tls=none")
        the_disk_is_nearly_full(home)
    else:
        way = Sending("smtp", {"host": "127.0.0.1", "port": 9, "tls": "none"})
        waiting(home)
    keep_sender(home.dealer, "email", way, at=home.at)
    home.minutes(WITHIN)
    told = theirs.recipients if broken == "the house's" else home.box.recipients
    assert "ops@house.example" in told


def test_twenty_are_planted():
    assert len(PLANTED) >= 20
