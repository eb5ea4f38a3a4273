"""A visit, a question how it was, an answer, half a year of silence, the recall, and nobody hears anything twice."""

import pytest

from relance.facts.models import Touch
from tests.journeys.steps import Story

CSI = {
    "code": "J_CSI",
    "name": "How was it",
    "programme": "satisfaction",
    "purpose": "service",
    "subject": "repair_order",
    "live_from": "2026-01-01",
    "audience": [
        {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 1}
    ],
    "schedule": {"kind": "daily", "at": "10:00", "closed_day": "next_open_day"},
    "channels": ["sms", "email"],
    "wording": {
        "sms": {"en": {"body": "How was your visit, {customer.first_name}?"}, "fr": {"body": "Votre visite ?"}},
        "email": {"en": {"subject": "Your visit", "body": "How was it?"}},
    },
}
RECALL = {
    "code": "SR180",
    "name": "Six-month recall",
    "programme": "service_reminder",
    "purpose": "marketing",
    "subject": "repair_order",
    "live_from": "2026-01-01",
    "audience": [
        {
            "category": "repair_order_closed",
            "attribute": "last_time",
            "operator": "days_ago_between",
            "value": [174, 180],
        },
        {"category": "appointment", "attribute": "next_one", "operator": "does_not_exist"},
        {"category": "message_received", "attribute": "text", "operator": "contains", "value": "thank"},
    ],
    "schedule": {"kind": "weekly", "days": ["tue"], "at": "11:00"},
    "channels": ["sms"],
    "wording": {"sms": {"en": {"body": "Time for a service."}, "fr": {"body": "C'est le temps."}}},
}
PEOPLE = """
id | first_name | mobile         | email           | language
C1 | Ann        | 514-555-0001   |                 | en
C2 | Luc        |                | luc@example.org | fr
C3 | Eve        | 514-555-0003   |                 |
"""
FRIDAY = """
id | customer_id | opened_at        | closed_at
R1 | C1          | 2026-05-01T09:00 | 2026-05-01T16:00
R2 | C2          | 2026-05-01T09:00 | 2026-05-01T17:00
"""
MONDAY = """
id | customer_id | opened_at        | closed_at
R1 | C1          | 2026-05-01T09:00 | 2026-05-01T16:00
R3 | C3          | 2026-05-04T09:00 | 2026-05-04T16:00
"""
BOOKED = """
id | customer_id | start_at         | status
A1 | C3          | 2026-11-20T09:00 | booked
"""
BOOKED_MEANWHILE = """
id | customer_id | start_at         | status
A2 | C1          | 2026-11-21T09:00 | booked
"""


@pytest.mark.django_db
def test_after_the_visit(relance, tmp_path):
    week = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    story = Story(relance, tmp_path, opening_hours=week).automations(CSI, RECALL)
    story.tell(
        [
            ("2026-05-01T20:00", "import", {"customers": PEOPLE, "repair_orders": FRIDAY}),
            ("2026-05-02T12:00", "plan", []),  # Saturday: closed, the run waits for Monday
            ("2026-05-04T10:00", "plan", ["J_CSI C1 sms", "J_CSI C2 email"]),
            ("2026-05-04T10:00", "deliver", ["J_CSI C1 sent", "J_CSI C2 sent"]),
            ("2026-05-04T10:05", "deliver", []),
            ("2026-05-04T11:00", "reply", ("514-555-0001", "Great, thank you")),
            ("2026-05-04T11:00", "expect", lambda d: Touch.objects.of(d).get(kind="received").code == "J_CSI"),
            ("2026-05-04T20:00", "import", {"repair_orders": MONDAY}),
            ("2026-05-05T10:00", "plan", ["J_CSI C3 sms"]),
            ("2026-05-05T10:00", "deliver", ["J_CSI C3 sent"]),
            ("2026-05-05T12:00", "reply", ("514-555-0003", "Fine thanks")),
            ("2026-10-20T09:00", "import", {"appointments": BOOKED}),
            ("2026-10-27T11:00", "plan", ["SR180 C1 sms"]),  # C2 never thanked, C3 comes anyway
            ("2026-10-27T11:01", "import", {"appointments": BOOKED_MEANWHILE}),
            ("2026-10-27T11:02", "deliver", ["SR180 C1 no_longer_true"]),
            ("2026-10-28T11:00", "plan", []),
        ]
    )
