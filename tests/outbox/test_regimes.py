"""What each law says of a channel: a table per regime, and the days on which consent ends."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from relance.facts.consent import Entry, Relation
from relance.lib.moments import parse_moment
from relance.outbox.law import regimes
from relance.outbox.law.frequency import strictest
from relance.outbox.law.frequency import table as frequency_table
from relance.outbox.law.regimes import judge, may_be_listed, needs_relation, purpose_under, rule_for, stop_reach, table

ZONE = ZoneInfo("America/Toronto")
DAY = datetime(2026, 1, 15, 15, tzinfo=UTC)
CHANNELS = ("sms", "email", "phone", "postcard", "letter")


def moment(text: str) -> datetime:
    return parse_moment(text, ZONE)


def an_entry(status: str, at: str = "2025-10-01", **values: Any) -> Entry:
    return Entry(**{"channel": "any", "purpose": "marketing", "status": status, "at": moment(at), **values})


def a_relation(kind: str | None = None, delivered_on: str | None = None, closed_at: str | None = None) -> Relation:
    delivered = date.fromisoformat(delivered_on) if delivered_on else None
    return Relation(kind, delivered, moment(closed_at) if closed_at else None)


def said(
    regime: str,
    *entries: Entry,
    channel: str = "email",
    purpose: str = "marketing",
    relation: Relation | None = None,
    at: datetime = DAY,
) -> str | None:
    return judge(regime, channel=channel, purpose=purpose, entries=entries, relation=relation, at=at, zone=ZONE)


NEEDS_CONSENT = {
    "casl": {"sms", "email"},
    "tcpa": {"sms", "phone"},
    "gdpr": {"sms", "email", "phone"},
    "none": set(),
}


@pytest.mark.parametrize("regime", NEEDS_CONSENT)
@pytest.mark.parametrize("channel", CHANNELS)
def test_marketing_to_a_stranger(regime: str, channel: str):
    expected = "no_consent" if channel in NEEDS_CONSENT[regime] else None
    assert said(regime, channel=channel) == expected


@pytest.mark.parametrize("regime", NEEDS_CONSENT)
@pytest.mark.parametrize("channel", CHANNELS)
def test_service_needs_no_consent(regime: str, channel: str):
    assert said(regime, channel=channel, purpose="service") is None


@pytest.mark.parametrize("regime", NEEDS_CONSENT)
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("purpose", ["service", "marketing"])
def test_every_regime_obeys_an_opt_out_of_everything(regime: str, channel: str, purpose: str):
    withdrawn = an_entry("withdrawn", purpose="any")
    customer = a_relation("customer", delivered_on="2025-12-01")
    assert said(regime, withdrawn, channel=channel, purpose=purpose, relation=customer) == "opted_out"


@pytest.mark.parametrize("regime", NEEDS_CONSENT)
def test_an_opt_out_of_marketing_leaves_service(regime: str):
    withdrawn = an_entry("withdrawn")
    assert said(regime, withdrawn, purpose="service") is None
    assert said(regime, withdrawn) == "opted_out"


@pytest.mark.parametrize("regime", NEEDS_CONSENT)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_granted_consent_is_enough_everywhere(regime: str, channel: str):
    assert said(regime, an_entry("granted"), channel=channel) is None


@pytest.mark.parametrize("regime", ["casl", "tcpa", "gdpr"])
def test_a_grant_for_another_channel_or_purpose_is_not_enough(regime: str):
    grants = [an_entry("granted", channel="email"), an_entry("granted", purpose="service")]
    assert said(regime, *grants, channel="sms") == "no_consent"


@pytest.mark.parametrize("regime", ["casl", "tcpa", "gdpr"])
def test_an_expired_grant_is_not_enough(regime: str):
    expired = an_entry("granted", expires_at=DAY)
    assert said(regime, expired, channel="sms") == "no_consent"


@pytest.mark.parametrize(
    ("regime", "answer"), [("casl", None), ("tcpa", "no_consent"), ("gdpr", "no_consent"), ("none", None)]
)
def test_an_implied_consent_counts_under_casl_only(regime: str, answer: str | None):
    assert said(regime, an_entry("implied"), channel="sms") == answer
    assert said(regime, an_entry("implied", expires_at=moment("2027-01-01")), channel="sms") == answer


@pytest.mark.parametrize(
    ("regime", "answer"), [("casl", None), ("tcpa", "no_consent"), ("gdpr", "no_consent"), ("none", None)]
)
def test_a_sale_by_itself_is_consent_under_casl_only(regime: str, answer: str | None):
    assert said(regime, channel="sms", relation=a_relation(delivered_on="2025-12-01")) == answer


# (delivery or closing, last day on which it carries, first day on which it does not)
CASL_RELATION = [
    ("2024-05-10", "2026-05-10", "2026-05-11"),  # day 730 and day 731
    ("2023-05-10", "2025-05-10", "2025-05-11"),  # with a leap day between: 731 and 732
    ("2024-02-29", "2026-02-28", "2026-03-01"),
    ("2022-02-28", "2024-02-28", "2024-02-29"),
    ("2024-08-31", "2026-08-31", "2026-09-01"),
]


@pytest.mark.parametrize(("since", "last", "first_without"), CASL_RELATION)
def test_casl_counts_24_months_from_a_delivery(since: str, last: str, first_without: str):
    relation = a_relation(delivered_on=since)
    assert said("casl", relation=relation, at=moment(f"{last}T23:59")) is None
    assert said("casl", relation=relation, at=moment(f"{first_without}T00:00")) == "no_consent"


@pytest.mark.parametrize(("since", "last", "first_without"), CASL_RELATION)
def test_casl_counts_24_months_from_a_closed_repair_order_by_the_dealers_days(
    since: str, last: str, first_without: str
):
    relation = a_relation(closed_at=f"{since}T23:30")  # already the next day in UTC
    assert said("casl", relation=relation, at=moment(f"{last}T23:59")) is None
    assert said("casl", relation=relation, at=moment(f"{first_without}T00:00")) == "no_consent"


def test_the_later_of_delivery_and_repair_order_carries():
    relation = a_relation(delivered_on="2020-01-01", closed_at="2025-12-01T17:00")
    assert said("casl", relation=relation) is None


def test_a_relation_does_not_count_before_it_began():
    assert said("casl", relation=a_relation(delivered_on="2026-01-16")) == "no_consent"


@pytest.mark.parametrize(
    ("since", "last", "first_without"),
    [
        ("2025-08-31", "2026-02-28", "2026-03-01"),
        ("2023-08-31", "2024-02-29", "2024-03-01"),
        ("2024-02-29", "2024-08-29", "2024-08-30"),
        ("2025-10-01", "2026-04-01", "2026-04-02"),
    ],
)
def test_an_inquiry_without_an_expiry_carries_six_months(since: str, last: str, first_without: str):
    inquiry = an_entry("implied", f"{since}T23:30")
    assert said("casl", inquiry, at=moment(f"{last}T23:59")) is None
    assert said("casl", inquiry, at=moment(f"{first_without}T00:00")) == "no_consent"


@pytest.mark.parametrize(("at", "answer"), [("2027-06-01T09:59:59", None), ("2027-06-01T10:00", "no_consent")])
def test_an_implied_consent_with_an_expiry_carries_until_then(at: str, answer: str | None):
    implied = an_entry("implied", "2025-10-01", expires_at=moment("2027-06-01T10:00"))
    assert said("casl", implied, at=moment(at)) == answer


def test_no_sale_makes_up_for_an_opt_out():
    later_sale = a_relation("customer", delivered_on="2026-01-10")
    assert said("casl", an_entry("withdrawn"), relation=later_sale) == "opted_out"


@pytest.mark.parametrize(("kind", "answer"), [("customer", None), ("visitor", "no_consent"), (None, "no_consent")])
def test_the_soft_opt_in_is_for_own_customers(kind: str | None, answer: str | None):
    assert said("gdpr", channel="sms", relation=a_relation(kind)) == answer


def test_the_soft_opt_in_ends_for_ever_with_an_opt_out():
    entries = [
        an_entry("withdrawn", "2025-01-01", by="person"),
        an_entry("granted", "2025-02-01", by="person", expires_at=moment("2025-12-01")),
    ]
    assert said("gdpr", *entries, relation=a_relation("customer")) == "no_consent"


def test_an_opt_out_of_another_channel_leaves_the_soft_opt_in():
    withdrawn = an_entry("withdrawn", channel="email")
    assert said("gdpr", withdrawn, channel="sms", relation=a_relation("customer")) is None


@pytest.mark.parametrize(
    ("regime", "purpose"), [("gdpr", "marketing"), ("casl", "service"), ("tcpa", "service"), ("none", "service")]
)
def test_surveys_count_as_marketing_under_gdpr(regime: str, purpose: str):
    assert purpose_under(regime, "service", is_survey=True) == purpose
    assert purpose_under(regime, "service", is_survey=False) == "service"


@pytest.mark.parametrize(("regime", "answer"), [("casl", True), ("gdpr", True), ("tcpa", False), ("none", False)])
def test_only_some_regimes_ask_what_binds_a_customer(regime: str, answer: bool):
    assert needs_relation(regime) is answer


def test_every_rule_names_its_law_and_its_number():
    assert all(rule.source and rule.k.startswith("K") and rule.bases and rule.channels for rule in table().consent)


def test_a_rule_counts_from_its_day_on(monkeypatch: pytest.MonkeyPatch):
    rules = table().consent
    stricter = rules[0].model_copy(update={"bases": ["granted"], "since": date(2027, 1, 1)})
    newer = table().model_copy(update={"consent": [*rules, stricter]})
    monkeypatch.setattr(regimes, "table", lambda: newer)
    rule_for.cache_clear()
    found = [rule_for("casl", "email", day) for day in (date(2010, 1, 1), date(2026, 12, 31), date(2027, 1, 1))]
    rule_for.cache_clear()
    assert found == [rules[0], rules[0], stricter]


CASL_CALLS = [("2024-11-10", "2026-05-10", "2026-05-11"), ("2024-08-31", "2026-02-28", "2026-03-01")]


@pytest.mark.parametrize(("since", "last", "first_without"), CASL_CALLS)
def test_the_national_list_protects_nobody_for_18_months_after_a_visit(since, last, first_without):
    """relance keeps no copy of the National DNCL: the caller is told whom it might protect (K11)."""
    relation = a_relation(closed_at=f"{since}T16:00")
    assert not may_be_listed("casl", "phone", (), relation, moment(f"{last}T20:00"), ZONE)
    assert may_be_listed("casl", "phone", (), relation, moment(f"{first_without}T09:00"), ZONE)
    assert said("casl", channel="phone", relation=relation, at=moment(f"{first_without}T09:00")) is None


def test_who_agreed_is_not_protected_by_the_national_list_and_other_countries_have_none():
    granted = an_entry("granted", "2020-01-01", channel="phone")
    assert not may_be_listed("casl", "phone", (granted,), None, DAY, ZONE)
    assert may_be_listed("casl", "phone", (), None, DAY, ZONE)
    assert not any(may_be_listed(regime, "phone", (), None, DAY, ZONE) for regime in ("tcpa", "gdpr", "none"))
    assert not may_be_listed("casl", "sms", (), None, DAY, ZONE)


@pytest.mark.parametrize(
    ("regime", "day", "reach"),
    [
        ("tcpa", date(2025, 4, 10), "its_channel"),
        ("tcpa", date(2025, 4, 11), "every_channel"),
        ("tcpa", date(2027, 1, 31), "every_channel"),
        ("casl", date(2027, 1, 31), "its_channel"),
        ("gdpr", date(2027, 1, 31), "its_channel"),
    ],
)
def test_how_far_a_stop_reaches_by_law_is_dated(regime: str, day: date, reach: str):
    assert stop_reach(regime, day) == reach


def test_every_row_has_its_day_its_number_and_its_source():
    rows: list[Any] = [
        *table().consent,
        *table().national_list,
        *table().stop,
        *table().surveys_are_marketing,
        *frequency_table().rows,
    ]
    assert all(row.k.startswith("K") and len(row.source) > 10 and row.since <= table().as_of for row in rows)


def test_nobody_hears_more_often_than_the_strictest_state_allows():
    assert strictest() == (3, timedelta(hours=24))
    assert {place for row in frequency_table().rows for place in row.places} == {"FL", "OK", "MD", "NJ"}
