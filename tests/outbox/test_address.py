"""A channel's address out of a customer's facts, or why there is none to use."""

from zoneinfo import ZoneInfo

import pytest

from relance.lib.addresses.postal import Home
from relance.outbox.address import ADDRESS_OF, NEEDS_OF, zones_of

NOBODY = dict.fromkeys(frozenset().union(*NEEDS_OF.values()))
MOBILE = {"customer.mobile": "+15145550001", "customer.mobile_usable": True}
PHONE = {"customer.phone": "+15145550002", "customer.phone_usable": True}
EMAIL = {"customer.email": "Ann@Example.org", "customer.email_folded": "ann@example.org", "customer.email_usable": True}
HOME = Home("CA", "en")
STREET = {"customer.address": "1 Main St"}

CASES = [
    ("sms", MOBILE, ("+15145550001", "+15145550001", None)),
    ("sms", PHONE, (None, None, "no_address")),
    ("sms", MOBILE | {"customer.mobile_usable": False}, (None, None, "bad_address")),
    ("phone", MOBILE | PHONE, ("+15145550002", "+15145550002", None)),
    ("phone", MOBILE, ("+15145550001", "+15145550001", None)),
    ("phone", {}, (None, None, "no_address")),
    ("email", EMAIL, ("Ann@Example.org", "ann@example.org", None)),
    ("email", EMAIL | {"customer.email_usable": False}, (None, None, "bad_address")),
    ("email", {}, (None, None, "no_address")),
    ("postcard", STREET | {"customer.city": "Laval"}, ("1 Main St\nLAVAL", "1 Main St\nLAVAL", None)),
    ("letter", STREET | {"customer.postal_code": "H7A"}, ("1 Main St\nH7A", "1 Main St\nH7A", None)),
    ("letter", STREET, (None, None, "no_address")),
    ("letter", {"customer.city": "Laval"}, (None, None, "no_address")),
    ("staff", {}, (None, None, None)),
]


@pytest.mark.parametrize(("channel", "facts", "expected"), CASES)
def test_a_channel_finds_its_address_or_says_why_not(channel, facts, expected):
    found = ADDRESS_OF[channel](NOBODY | facts, HOME)
    assert (found.text, found.compared, found.fault) == expected


def test_a_postal_address_reads_like_an_envelope():
    facts = {
        "customer.name": "Ann Lee",
        "customer.city": "Laval",
        "customer.region": "QC",
        "customer.postal_code": "H7A 1A1",
        "customer.country": "Canada",
    }
    found = ADDRESS_OF["letter"](NOBODY | STREET | facts, HOME)
    assert found.text == "Ann Lee\n1 Main St\nLAVAL QC  H7A 1A1"


def test_the_zones_are_those_of_the_number_that_is_used():
    facts = NOBODY | MOBILE | {"customer.mobile_zones": "America/Toronto", "customer.phone_zones": "America/Denver"}
    assert zones_of("phone", facts) == (ZoneInfo("America/Toronto"),)
    assert zones_of("phone", facts | PHONE) == (ZoneInfo("America/Denver"),)
    assert zones_of("email", facts | PHONE) == ()
    assert zones_of("sms", NOBODY | MOBILE) == ()


@pytest.mark.parametrize("channel", ADDRESS_OF)
def test_a_channel_asks_for_nothing_but_what_it_says_it_needs(channel):
    facts = dict.fromkeys(NEEDS_OF[channel], "x")
    assert ADDRESS_OF[channel](facts, HOME).fault is None
    if channel not in ("sms", "phone"):  # whose zones are names of places
        assert zones_of(channel, facts) == ()
