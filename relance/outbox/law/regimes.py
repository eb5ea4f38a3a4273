"""Turns a customer's consent ledger and history into what a law says of one channel: allowed, opted out, no consent.

One dated table, `regimes.yaml`; a new law is a new row with its day and its source (docs/decisions/0011).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from relance.dealers.preferences import Regime
from relance.facts.consent import (
    STRANGER,
    Entry,
    Relation,
    ever_withdrawn,
    standing_grants,
    standing_withdrawal,
)
from relance.lib.moments import add_months, day_of
from relance.lib.schema import Strict, read
from relance.lib.yaml_file import read_yaml
from relance.plan.definition import Channel

TABLE = Path(__file__).with_name("regimes.yaml")
Basis = Literal["granted", "implied", "relation", "own_customer"]


class Rule(Strict):
    """What marketing on these channels needs from a day on: one of the bases is enough."""

    regime: Regime
    channels: list[Channel]
    bases: list[Basis]
    since: date
    k: str
    source: str
    relation_months: int = 0
    inquiry_months: int = 0


class Reach(Strict):
    """How far a bare STOP reaches from a day on, where the dealer does not say."""

    regime: Regime
    reaches: Literal["its_channel", "every_channel"]
    since: date
    k: str
    source: str


class Surveys(Strict):
    """A law that counts surveys as marketing."""

    regime: Regime
    since: date
    k: str
    source: str


class Table(Strict):
    """The whole table, and when it was last looked at."""

    as_of: date
    consent: list[Rule]
    national_list: list[Rule]
    stop: list[Reach]
    surveys_are_marketing: list[Surveys]


@cache
def table() -> Table:
    """The table as it stands in the file."""
    return read(Table, read_yaml(TABLE), TABLE.name)


class _Asked(NamedTuple):
    """Whom is spoken to, how and when."""

    channel: str
    purpose: str
    entries: Sequence[Entry]
    relation: Relation
    at: datetime
    zone: ZoneInfo


class _Case(NamedTuple):
    """One question to a rule."""

    rule: Rule
    asked: _Asked
    carrying: Sequence[Entry]  # the granted and implied entries that count
    day: date


def judge(  # noqa: PLR0913 a question of law has these seven parts, and every caller has them at hand
    regime: str,
    *,
    channel: str,
    purpose: str,
    entries: Sequence[Entry],
    relation: Relation | None,
    at: datetime,
    zone: ZoneInfo,
) -> Literal["opted_out", "no_consent"] | None:
    """Why the law forbids this channel for this purpose at `at`; None when it does not."""
    if entries and standing_withdrawal(entries, channel=channel, purpose=purpose, at=at) is not None:
        return "opted_out"
    if purpose != "marketing":
        return None
    rule = rule_for(regime, channel, _day(at, zone))
    if rule is None or _carries(rule, _Asked(channel, purpose, entries, relation or STRANGER, at, zone)):
        return None
    return "no_consent"


def may_be_listed(
    regime: str, channel: str, entries: Sequence[Entry], relation: Relation | None, at: datetime, zone: ZoneInfo
) -> bool:
    """Whether a list of the country may forbid a marketing call, which relance cannot know (K11, decision 208)."""
    asked = _Asked(channel, "marketing", entries, relation or STRANGER, at, zone)
    rows = [r for r in table().national_list if r.regime == regime and channel in r.channels]
    return any(not _carries(rule, asked) for rule in rows)


def _carries(rule: Rule, asked: _Asked) -> bool:
    """Whether one of the rule's bases is there."""
    entries = asked.entries
    carrying = [*standing_grants(entries, channel=asked.channel, purpose=asked.purpose, at=asked.at)] if entries else ()
    case = _Case(rule, asked, carrying, _day(asked.at, asked.zone))
    return any(_BASES[basis](case) for basis in rule.bases)


def purpose_under(regime: str, purpose: str, *, is_survey: bool) -> str:
    """The purpose as the law sees it."""
    return "marketing" if is_survey and regime in _where_surveys_are_marketing() else purpose


@cache
def _where_surveys_are_marketing() -> frozenset[str]:
    return frozenset(row.regime for row in table().surveys_are_marketing)


@lru_cache(maxsize=500)
def stop_reach(regime: str, day: date) -> str:
    """What a bare STOP withdraws by the law: its channel, or every one (K14)."""
    rows = sorted((row for row in table().stop if row.regime == regime and row.since <= day), key=lambda row: row.since)
    return rows[-1].reaches if rows else "its_channel"


def needs_relation(regime: str) -> bool:
    """Whether any rule of the regime asks for kind, deliveries and repair orders."""
    return any(r.regime == regime and not {"relation", "own_customer"}.isdisjoint(r.bases) for r in table().consent)


@lru_cache(maxsize=5_000)
def rule_for(regime: str, channel: str, day: date) -> Rule | None:
    """The rule of that day: the latest row that is in force; before the first row, the first."""
    rows = sorted((r for r in table().consent if r.regime == regime and channel in r.channels), key=lambda r: r.since)
    in_force = [r for r in rows if r.since <= day] or rows[:1]
    return in_force[-1] if in_force else None


def _granted(case: _Case) -> bool:
    return any(e.status == "granted" for e in case.carrying)


def _implied(case: _Case) -> bool:
    """An implied entry carries until it expires; without an expiry it is an inquiry."""
    return any(e.status == "implied" and (e.expires_at or _recent_inquiry(e, case)) for e in case.carrying)


def _recent_inquiry(entry: Entry, case: _Case) -> bool:
    return case.day <= _months_after(day_of(entry.at, case.asked.zone), case.rule.inquiry_months)


def _relation(case: _Case) -> bool:
    """A delivery or a closed repair order in the months immediately before the day, its own day counted."""
    closed_at = case.asked.relation.last_closed_at
    days = [case.asked.relation.last_delivered_on, day_of(closed_at, case.asked.zone) if closed_at else None]
    return any(d is not None and d <= case.day <= _months_after(d, case.rule.relation_months) for d in days)


def _own_customer(case: _Case) -> bool:
    """Soft opt-in: an own customer who never said no, not even once and taken back."""
    said_no = ever_withdrawn(
        case.asked.entries, channel=case.asked.channel, purpose=case.asked.purpose, at=case.asked.at
    )
    return case.asked.relation.kind == "customer" and not said_no


_day = lru_cache(maxsize=5_000)(day_of)
_months_after = lru_cache(maxsize=5_000)(add_months)  # thousands of drafts ask of the same few hundred days

_BASES: dict[Basis, Callable[[_Case], bool]] = {
    "granted": _granted,
    "implied": _implied,
    "relation": _relation,
    "own_customer": _own_customer,
}
