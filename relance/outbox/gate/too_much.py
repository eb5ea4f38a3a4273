"""Turns what was said to a person lately into what stands against one more: ceilings, and the cap of marketing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from relance.dealers.preferences import Preferences
from relance.lib.moments import DAY
from relance.outbox.gate.known import Counted, day_at
from relance.outbox.law.frequency import strictest

CEILING, CEILING_HOURS = 6, timedelta(hours=24)
MOST_MARKETING, WITHIN = strictest()  # whoever asks for it, unless the guard is off: the law of four states (K24, 209)
TOO_MUCH_MARKETING = f"{MOST_MARKETING} marketing messages in {WITHIN // timedelta(hours=1)} hours"


class Asked(NamedTuple):
    """One more message: when it leaves, and whether a person sends it by hand."""

    send_at: datetime
    on: date
    is_marketing: bool
    is_by_hand: bool


def too_much(preferences: Preferences, counted: Sequence[Counted], asked: Asked) -> tuple[str, str | None] | None:
    """The reason and its detail. What a person sends by hand meets the law's ceiling alone."""
    if preferences.guards.ceiling and not asked.is_by_hand and len(counted) >= CEILING:
        first, last = asked.send_at - CEILING_HOURS, asked.send_at + CEILING_HOURS
        if sum(first < c.send_at < last for c in counted) >= CEILING:
            return "person_ceiling", None
    if not asked.is_marketing:
        return None
    marketing = [c for c in counted if c.is_marketing]
    near = preferences.guards.ceiling and len(marketing) >= MOST_MARKETING
    if near and _most_around(asked.send_at, marketing) >= MOST_MARKETING:
        return "person_ceiling", TOO_MUCH_MARKETING
    cap = preferences.frequency_cap
    if cap is None or asked.is_by_hand:
        return None
    since = asked.on - cap.days * DAY
    return ("frequency_cap", None) if sum(since < c.on <= asked.on for c in marketing) >= cap.messages else None


def counted_now(counted: Sequence[Counted], pk: int, at: datetime, zone: ZoneInfo) -> list[Counted]:
    """What counts against a message at hand-over: what has left, and what was accepted before it."""
    return [_as_of(c, at, zone) for c in counted if c.pk != pk and (c.has_left or c.pk < pk)]


def _as_of(counted: Counted, at: datetime, zone: ZoneInfo) -> Counted:
    """One that is overdue and not stale may leave this very moment: two days' plans must not leave in one."""
    if counted.until is None or not counted.send_at < at <= counted.until:
        return counted
    return counted._replace(send_at=at, on=day_at(at, zone))


def _most_around(at: datetime, counted: Sequence[Counted]) -> int:
    """How many others at most lie in one stretch of the law with this moment."""
    near = [c.send_at for c in counted if at - WITHIN < c.send_at < at + WITHIN]
    starts = [at, *(moment for moment in near if moment < at)]
    return max(sum(start <= moment < start + WITHIN for moment in near) for start in starts)
