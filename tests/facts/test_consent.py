"""The consent ledger: what stands at a moment, who can undo what, and that nothing is ever changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.facts.consent import (
    Entry,
    Relation,
    ever_withdrawn,
    ledger_of,
    record,
    relations_of,
    standing_withdrawal,
    state_of,
)
from relance.facts.models import ConsentEntry
from tests.builders import a_customer, a_dealer, a_repair_order, a_sale, consent

JANUARY, MARCH, MAY, JULY = (datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 3, 5, 7))
SMS = {"channel": "sms", "purpose": "marketing"}


def an_entry(status: str, at: datetime = JANUARY, **values: Any) -> Entry:
    return Entry(**{"channel": "sms", "purpose": "marketing", "status": status, "at": at, **values})


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ([], "unknown"),
        ([an_entry("granted")], "granted"),
        ([an_entry("implied")], "implied"),
        ([an_entry("implied"), an_entry("granted")], "granted"),
        ([an_entry("withdrawn")], "withdrawn"),
        ([an_entry("granted", channel="any", purpose="any")], "granted"),
        ([an_entry("granted", channel="email")], "unknown"),
        ([an_entry("granted", purpose="service")], "unknown"),
        ([an_entry("withdrawn", channel="email")], "unknown"),
        ([an_entry("withdrawn", channel="any")], "withdrawn"),
        ([an_entry("withdrawn", purpose="any")], "withdrawn"),
        ([an_entry("withdrawn", purpose="service")], "unknown"),
        ([an_entry("granted", at=JULY)], "unknown"),
        ([an_entry("withdrawn", at=JULY)], "unknown"),
        ([an_entry("granted"), an_entry("withdrawn", MARCH)], "withdrawn"),
        ([an_entry("withdrawn", MARCH, expires_at=MARCH)], "withdrawn"),
    ],
)
def test_the_state_in_may(entries: list[Entry], state: str):
    assert state_of(entries, **SMS, at=MAY) == state


@pytest.mark.parametrize(
    ("withdrawn_by", "granted_by", "state"),
    [
        ("person", "person", "granted"),
        ("person", "staff", "withdrawn"),
        ("person", "feed", "withdrawn"),
        ("feed", "person", "granted"),
        ("feed", "staff", "withdrawn"),
        ("feed", "feed", "withdrawn"),
        ("staff", "person", "granted"),
        ("staff", "staff", "granted"),
        ("staff", "feed", "withdrawn"),
    ],
)
def test_who_can_undo_whose_withdrawal(withdrawn_by: str, granted_by: str, state: str):
    entries = [an_entry("withdrawn", JANUARY, by=withdrawn_by), an_entry("granted", MARCH, by=granted_by)]
    assert state_of(entries, **SMS, at=MAY) == state


@pytest.mark.parametrize("at", [JANUARY, MARCH])
def test_a_grant_undoes_only_what_came_before_it(at: datetime):
    entries = [an_entry("withdrawn", MARCH, by="person"), an_entry("granted", at, by="person")]
    assert state_of(entries, **SMS, at=MAY) == "withdrawn"


def test_a_narrow_grant_undoes_a_wide_withdrawal_only_where_it_reaches():
    entries = [
        an_entry("withdrawn", JANUARY, by="person", channel="any", purpose="any"),
        an_entry("granted", MARCH, by="person", channel="sms", purpose="any"),
    ]
    assert state_of(entries, channel="sms", purpose="service", at=MAY) == "granted"
    assert state_of(entries, channel="email", purpose="service", at=MAY) == "withdrawn"


def test_an_implied_consent_undoes_nothing():
    entries = [an_entry("withdrawn", JANUARY, by="staff"), an_entry("implied", MARCH, by="person")]
    assert state_of(entries, **SMS, at=MAY) == "withdrawn"


def test_a_grant_from_before_a_withdrawal_does_not_revive_when_that_is_undone():
    entries = [
        an_entry("granted", JANUARY),
        an_entry("withdrawn", MARCH, by="staff"),
        an_entry("granted", MARCH + timedelta(days=1), by="staff", expires_at=MARCH + timedelta(days=2)),
    ]
    assert state_of(entries, **SMS, at=MAY) == "unknown"


@pytest.mark.parametrize(
    ("later", "state"),
    [(timedelta(seconds=-1), "granted"), (timedelta(), "unknown"), (timedelta(seconds=1), "unknown")],
)
def test_the_moment_of_expiry_no_longer_counts(later: timedelta, state: str):
    assert state_of([an_entry("granted", expires_at=MAY)], **SMS, at=MAY + later) == state


def test_an_entry_counts_from_its_own_moment_on():
    assert state_of([an_entry("granted", MAY)], **SMS, at=MAY) == "granted"
    assert state_of([an_entry("granted", MAY)], **SMS, at=MAY - timedelta(seconds=1)) == "unknown"


def test_ever_withdrawn_remembers_what_was_undone():
    entries = [an_entry("withdrawn", JANUARY, by="person"), an_entry("granted", MARCH, by="person")]
    assert ever_withdrawn(entries, **SMS, at=MAY)
    assert not ever_withdrawn(entries, channel="email", purpose="marketing", at=MAY)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 30)).map(lambda m: m.replace(tzinfo=UTC))  # noqa: DTZ001
entries_by = {
    by: st.builds(
        Entry,
        channel=st.sampled_from(["any", "sms", "email"]),
        purpose=st.sampled_from(["any", "service", "marketing"]),
        status=st.sampled_from(["granted", "implied", "withdrawn"]),
        at=moments,
        by=st.just(by),
        expires_at=st.none() | moments,
    )
    for by in ("feed", "person", "staff")
}
anybody = st.one_of(*entries_by.values())


@settings(max_examples=150, deadline=None)
@given(st.lists(anybody, max_size=6), st.sampled_from(["feed", "person"]), moments, st.data())
def test_whatever_is_appended_a_withdrawal_stands_until_the_person_speaks(before, by, at, data):
    ledger = [*before, an_entry("withdrawn", at, by=by)]
    others = data.draw(st.lists(st.one_of(entries_by["feed"], entries_by["staff"]), max_size=6))
    asked = at + timedelta(days=data.draw(st.integers(0, 400)))
    if standing_withdrawal(ledger, **SMS, at=asked) is not None:
        assert standing_withdrawal([*ledger, *others], **SMS, at=asked) is not None


@settings(max_examples=100, deadline=None)
@given(st.lists(anybody, max_size=8), moments, st.randoms())
def test_the_order_of_the_entries_does_not_matter(entries, at, random):
    shuffled = random.sample(entries, len(entries))
    assert state_of(shuffled, **SMS, at=at) == state_of(entries, **SMS, at=at)


@pytest.mark.django_db
def test_a_ledger_is_read_per_customer_oldest_first():
    dealer = a_dealer()
    ann, bob, cat = a_customer(dealer), a_customer(dealer), a_customer(dealer)
    consent(ann, "withdrawn", at=MARCH)
    consent(ann, "granted", at=JANUARY)
    consent(bob, "implied")
    ledger = ledger_of(dealer, [ann.pk, bob.pk, cat.pk])
    assert {pk: [e.status for e in entries] for pk, entries in ledger.items()} == {
        ann.pk: ["granted", "withdrawn"],
        bob.pk: ["implied"],
    }


@pytest.mark.django_db
def test_a_ledger_of_many_takes_a_query_per_five_hundred(django_assert_num_queries: Any):
    dealer = a_dealer()
    with django_assert_num_queries(3):
        ledger_of(dealer, range(1, 1201))


@pytest.mark.django_db
def test_another_dealers_ledger_stays_closed():
    ann = a_customer(a_dealer())
    consent(ann)
    assert ledger_of(a_dealer("south"), [ann.pk]) == {}


@pytest.mark.django_db
def test_recording_appends_for_each_customer_and_a_second_time_changes_nothing():
    dealer = a_dealer()
    ann, bob = a_customer(dealer), a_customer(dealer)
    stop = an_entry("withdrawn", MARCH, by="person", channel="any", words="STOP", source="sms")
    record(dealer, [ann.pk, bob.pk], stop, recorded_at=MARCH)
    record(dealer, [ann.pk, bob.pk], stop, recorded_at=MAY)
    rows = ConsentEntry.objects.of(dealer).values_list("customer_id", "words", "recorded_at")
    assert set(rows) == {(ann.pk, "STOP", MARCH), (bob.pk, "STOP", MARCH)}
    assert ledger_of(dealer, [ann.pk]) == {ann.pk: [stop]}


@pytest.mark.django_db
def test_a_relation_is_what_had_happened_by_then():
    dealer = a_dealer()
    ann, bob = a_customer(dealer, kind="customer"), a_customer(dealer, kind=None)
    a_sale(ann, "2024-05-10")
    a_sale(ann, "2026-05-02")  # still to come on the day asked about
    a_sale(ann, None)
    order = a_repair_order(ann, "2025-12-01T17:00")
    a_repair_order(ann, "2026-05-01T17:00")
    a_repair_order(ann, None, opened_at="2026-04-01T09:00")
    assert relations_of(dealer, [ann.pk, bob.pk], MAY) == {
        ann.pk: Relation("customer", date(2024, 5, 10), order.closed_at),
        bob.pk: Relation(None, None, None),
    }
