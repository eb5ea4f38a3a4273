"""What was sent per contact setting and month."""

from datetime import date

import pytest

from relance.measures.contact_statistics import contact_statistics
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation


@pytest.mark.django_db
def test_what_was_sent_is_counted_by_the_dealers_month() -> None:
    dealer = a_dealer()
    early, other = an_automation(dealer, "C_REM1"), an_automation(dealer, "J_CSI")
    customer = a_customer(dealer)
    last_of_april = A_DAY.replace(day=1, hour=2)  # still April in Toronto
    for automation, state, moment in (
        (early, "sent", A_DAY),
        (early, "delivered", A_DAY),
        (early, "refused", A_DAY),
        (early, "sent", last_of_april),
        (other, "sent", A_DAY),
    ):
        a_message(customer, automation, at=moment, state=state, send_at=moment)
    found = contact_statistics(dealer, at=A_DAY)
    assert [(month.month, month.sent) for month in found] == [
        (date(2026, 5, 1), {"C_REM1": 2}),
        (date(2026, 4, 1), {"C_REM1": 1}),
    ]
