"""UTF-8 with and without BOM, Windows-1252, UTF-16: the same row comes in, and what is not UTF-8 is said."""

import codecs

import pytest

from relance.facts.models import Customer
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, taken_in

TEXT = "id,city\r\n1,Montréal – Côte-Œuf\r\n"
ENCODED = {
    "UTF-8": (TEXT.encode(), []),
    "UTF-8 with BOM": (codecs.BOM_UTF8 + TEXT.encode(), []),
    "Windows-1252": (TEXT.encode("cp1252"), ["customers.csv: read as Windows-1252, UTF-8 is expected"]),
    "UTF-16": (TEXT.encode("utf-16"), ["customers.csv: read as UTF-16, UTF-8 is expected"]),
    "UTF-16 without BOM": (TEXT.encode("utf-16-le"), ["customers.csv: read as UTF-16, UTF-8 is expected"]),
    "old line ends": (TEXT.replace("\r\n", "\r").encode(), []),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("raw", "notes"), ENCODED.values(), ids=ENCODED)
def test_an_encoding_is_recognised_and_said(tmp_path, raw, notes):
    dealer = a_dealer()
    run = taken_in(dealer, a_feed(tmp_path, customers=raw))
    assert Customer.objects.of(dealer).get().city == "Montréal – Côte-Œuf"
    assert run.notes == notes
