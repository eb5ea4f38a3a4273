"""What a schedule may say: one clear sentence per fault, and what a file says comes back."""

from datetime import date, datetime
from typing import Any

import pytest

from relance.lib import schema
from relance.lib.errors import BadInput
from relance.plan.schedule import Schedule

FAULTS = [
    ({"kind": "daly", "at": "10:00"}, "schedule.kind: unknown value 'daly', did you mean 'daily'?"),
    ({"at": "10:00"}, "schedule.kind: is missing"),
    ({"kind": "daily", "att": "10:00"}, "schedule: unknown key 'att', did you mean 'at'?"),
    ({"kind": "daily"}, "schedule: a daily schedule needs 'at'"),
    ({"kind": "daily", "at": "25:00"}, "schedule.at: write a time such as 10:30"),
    ({"kind": "daily", "at": "10:00-05:00"}, "schedule.at: write a time such as 10:30"),
    ({"kind": "daily", "at": "2026-05-04T10:00"}, "'at' of a daily schedule is a time such as 10:00"),
    ({"kind": "once", "at": "10:00"}, "'at' of a once schedule is a day and a time"),
    ({"kind": "once", "at": "2026-13-01T10:00"}, "schedule.at: write a time such as 10:30"),
    ({"kind": "once", "at": "9999-12-31T10:00", "split_days": 3}, "schedule.at: write a time such as 10:30"),
    ({"kind": "weekly", "at": "10:00"}, "schedule: a weekly schedule needs 'days'"),
    ({"kind": "weekly", "at": "10:00", "days": []}, "schedule: a weekly schedule needs 'days'"),
    ({"kind": "weekly", "at": "10:00", "days": ["mo"]}, "schedule.days[0]: unknown value 'mo', did you mean 'mon'?"),
    ({"kind": "monthly", "day": 32, "at": "10:00"}, "schedule.day: a day of the month is a number from 1 to 31, or"),
    ({"kind": "monthly", "day": 1, "days": ["mon"], "at": "10:00"}, "a monthly schedule has no 'days'; it has day, at"),
    ({"kind": "yearly", "at": "10:00"}, "a yearly schedule needs either month and day, or holiday"),
    ({"kind": "yearly", "at": "10:00", "month": 5}, "a yearly schedule needs month and day, both as numbers"),
    ({"kind": "yearly", "at": "10:00", "month": 2, "day": 30}, "month 2 has no day 30"),
    (
        {"kind": "yearly", "at": "10:00", "month": 5, "day": 1, "holiday": "christmas"},
        "either month and day, or holiday",
    ),
    ({"kind": "yearly", "at": "10:00", "month": 5, "day": 1, "days_before": 3}, "days_before goes with holiday"),
    ({"kind": "closed_day", "at": "10:00"}, "a closed_day schedule needs 'days_before'"),
    ({"kind": "manual", "at": "10:00"}, "a manual schedule has no 'at'; it has no other key"),
    ({"kind": "realtime", "at": "10:00"}, "a realtime schedule has no 'at'; it has window, days"),
    ({"kind": "realtime", "window": "always"}, "schedule.window: a window is opening_hours, or two times"),
    ({"kind": "realtime", "window": ["18:00", "08:00"]}, "schedule.window: closes (08:00) must be later than opens"),
    ({"kind": "realtime", "closed_day": "skip"}, "closed_day: skip means nothing for a realtime schedule"),
    (
        {"kind": "daily", "at": "10:00", "closed_day": "next_day"},
        "unknown value 'next_day', did you mean 'next_open_day'?",
    ),
]


@pytest.mark.parametrize(("written", "sentence"), FAULTS)
def test_a_fault_is_told_in_one_sentence(written: dict[str, Any], sentence: str):
    with pytest.raises(BadInput) as told:
        schema.read(Schedule, written, "schedule")
    assert sentence in str(told.value)
    assert str(told.value).count("(found") <= 1


@pytest.mark.parametrize(
    "written",
    [
        {"kind": "daily", "at": "10:00", "days": ["mon", "tue"], "closed_day": "next_open_day"},
        {"kind": "monthly", "day": "last", "at": "10:30", "every": 3},
        {"kind": "yearly", "month": 2, "day": 29, "at": "10:00"},
        {"kind": "yearly", "holiday": "christmas", "days_before": 10, "at": "10:00"},
        {"kind": "closed_day", "days_before": 2, "at": "09:00"},
        {"kind": "realtime", "window": ["08:00", "18:00"], "days": ["sat"]},
        {"kind": "realtime", "window": "opening_hours"},
        {"kind": "once", "at": "2026-05-04T10:00:00"},
        {"kind": "once", "at": "2026-05-04T10:00:00-04:00"},
        {"kind": "manual"},
    ],
)
def test_a_schedule_is_written_as_it_was_read(written: dict[str, Any]):
    assert Schedule.model_validate(written).model_dump(mode="json", exclude_unset=True) == written


@pytest.mark.parametrize(
    ("kind", "read_by_yaml", "written"),
    [
        ("daily", 630, "10:30"),
        ("once", datetime(2026, 5, 4, 10), "2026-05-04T10:00:00"),  # noqa: DTZ001 as YAML reads it
        ("once", date(2026, 5, 4), "2026-05-04T00:00:00"),
    ],
)
def test_times_that_yaml_reads_as_something_else_are_understood(kind: str, read_by_yaml: Any, written: str):
    schedule = Schedule.model_validate({"kind": kind, "at": read_by_yaml})
    assert schedule.model_dump(mode="json")["at"] == written
