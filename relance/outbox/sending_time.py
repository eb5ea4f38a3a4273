"""Turns a moment into the first at which a message may leave: the automation's window, quiet hours, the law's hours.

Hours are what the clocks on the wall show, from the first time up to, not with, the second; on the two nights a year
on which clocks change a day is therefore walked minute by minute.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.dealers.preferences import Hours
from relance.lib.moments import DAY, MINUTE, day_of, day_start, local
from relance.outbox.law.calling_hours import LegalHours
from relance.plan.schedule import Schedule

LONGEST_WAIT = timedelta(days=14)  # what cannot leave by then has nothing to say any more

Allowed = Hours | Literal["all_day"] | None


class SendingTime:
    """When messages of one dealer may leave. Thousands of drafts ask the same; answers are remembered."""

    def __init__(self, dealer: Dealer, calendar: Calendar) -> None:
        self._zone = dealer.zone
        self._calendar = calendar
        self._may_send = dealer.preferences.quiet_hours.may_send
        self._first = lru_cache(maxsize=20_000)(self._search)
        self._end = lru_cache(maxsize=2_000)(self._find_end)

    def earliest(
        self, after: datetime, *, schedule: Schedule, zones: tuple[ZoneInfo, ...], law: LegalHours | None = None
    ) -> datetime | None:
        """The first moment not before `after` that the schedule's window and the hours of every zone allow.

        No zones mean the dealer's; `law` narrows the hours of every zone. None when there is none within 14 days.
        """
        found, _ = self.held(after, schedule=schedule, zones=zones, law=law)
        return found

    def held(
        self, after: datetime, *, schedule: Schedule, zones: tuple[ZoneInfo, ...], law: LegalHours | None = None
    ) -> tuple[datetime | None, str | None]:
        """The same with what holds it longest: window, quiet_hours, or the law by its K-number; None: nothing does."""
        windowed = schedule if schedule.kind == "realtime" and (schedule.window or schedule.days) else None
        return self._first(after, windowed, zones or (self._zone,), law)

    def until(
        self, at: datetime, *, schedule: Schedule, zones: tuple[ZoneInfo, ...], law: LegalHours | None = None
    ) -> datetime:
        """When the hours end that allow `at`: what leaves then must have arrived by that moment (R8)."""
        windowed = schedule if schedule.kind == "realtime" and (schedule.window or schedule.days) else None
        return self._end(at, windowed, zones or (self._zone,), law)

    def _find_end(
        self, at: datetime, windowed: Schedule | None, zones: tuple[ZoneInfo, ...], law: LegalHours | None
    ) -> datetime:
        ends = []
        for zone in zones:
            day = day_of(at, zone)
            ends.append(_end_of(day, zone, law.within(self._may_send, day) if law else self._may_send))
        if windowed is not None:
            day = day_of(at, self._zone)
            ends.append(_end_of(day, self._zone, windowed.window_on(day, self._calendar)))
        return min(ends)

    def _search(
        self, after: datetime, windowed: Schedule | None, zones: tuple[ZoneInfo, ...], law: LegalHours | None
    ) -> tuple[datetime | None, str | None]:
        """Each rule pushes the moment on to what it allows, until none pushes any more; the last to push holds it."""
        moment, latest, holds = after, after + LONGEST_WAIT, None
        while True:
            before = moment
            if windowed is not None:
                moment = self._in_window(moment, latest, windowed)
                holds = "window" if moment > before else holds
            for zone in zones:
                free = _first_allowed(moment, latest, zone, self._may_send, None)
                lawful = _first_allowed(free, latest, zone, self._may_send, law) if law else free
                holds = (
                    f"law {law.k} {law.place}" if law and lawful > free else "quiet_hours" if free > moment else holds
                )
                moment = lawful
            if moment > latest:
                return None, holds
            if moment == before:
                return moment, holds

    def _in_window(self, moment: datetime, latest: datetime, schedule: Schedule) -> datetime:
        for day in _days(moment, latest, self._zone):
            allowed = schedule.window_on(day, self._calendar)
            if (found := _first_on(day, moment, self._zone, allowed)) is not None:
                return found
        return latest + MINUTE


def _first_allowed(
    moment: datetime, latest: datetime, zone: ZoneInfo, hours: Hours, law: LegalHours | None
) -> datetime:
    for day in _days(moment, latest, zone):
        if (found := _first_on(day, moment, zone, law.within(hours, day) if law else hours)) is not None:
            return found
    return latest + MINUTE


def _days(moment: datetime, latest: datetime, zone: ZoneInfo) -> Iterator[date]:
    day, last = day_of(moment, zone), day_of(latest, zone)
    while day <= last:
        yield day
        day += DAY


def _first_on(day: date, moment: datetime, zone: ZoneInfo, allowed: Allowed) -> datetime | None:
    """The first moment of `day`, not before `moment`, inside the hours; None when the day has no such moment."""
    if allowed is None:
        return None
    starts, ends = day_start(day, zone), day_start(day + DAY, zone)
    begin = max(moment, starts)
    if begin >= ends:
        return None
    if allowed == "all_day":
        return begin
    if starts.astimezone(zone).utcoffset() != ends.astimezone(zone).utcoffset():
        return next((m for m in _minutes(begin, ends) if _shown_inside(m, zone, allowed)), None)
    begin = max(begin, local(day, allowed.opens, zone))
    closes = ends if allowed.closes == time.max else local(day, allowed.closes, zone)
    return begin if begin < closes else None


def _end_of(day: date, zone: ZoneInfo, allowed: Allowed) -> datetime:
    """The end of a day's hours; on a night on which clocks change, the earlier reading: too soon does no harm."""
    if allowed is None or allowed == "all_day" or allowed.closes == time.max:
        return day_start(day + DAY, zone)
    return min(local(day, allowed.closes, zone), day_start(day + DAY, zone))


def _minutes(begin: datetime, ends: datetime) -> Iterator[datetime]:
    """`begin` itself, then every whole minute."""
    yield begin
    moment = begin.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
    while moment < ends:
        yield moment
        moment += MINUTE


def _shown_inside(moment: datetime, zone: ZoneInfo, hours: Hours) -> bool:
    return hours.opens <= moment.astimezone(zone).time() < hours.closes
