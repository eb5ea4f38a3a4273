"""Leases that end are a list for the renewals director; who of them may not be mailed is on it all the same."""

import pytest

from relance.outbox.models import Message
from tests.journeys.steps import Story

LIST = {
    "code": "L_END",
    "name": "Leases that end",
    "programme": "staff_list",
    "purpose": "service",
    "subject": "sale",
    "live_from": "2026-01-01",
    "audience": [
        {"category": "sale", "attribute": "deal", "operator": "is", "value": "lease"},
        {"category": "sale", "attribute": "term_end_on", "operator": "in_at_most_days", "value": 90},
    ],
    "schedule": {"kind": "monthly", "day": 1, "at": "09:00"},
    "recipients": ["renewals_director"],
    "channels": ["staff"],
    "wording": {"staff": {"en": {"body": "{customer.name}: {sale.term_end}"}}},
}
STAFF = """
reference | name | role              | email
D1        | Dora | renewals_director | dora@dealer.example
"""
PEOPLE = """
id | first_name | do_not_mail
C1 | Ann        | yes
C2 | Bob        | no
"""
SALES = """
id | customer_id | delivered_on | deal  | term_end_on
S1 | C1          | 2023-06-01   | lease | 2026-06-01
S2 | C2          | 2023-09-01   | lease | 2026-09-01
S3 | C2          | 2023-06-01   | loan  | 2026-06-01
"""


@pytest.mark.django_db
def test_a_list_for_the_manager(relance, tmp_path):
    Story(relance, tmp_path).automations(LIST).tell(
        [
            ("2026-04-30T20:00", "import", {"customers": PEOPLE, "sales": SALES}),
            ("2026-05-01T09:00", "plan", ["L_END C1 no_recipient"]),
            ("2026-05-20T20:00", "import", {"staff": STAFF}),
            ("2026-06-01T09:00", "plan", ["L_END C1 staff"]),  # another recipient, another key
            ("2026-06-01T09:00", "deliver", ["L_END C1 sent"]),
            ("2026-06-01T09:00", "expect", lambda d: Message.objects.of(d).get(state="sent").recipient == "staff:D1"),
            ("2026-07-01T09:00", "plan", ["L_END C2 staff"]),
        ]
    )
