"""Turns the schedule of an automation into its runs: for each the moment it speaks of and the moment it happens.

The reference moment is the nominal time, at which conditions are evaluated; the run moment is when it happens, which
`closed_day: next_open_day` moves (docs/decisions/0010).
"""

import calendar as months
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from relance.dealers.hours import SEARCH_DAYS, Calendar, day_of_holiday
from relance.dealers.preferences import Hours
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.lib.moments import DAY, MINUTE, WEEKDAYS, can_be_meant, day_of, local
from relance.lib.schema import Strict

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Kind = Literal["realtime", "daily", "weekly", "monthly", "yearly", "closed_day", "once", "manual"]
MICROSECOND = timedelta(microseconds=1)

# Holidays by a common word: the same day every year anywhere, or the English name in the dealer's country.
FIXED_HOLIDAYS = {
    "new year": (1, 1),
    "valentine's day": (2, 14),
    "saint-jean": (6, 24),
    "canada day": (7, 1),
    "halloween": (10, 31),
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "christmas day": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
}
NAMED_HOLIDAYS = {
    "thanksgiving": ("Thanksgiving Day", "Thanksgiving"),
    "labour day": ("Labour Day", "Labor Day"),
    "labor day": ("Labor Day", "Labour Day"),
    "midsummer": ("Midsummer Day",),
    "patriots' day": ("National Patriots' Day", "Patriots' Day"),
}

# kind: (keys that it needs, keys that it may have)
KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "realtime": ((), ("window", "days")),
    "daily": (("at",), ("days",)),
    "weekly": (("days", "at"), ()),
    "monthly": (("day", "at"), ("every",)),
    "yearly": (("at",), ("month", "day", "holiday", "days_before")),
    "closed_day": (("days_before", "at"), ()),
    "once": (("at",), ("split_days",)),
    "manual": ((), ()),
}
MOVABLE = ("daily", "weekly", "monthly", "yearly", "closed_day", "once")  # kinds whose runs closed_day can move


def _read_at(value: Any) -> time | datetime:
    """`10:30` is a time of day; `2026-05-04T10:00` a moment, local to the dealer unless it has an offset."""
    if isinstance(value, int) and not isinstance(value, bool):  # YAML 1.1 reads 10:30 as 630, in base sixty
        value = f"{value // 60:02}:{value % 60:02}"
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value) if len(value) >= len("2026-05-04") else time.fromisoformat(value)
    except ValueError:
        value = None
    if isinstance(value, datetime) and can_be_meant(value):
        return value
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise ValueError(gettext("write a time such as 10:30, or a day and time such as 2026-05-04T10:30"))


def _read_day(value: Any) -> int | Literal["last"]:
    if value == "last":
        return "last"
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 31:
        return value
    raise ValueError(gettext("a day of the month is a number from 1 to 31, or last"))


def _read_window(value: Any) -> Hours | Literal["opening_hours"]:
    if value == "opening_hours":
        return "opening_hours"
    if isinstance(value, str):
        raise ValueError(gettext('a window is opening_hours, or two times such as ["08:00", "18:00"]'))
    return Hours.model_validate(value)


def _write_at(at: time | datetime) -> str:
    return at.isoformat(timespec="auto") if isinstance(at, datetime) else _write_time(at)


def _write_time(at: time) -> str:
    return at.strftime("%H:%M" if not at.second else "%H:%M:%S")


def _write_end(window: Hours) -> str:
    return window.ends if window.ends == "24:00" else _write_time(window.closes)


def _write_window(window: Hours | str) -> list[str] | str:
    return window if isinstance(window, str) else [_write_time(window.opens), _write_end(window)]


# One reader per key, not a union, so that a fault is one sentence; the writers give back what a file says.
At = Annotated[time | datetime, PlainValidator(_read_at), PlainSerializer(_write_at, when_used="json-unless-none")]
DayOfMonth = Annotated[int | Literal["last"], PlainValidator(_read_day)]
Window = Annotated[
    Hours | Literal["opening_hours"],
    PlainValidator(_read_window),
    PlainSerializer(_write_window, when_used="json-unless-none"),
]


class RunAt(NamedTuple):
    """One run: the nominal moment, at which conditions are evaluated, and the moment it happens."""

    reference_at: datetime
    run_at: datetime


class Schedule(Strict):
    """When an automation runs (docs/automations.md)."""

    kind: Kind
    at: At | None = Field(None, description="The time of day; for `once` the day and time.")
    days: tuple[Weekday, ...] = Field((), description="Only on these weekdays.")
    window: Window | None = Field(None, description="When a realtime message may leave.")
    day: DayOfMonth | None = Field(None, description="The day of the month.")
    month: int | None = Field(None, ge=1, le=12)
    every: int = Field(1, ge=1, le=60, description="Every so many months, counted from the month of live_from.")
    holiday: str | None = Field(None, description="A holiday instead of month and day, for example christmas.")
    days_before: int = Field(0, ge=0, le=300, description="How many days before the holiday or closed day.")
    split_days: int = Field(1, ge=1, le=60, description="Spread a mailing over so many open days, a part each.")
    closed_day: Literal["send", "skip", "next_open_day"] = Field(
        "send", description="On a closed day: run all the same, not at all, or on the next open day."
    )

    @model_validator(mode="after")
    def _keys_of_the_kind(self) -> "Schedule":
        needed, possible = KEYS[self.kind]
        given = self.model_fields_set - {"kind", "closed_day"}
        if foreign := sorted(given.difference(needed, possible)):
            allowed = ", ".join((*needed, *possible)) or gettext("no other key")
            told = gettext("a {kind} schedule has no '{key}'; it has {allowed}")
            raise ValueError(told.format(kind=self.kind, key=foreign[0], allowed=allowed))
        if missing := [key for key in needed if key not in given or getattr(self, key) in (None, ())]:
            raise ValueError(gettext("a {kind} schedule needs '{key}'").format(kind=self.kind, key=missing[0]))
        if self.closed_day != "send" and self.kind not in MOVABLE:
            told = gettext("closed_day: {word} means nothing for a {kind} schedule; leave it out")
            raise ValueError(told.format(word=self.closed_day, kind=self.kind))
        if self.at is not None and isinstance(self.at, datetime) != (self.kind == "once"):
            day = gettext("a day and a time, for example 2026-05-04T10:00")
            form = day if self.kind == "once" else gettext("a time such as 10:00")
            raise ValueError(gettext("'at' of a {kind} schedule is {form}").format(kind=self.kind, form=form))
        return self._yearly_day()

    def _yearly_day(self) -> "Schedule":
        if self.kind != "yearly":
            return self
        if (self.holiday is None) == (self.month is None and self.day is None):
            raise ValueError(gettext("a yearly schedule needs either month and day, or holiday"))
        if self.holiday is None:
            if self.month is None or not isinstance(self.day, int):
                raise ValueError(gettext("a yearly schedule needs month and day, both as numbers"))
            if self.day > months.monthrange(2024, self.month)[1]:
                told = gettext("month {month} has no day {day}")
                raise ValueError(told.format(month=self.month, day=self.day))
            if self.days_before:
                raise ValueError(gettext("days_before goes with holiday; with month and day write the day itself"))
        return self

    def holds_on(self, day: date) -> bool:
        """Whether `days` name this weekday; without `days` every weekday."""
        return not self.days or WEEKDAYS[day.weekday()] in self.days

    def window_on(self, day: date, calendar: Calendar) -> Hours | Literal["all_day"] | None:
        """When a message of this schedule may leave on `day`; None for not at all. Only realtime holds back."""
        if self.kind != "realtime":
            return "all_day"
        if not self.holds_on(day):
            return None
        if self.window is None:
            return "all_day"
        return calendar.hours(day) if self.window == "opening_hours" else self.window


def runs(
    schedule: Schedule, calendar: Calendar, zone: ZoneInfo, *, after: datetime, until: datetime, live_from: datetime
) -> list[RunAt]:
    """The runs with after < run_at <= until and reference_at >= live_from, by run moment, then reference moment.

    Raises BadInput for a holiday that the dealer's country does not have.
    """
    if schedule.kind == "realtime":
        return _minutes(max(after, live_from - MICROSECOND), until)
    if schedule.kind == "manual" or until <= after:
        return []
    if schedule.split_days > 1:
        parts = parts_of(schedule, calendar, zone)
        return [part for part in parts if after < part.run_at <= until and part.reference_at >= live_from]
    days = _NOMINAL_DAYS[schedule.kind]
    first, last = _first_nominal(schedule, calendar, day_of(after, zone)), day_of(until, zone)
    span = _Span(first, last, zone, day_of(live_from, zone))
    found = (_run_of(schedule, calendar, zone, day) for day in days(schedule, calendar, span) if first <= day <= last)
    return sorted(
        (r for r in found if r and after < r.run_at <= until and r.reference_at >= live_from),
        key=lambda r: (r.run_at, r.reference_at),
    )


def next_run(
    schedule: Schedule, calendar: Calendar, zone: ZoneInfo, *, after: datetime, live_from: datetime
) -> RunAt | None:
    """The first run after a moment; None when there is none within five years."""
    begin = max(after, live_from - MICROSECOND)
    for reach in (2 * MINUTE, 8 * DAY, 40 * DAY, 400 * DAY, 5 * 366 * DAY):
        if found := runs(schedule, calendar, zone, after=begin, until=begin + reach, live_from=live_from):
            return found[0]
    return None


def parts_of(schedule: Schedule, calendar: Calendar, zone: ZoneInfo) -> list[RunAt]:
    """The open days of a split mailing: one reference moment, so that the parts are parts of the same people."""
    assert isinstance(schedule.at, datetime)
    reference_at = _once_at(schedule.at, zone)
    at, day = reference_at.astimezone(zone).time(), day_of(reference_at, zone)
    parts: list[RunAt] = []
    while len(parts) < schedule.split_days and (open_day := calendar.next_open_day(day)):
        parts.append(RunAt(reference_at, local(open_day, at, zone)))
        day = open_day + DAY
    return parts


def check_holiday(schedule: Schedule, calendar: Calendar, *, year: int) -> None:
    """BadInput when the schedule's holiday is none that the dealer's country and region have."""
    if schedule.holiday is not None:
        _holiday(schedule.holiday, calendar, year)


class _Span(NamedTuple):
    """The nominal days that can matter, and where `every` counts from."""

    first: date
    last: date
    zone: ZoneInfo
    live_on: date


def _minutes(after: datetime, until: datetime) -> list[RunAt]:
    """Every whole minute on the steady clock, through clock changes."""
    moment = after.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
    count = (until - moment) // MINUTE + 1
    return [RunAt(at, at) for at in (moment + n * MINUTE for n in range(count))]


def _first_nominal(schedule: Schedule, calendar: Calendar, after: date) -> date:
    """The earliest nominal day that can still run: with next_open_day everything since the last open day."""
    day = after - DAY  # a day's margin: a clock change can push a run past midnight
    if schedule.closed_day == "next_open_day":
        back = (day - n * DAY for n in range(SEARCH_DAYS + 1))
        day = next((d for d in back if calendar.is_open(d)), day - SEARCH_DAYS * DAY)
    return day


def _run_of(schedule: Schedule, calendar: Calendar, zone: ZoneInfo, day: date) -> RunAt | None:
    """The run of a nominal day; None when a closed day swallows it."""
    reference_at, at = _nominal(schedule, zone, day)
    if schedule.closed_day == "send" or calendar.is_open(day):
        return RunAt(reference_at, reference_at)
    runs_on = calendar.next_open_day(day) if schedule.closed_day == "next_open_day" else None
    return RunAt(reference_at, local(runs_on, at, zone)) if runs_on else None


def _nominal(schedule: Schedule, zone: ZoneInfo, day: date) -> tuple[datetime, time]:
    if isinstance(schedule.at, datetime):
        moment = _once_at(schedule.at, zone)
        return moment, moment.astimezone(zone).time()
    at = schedule.at or time()
    return local(day, at, zone), at


def _once_at(at: datetime, zone: ZoneInfo) -> datetime:
    return local(at.date(), at.time(), zone) if at.tzinfo is None else at.astimezone(UTC)


def _weekdays(schedule: Schedule, calendar: Calendar, span: _Span) -> Iterator[date]:
    days = (span.first + n * DAY for n in range((span.last - span.first).days + 1))
    return (day for day in days if schedule.holds_on(day))


def _monthly(schedule: Schedule, calendar: Calendar, span: _Span) -> Iterator[date]:
    live = span.live_on.year * 12 + span.live_on.month
    for number in range(span.first.year * 12 + span.first.month, span.last.year * 12 + span.last.month + 1):
        if (number - live) % schedule.every == 0:
            yield _in_month((number - 1) // 12, (number - 1) % 12 + 1, schedule.day)


def _yearly(schedule: Schedule, calendar: Calendar, span: _Span) -> Iterator[date]:
    for year in range(span.first.year, span.last.year + 2):  # before a holiday in January is in December
        if schedule.holiday is not None:
            yield _holiday(schedule.holiday, calendar, year) - schedule.days_before * DAY
        else:
            yield _in_month(year, schedule.month or 1, schedule.day)


def _closed_days(schedule: Schedule, calendar: Calendar, span: _Span) -> Iterator[date]:
    days = (span.first + n * DAY for n in range((span.last - span.first).days + 1))
    return (day for day in days if calendar.is_closing(day + schedule.days_before * DAY))


def _once(schedule: Schedule, calendar: Calendar, span: _Span) -> Iterator[date]:
    if isinstance(schedule.at, datetime):
        yield day_of(_once_at(schedule.at, span.zone), span.zone)


def _in_month(year: int, month: int, day: int | str | None) -> date:
    """A day of a month; one that the month lacks is its last."""
    last = months.monthrange(year, month)[1]
    return date(year, month, min(day, last) if isinstance(day, int) else last)


def _holiday(word: str, calendar: Calendar, year: int) -> date:
    folded = fold(word).replace("_", " ")
    if folded in FIXED_HOLIDAYS:
        return date(year, *FIXED_HOLIDAYS[folded])
    for name in NAMED_HOLIDAYS.get(folded, (folded,)):
        if day := day_of_holiday(calendar.country, calendar.region, name=name, year=year):
            return day
    place = f"{calendar.country} {calendar.region or ''}".strip()
    if calendar.region:
        told = gettext("'{word}' is no public holiday of {place}: use month and day")
    else:
        told = gettext("'{word}' is no public holiday of {place}: set the region, or use month and day")
    raise BadInput(f"schedule.holiday: {told.format(word=word, place=place)}")


_NOMINAL_DAYS: dict[str, Callable[[Schedule, Calendar, _Span], Iterator[date]]] = {
    "daily": _weekdays,
    "weekly": _weekdays,
    "monthly": _monthly,
    "yearly": _yearly,
    "closed_day": _closed_days,
    "once": _once,
}
