"""A visit is agreed, its reminder goes out the evening before in the customer's hours; one is moved, one canceled."""

import pytest

from tests.journeys.steps import Story

REMIND = {
    "code": "A_REMIND",
    "name": "See you tomorrow",
    "programme": "appointment",
    "kind": "appointment_reminder",
    "purpose": "service",
    "subject": "appointment",
    "live_from": "2026-01-01",
    "audience": [
        {"category": "appointment", "attribute": "date", "operator": "in_exactly_days", "value": 1},
        {"category": "appointment", "attribute": "status", "operator": "is_one_of", "value": ["booked", "confirmed"]},
    ],
    "schedule": {"kind": "daily", "at": "17:00"},
    "repeat": "each_time",
    "channels": ["sms"],
    "wording": {"sms": {"en": {"body": "See you {appointment.start_at_time}."}}},
}
PEOPLE = """
id | first_name | mobile
C1 | Ann        | 514-555-0001
C2 | Bob        | 514-555-0002
C3 | Cat        | 604-555-0003
C4 | Dan        |
"""
BOOKED = """
id | customer_id | start_at         | status
A1 | C1          | 2026-05-05T09:00 | booked
A2 | C2          | 2026-05-05T10:00 | booked
A3 | C3          | 2026-05-05T11:00 | confirmed
A4 | C4          | 2026-05-05T12:00 | booked
"""
CHANGED = """
id | customer_id | start_at         | status
A1 | C1          | 2026-05-06T09:00 | booked
A2 | C2          | 2026-05-05T10:00 | canceled
"""


@pytest.mark.django_db
def test_a_reminder(relance, tmp_path):
    Story(relance, tmp_path).automations(REMIND).tell(
        [
            ("2026-05-04T08:00", "import", {"customers": PEOPLE, "appointments": BOOKED}),
            ("2026-05-04T16:59", "plan", []),
            (
                "2026-05-04T17:00",
                "plan",
                ["A_REMIND C1 sms", "A_REMIND C2 sms", "A_REMIND C3 sms", "A_REMIND C4 no_channel"],
            ),
            ("2026-05-04T17:00", "import", {"appointments": CHANGED}),
            (
                "2026-05-04T17:00",
                "deliver",
                ["A_REMIND C1 no_longer_true", "A_REMIND C2 no_longer_true", "A_REMIND C3 sent"],
            ),
            ("2026-05-05T17:00", "plan", ["A_REMIND C1 sms"]),
            ("2026-05-05T17:00", "deliver", ["A_REMIND C1 sent"]),
            ("2026-05-06T17:00", "plan", []),
        ]
    )
