"""A dealer in Québec serves in French whoever reads French (K34)."""

from datetime import timedelta

import pytest

from relance.jobs.stages import messages_of, plan
from tests.builders import A_DAY, a_customer, a_dealer, an_automation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("region", "language", "answer"),
    [
        ("QC", "fr", ("no_channel", "sms: no_wording")),  # K34: he does not get English
        ("QC", None, ("sms", None)),
        ("QC", "en", ("sms", None)),
        ("ON", "fr", ("sms", None)),
    ],
)
def test_who_reads_french_in_quebec_waits_for_a_french_wording(region, language, answer):
    dealer = a_dealer(region=region)
    a_customer(dealer, language=language)
    an_automation(dealer, wording={"sms": {"en": {"body": "Hello."}}})
    (message,) = messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1)))
    assert (message.reason or message.channel, message.detail) == answer
