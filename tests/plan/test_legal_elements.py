"""What a law wants in a message is one dated table: every row has its day, its source and its rule."""

from datetime import date
from typing import get_args

import pytest

from relance.dealers.preferences import CHANNELS, Regime
from relance.plan.saying.legal_elements import table, wanted

DAY = date(2026, 5, 4)
SPOKEN = [channel for channel in CHANNELS if channel != "staff"]


@pytest.mark.parametrize("row", table().rows, ids=lambda row: f"{row.regimes[0]}-{row.channels[0]}-{row.purposes[0]}")
def test_every_row_has_a_rule_and_a_source(row):
    assert row.k.startswith("K") and len(row.source) > 10
    assert row.since <= table().as_of


@pytest.mark.parametrize("regime", get_args(Regime))
@pytest.mark.parametrize("channel", SPOKEN)
@pytest.mark.parametrize("purpose", ["service", "marketing"])
def test_every_law_names_the_sender_on_every_channel(regime, channel, purpose):
    assert "sender" in wanted(regime, channel, purpose, DAY).elements


@pytest.mark.parametrize("regime", get_args(Regime))
def test_every_e_mail_has_an_address_and_a_way_to_stop(regime):
    assert {"postal_address", "stop"} <= set(wanted(regime, "email", "marketing", DAY).elements)


def test_only_service_text_messages_outside_of_canada_say_it_once_a_month():
    monthly = {
        (regime, purpose)
        for regime in get_args(Regime)
        for purpose in ("service", "marketing")
        if wanted(regime, "sms", purpose, DAY).monthly
    }
    assert monthly == {(regime, "service") for regime in ("tcpa", "gdpr", "none")}


def test_before_its_first_day_the_first_row_counts():
    assert wanted("casl", "sms", "service", date(2000, 1, 1)) == wanted("casl", "sms", "service", DAY)
