"""An automation's file form becomes a typed definition, or a fault with its path and the nearest word."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from relance.lib.errors import BadInput
from relance.plan.definition import read_definition, read_live_from
from relance.plan.draft import occurrence_key

WHOLE = {
    "code": "SR180",
    "name": "Six-month service recall",
    "purpose": "marketing",
    "subject": "repair_order",
    "schedule": {"kind": "daily", "at": "10:00"},
    "channels": ["sms"],
}
RULE = {"category": "vehicle", "attribute": "make", "operator": "is", "value": "Mazda"}

FAULTS = [
    ("a text", "a: must be a mapping"),
    (WHOLE | {"codee": "X"}, "did you mean 'code'?"),
    ({key: value for key, value in WHOLE.items() if key != "purpose"}, "a.purpose"),
    (WHOLE | {"code": "sr-180"}, "a.code"),
    (WHOLE | {"purpose": "marketting"}, "did you mean 'marketing'?"),
    (WHOLE | {"subject": "repair_orders"}, "did you mean 'repair_order'?"),
    (WHOLE | {"schedule": {"kind": "dayly", "at": "10:00"}}, "did you mean 'daily'?"),
    (WHOLE | {"channels": ["sms", "emial"]}, "did you mean 'email'?"),
    (WHOLE | {"channels": []}, "a.channels"),
    (WHOLE | {"recipients": ["salespersn"]}, "unknown recipient 'salespersn', did you mean 'salesperson'?"),
    (WHOLE | {"recipients": ["user:"]}, "unknown recipient 'user:'"),
    (WHOLE | {"repeat": "twice"}, "a.repeat"),
    (WHOLE | {"repeat": {"days": 0}}, "a.repeat"),
    (WHOLE | {"kind": "appointment_reminder"}, "an appointment_reminder has `subject: appointment`"),
    (WHOLE | {"audience": [RULE | {"operator": "iss"}]}, "a.audience[0].operator: unknown operator 'iss'"),
    (WHOLE | {"holdout_percent": 101}, "a.holdout_percent"),
    (WHOLE | {"grace_hours": -1}, "a.grace_hours"),
    (WHOLE | {"wording": {"sms": {"en": {"body": ""}}}}, "a.wording.sms.en.body"),
    (WHOLE | {"wording": {"sms": {"xx": {"body": "a"}}}}, "a.wording.sms"),
]


@pytest.mark.parametrize(("entry", "says"), FAULTS, ids=[says for _, says in FAULTS])
def test_a_fault_names_its_path_and_the_nearest_word(entry, says):
    with pytest.raises(BadInput) as fault:
        read_definition(entry, "a")
    assert says in str(fault.value)


@pytest.mark.parametrize(("written", "status"), [(True, "on"), (False, "off"), ("approval", "approval")])
def test_a_bare_on_or_off_means_the_word(written, status):
    assert read_definition(WHOLE | {"status": written}, "a").status == status


def test_nothing_said_means_off_once_to_the_customer():
    definition = read_definition(WHOLE, "a")
    assert (definition.status, definition.repeat, definition.recipients) == ("off", "once", ["customer"])
    assert (definition.scope, definition.kind, definition.tree) == ("customer", "general", ())


@pytest.mark.parametrize(
    ("schedule", "said", "hours"),
    [
        ({"kind": "daily", "at": "10:00"}, None, 24),
        ({"kind": "realtime"}, None, 2),
        ({"kind": "realtime"}, 5, 5),
        ({"kind": "daily", "at": "10:00"}, 0, 0),
    ],
)
def test_grace_is_a_day_and_in_realtime_two_hours(schedule, said, hours):
    assert read_definition(WHOLE | {"schedule": schedule, "grace_hours": said}, "a").grace == hours


ZONE = ZoneInfo("America/Toronto")
OTHERWISE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (None, OTHERWISE),
        ("2026-03-01", datetime(2026, 3, 1, 5, tzinfo=UTC)),
        (date(2026, 3, 1), datetime(2026, 3, 1, 5, tzinfo=UTC)),
        ("2026-07-01T10:00", datetime(2026, 7, 1, 14, tzinfo=UTC)),
        ("2026-07-01T10:00:00+02:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
    ],
)
def test_live_from_is_a_moment_and_a_date_its_midnight(written, moment):
    definition = read_definition(WHOLE | {"live_from": written}, "a")
    assert read_live_from(definition, ZONE, otherwise=OTHERWISE, path="a") == moment


def test_a_live_from_that_is_no_moment_is_refused():
    definition = read_definition(WHOLE | {"live_from": "soon"}, "a")
    with pytest.raises(BadInput, match=r"^a\.live_from: 'soon' is not a moment"):
        read_live_from(definition, ZONE, otherwise=OTHERWISE, path="a")


@pytest.mark.parametrize(
    ("repeat", "key"), [("once", ""), ("yearly", "2026"), ("each_time", "2026-05-04"), ({"days": 9}, "2026-05-04")]
)
def test_the_occurrence_key_follows_repeat(repeat, key):
    assert occurrence_key(read_definition(WHOLE | {"repeat": repeat}, "a"), date(2026, 5, 4)) == key
