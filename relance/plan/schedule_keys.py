"""Turns the keys of a schedule as a file writes them into values and back, and says which key belongs to which kind."""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import PlainSerializer, PlainValidator

from relance.dealers.preferences import Hours

# kind: (keys that it needs, keys that it may have)
KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "realtime": ((), ("window", "days")),
    "daily": (("at",), ("days",)),
    "weekly": (("days", "at"), ()),
    "monthly": (("day", "at"), ("every",)),
    "yearly": (("at",), ("month", "day", "holiday", "days_before")),
    "closed_day": (("days_before", "at"), ()),
    "once": (("at",), ()),
    "manual": ((), ()),
}
MOVABLE = ("daily", "weekly", "monthly", "yearly", "closed_day", "once")  # kinds whose runs closed_day can move


def _read_at(value: Any) -> time | datetime:
    """`10:30` is a time of day; `2026-05-04T10:00` a moment, local to the dealer unless it has an offset."""
    if isinstance(value, int) and not isinstance(value, bool):  # YAML 1.1 reads 10:30 as 630, in base sixty
        value = f"{value // 60:02}:{value % 60:02}"
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value) if len(value) >= len("2026-05-04") else time.fromisoformat(value)
    except ValueError:
        value = None
    if isinstance(value, datetime) or (isinstance(value, time) and value.tzinfo is None):
        return value
    raise ValueError("write a time such as 10:30, or a day and time such as 2026-05-04T10:30")


def _read_day(value: Any) -> int | Literal["last"]:
    if value == "last":
        return "last"
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 31:
        return value
    raise ValueError("a day of the month is a number from 1 to 31, or last")


def _read_window(value: Any) -> Hours | Literal["opening_hours"]:
    if value == "opening_hours":
        return "opening_hours"
    if isinstance(value, str):
        raise ValueError('a window is opening_hours, or two times such as ["08:00", "18:00"]')
    return Hours.model_validate(value)


def _write_at(at: time | datetime) -> str:
    return at.isoformat(timespec="auto") if isinstance(at, datetime) else _write_time(at)


def _write_time(at: time) -> str:
    return at.strftime("%H:%M" if not at.second else "%H:%M:%S")


def _write_window(window: Hours | str) -> list[str] | str:
    return window if isinstance(window, str) else [_write_time(window.opens), _write_time(window.closes)]


# One reader per key, not a union, so that a fault is one sentence; the writers give back what a file says.
At = Annotated[time | datetime, PlainValidator(_read_at), PlainSerializer(_write_at, when_used="json-unless-none")]
DayOfMonth = Annotated[int | Literal["last"], PlainValidator(_read_day)]
Window = Annotated[
    Hours | Literal["opening_hours"],
    PlainValidator(_read_window),
    PlainSerializer(_write_window, when_used="json-unless-none"),
]
