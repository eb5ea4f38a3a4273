"""The ledger and the law against a second implementation that walks history forward, over random histories (R63, R28).

LEDGER_HISTORIES sets how many (2,000 by default).
"""

import os
import random
from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from relance.facts.consent import Entry, Relation, ledger_of, record, state_of
from relance.facts.models import ConsentEntry
from relance.facts.models.consent import OnlyAppended
from relance.outbox.law.regimes import judge
from tests.builders import A_DAY, a_customer, a_dealer, consent

HISTORIES = int(os.environ.get("LEDGER_HISTORIES", "2000"))
TORONTO = ZoneInfo("America/Toronto")
CHANNELS = ("any", "sms", "email", "phone", "postcard")
START = datetime(2024, 2, 29, 17, tzinfo=UTC)
MAY_UNDO = {"person": {"person"}, "feed": {"person"}, "staff": {"person", "staff"}}


def walked(entries, channel, purpose, at):
    """Whether an opt-out stands, whether there ever was one, and what carries; entries come one after the other."""
    standing: list[str] = []
    carrying: list[Entry] = []
    ever = False
    moments = sorted({entry.at for entry in entries if entry.at <= at})
    for moment in moments:
        now = [
            entry
            for entry in entries
            if entry.at == moment and entry.channel in ("any", channel) and entry.purpose in ("any", purpose)
        ]
        givers = {entry.by for entry in now if entry.status == "granted"}
        standing = [who for who in standing if not givers & MAY_UNDO[who]]
        noes = [entry.by for entry in now if entry.status == "withdrawn"]
        if noes:
            standing, ever, carrying = standing + noes, True, []
        else:
            carrying += [entry for entry in now if entry.status != "withdrawn"]
    alive = [entry for entry in carrying if entry.expires_at is None or entry.expires_at > at]
    return bool(standing), ever, alive


def years_and_months_later(day, months):
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return day.replace(year=year, month=month + 1, day=number)
        except ValueError:
            continue
    return day.replace(year=year, month=month + 1)


def lawful(regime, entries, relation, channel, purpose, at):
    """The second implementation of the law."""
    out, ever, alive = walked(entries, channel, purpose, at)
    if out:
        return "opted_out"
    if purpose == "service" or regime == "none":
        return None
    today = at.astimezone(TORONTO).date()
    granted = any(entry.status == "granted" for entry in alive)
    if regime == "tcpa":
        return None if granted or channel not in ("sms", "phone") else "no_consent"
    if regime == "gdpr":
        needs = channel in ("sms", "email", "phone")
        return None if not needs or granted or (relation.kind == "customer" and not ever) else "no_consent"
    if channel not in ("sms", "email"):
        return None
    for entry in alive:
        fresh = entry.expires_at or today <= years_and_months_later(entry.at.astimezone(TORONTO).date(), 6)
        if entry.status == "implied" and fresh:
            return None
    closed = relation.last_closed_at.astimezone(TORONTO).date() if relation.last_closed_at else None
    days = [day for day in (relation.last_delivered_on, closed) if day and day <= today]
    bound = any(today <= years_and_months_later(day, 24) for day in days)
    return None if granted or bound else "no_consent"


def a_history(luck):
    entries = []
    for _ in range(luck.randint(0, 7)):
        at = START + timedelta(
            days=luck.choice((0, 1, 2, 30, 182, 183, 184, 365, 730, 731)), hours=luck.choice((0, 0, 12))
        )
        expires = at + timedelta(days=luck.choice((1, 182, 730))) if luck.random() < 0.3 else None
        status = luck.choice(("granted", "implied", "withdrawn"))
        purpose, by = luck.choice(("any", "service", "marketing")), luck.choice(("feed", "person", "staff"))
        entries.append(Entry(luck.choice(CHANNELS), purpose, status, at, by, expires))
    delivered = (START + timedelta(days=luck.randint(0, 40))).date() if luck.random() < 0.5 else None
    closed = START + timedelta(days=luck.randint(0, 40)) if luck.random() < 0.5 else None
    return sorted(entries, key=lambda entry: entry.at), Relation(
        luck.choice(("customer", "visitor", None)), delivered, closed
    )


def test_both_implementations_agree_on_random_histories():
    luck = random.Random(63)
    for _ in range(HISTORIES):
        entries, relation = a_history(luck)
        at = START + timedelta(
            days=luck.choice((0, 1, 31, 181, 182, 183, 184, 365, 729, 730, 731, 732)), hours=luck.randint(0, 23)
        )
        regime, channel = luck.choice(("casl", "tcpa", "gdpr", "none")), luck.choice(CHANNELS[1:])
        purpose = luck.choice(("service", "marketing"))
        said = judge(regime, channel=channel, purpose=purpose, entries=entries, relation=relation, at=at, zone=TORONTO)
        assert said == lawful(regime, entries, relation, channel, purpose, at), (
            regime,
            channel,
            purpose,
            at,
            entries,
            relation,
        )


EVENTS = (
    ("granted", "person", 0), ("withdrawn", "person", 10), ("granted", "feed", 20),
    ("withdrawn", "staff", 30), ("granted", "staff", 40), ("granted", "feed", 50),
)  # fmt: skip


@pytest.mark.django_db
def test_no_order_of_entries_and_feeds_brings_a_consent_back():
    """All 720 orders in which six events can be written down end in the same ledger: the person's no stands."""
    dealer = a_dealer()
    ends = set()
    for order in permutations(EVENTS):
        entries = [Entry("sms", "marketing", status, A_DAY + timedelta(minutes=m), by) for status, by, m in order]
        ends.add(state_of(entries, channel="sms", purpose="marketing", at=A_DAY + timedelta(hours=2)))
    assert ends == {"withdrawn"}
    for order in list(permutations(EVENTS))[::90]:
        customer = a_customer(dealer)
        for status, by, minutes in order * 2:  # everything comes twice
            entry = Entry("sms", "marketing", status, A_DAY + timedelta(minutes=minutes), by)
            record(dealer, [customer.pk], entry, recorded_at=A_DAY)
        entries = ledger_of(dealer, [customer.pk])[customer.pk]
        assert len(entries) == len(EVENTS)
        assert state_of(entries, channel="sms", purpose="marketing", at=A_DAY + timedelta(hours=2)) == "withdrawn"


@pytest.mark.django_db
def test_an_entry_is_never_changed_not_even_by_sql():
    entry = consent(a_customer(a_dealer()), "withdrawn")
    entry.status = "granted"
    with pytest.raises(OnlyAppended):
        entry.save()
    with pytest.raises(OnlyAppended):
        entry.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentEntry.objects.of(entry.dealer).update(status="granted")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE facts_consententry SET status = 'granted'")
    assert ConsentEntry.objects.of(entry.dealer).get().status == "withdrawn"
