"""Marketing needs consent, one a week is enough, and an opt-out holds: at the last instant, and through later feeds."""

import pytest

from tests.journeys.steps import Story

NEWS = {
    "code": "NEWS",
    "name": "Newsletter",
    "programme": "newsletter",
    "purpose": "marketing",
    "subject": "customer",
    "live_from": "2026-01-01",
    "schedule": {"kind": "daily", "at": "10:00"},
    "repeat": "each_time",
    "grace_hours": 2,
    "channels": ["sms"],
    "wording": {"sms": {"en": {"body": "New models are here."}}},
}
PEOPLE = """
id | first_name | mobile
C1 | Ann        | 514-555-0001
C2 | Bob        | 514-555-0002
C3 | Cat        | 514-555-0003
"""
GRANTED = """
customer_id | channel | purpose   | status  | at
C1          | sms     | marketing | granted | 2026-01-01
C2          | sms     | marketing | granted | 2026-01-01
"""
WITHDRAWN = """
customer_id | channel | purpose | status    | at
C2          | sms     | any     | withdrawn | 2026-05-11T09:59
"""
GRANTED_AGAIN = """
customer_id | channel | purpose   | status  | at
C2          | sms     | marketing | granted | 2026-05-12
"""
SOLD = """
id | customer_id | delivered_on
S1 | C3          | 2024-06-01
"""


@pytest.mark.django_db
def test_stop_means_stop(relance, tmp_path):
    story = Story(relance, tmp_path, consent_regime="casl", frequency_cap={"messages": 1, "days": 7})
    story.automations(NEWS).tell(
        [
            ("2026-05-04T08:00", "import", {"customers": PEOPLE, "consents": GRANTED}),
            ("2026-05-04T10:00", "plan", ["NEWS C1 sms", "NEWS C2 sms", "NEWS C3 no_channel"]),
            ("2026-05-04T10:00", "deliver", ["NEWS C1 sent", "NEWS C2 sent"]),
            ("2026-05-10T10:00", "plan", ["NEWS C1 frequency_cap", "NEWS C2 frequency_cap", "NEWS C3 no_channel"]),
            ("2026-05-10T12:00", "import", {"sales": SOLD}),
            ("2026-05-11T10:00", "plan", ["NEWS C1 sms", "NEWS C2 sms", "NEWS C3 sms"]),
            ("2026-05-11T10:00", "import", {"consents": WITHDRAWN}),
            ("2026-05-11T10:00", "deliver", ["NEWS C1 sent", "NEWS C2 no_channel", "NEWS C3 sent"]),
            ("2026-05-12T08:00", "import", {"consents": GRANTED_AGAIN}),
            ("2026-06-01T10:00", "plan", ["NEWS C1 sms", "NEWS C2 no_channel", "NEWS C3 sms"]),
            ("2026-06-09T10:00", "plan", ["NEWS C1 sms", "NEWS C2 no_channel", "NEWS C3 no_channel"]),
        ]
    )
