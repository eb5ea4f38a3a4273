"""Names, languages, numbers, addresses and VINs as typed, and as they are kept."""

import pytest

from relance.facts.applying.tidy.names import name_case
from relance.facts.applying.tidy.tongues import two_letters
from relance.facts.models import Customer
from relance.lib.addresses import read_email, read_phone, read_vin
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, taken_in

NAMES = [
    ("MARIE-EVE", "Marie-Eve"), ("o'neil", "O'Neil"), ("L’HEUREUX", "L’Heureux"), ("MCDONALD", "McDonald"),
    ("macdonald", "MacDonald"), ("MACHADO", "Machado"),
    ("ANA DE LA CRUZ", "Ana de la Cruz"), ("VAN DER BERG", "van der Berg"),
    ("LE BLANC", "Le Blanc"), ("JP", "JP"), ("ED", "Ed"),
    ("JOHN SMITH III", "John Smith III"), ("de Grâce", "de Grâce"),
    ("McKay", "McKay"), ("ÉMILIE", "Émilie"), ("J.P.", "J.P."),
]  # fmt: skip
PHONES = [
    ("514-555-0101", "CA", "+15145550101", True, "America/Toronto"),
    ("(604) 555 0101", "CA", "+16045550101", True, "America/Vancouver"),
    ("1 800 555 0101", "CA", "+18005550101", True, ""),  # toll-free: no region
    ("208 555 0101", "US", "+12085550101", True, "America/Boise America/Los_Angeles"),
    ("5123 4501", "EE", "+37251234501", True, "Europe/Bucharest"),
    ("+372 5123 4501", "CA", "+37251234501", True, "Europe/Bucharest"),
    ("555-0101", "CA", "555-0101", False, ""),
    ("call me", "CA", "call me", False, ""),
    ("123-555-0101", "CA", "123-555-0101", False, ""),
]


@pytest.mark.parametrize(("typed", "shown"), NAMES)
def test_a_name_is_shown_in_name_case(typed, shown):
    assert name_case(typed) == shown


@pytest.mark.parametrize(("text", "country", "kept", "usable", "zones"), PHONES)
def test_a_number_becomes_e164_with_its_zones(text, country, kept, usable, zones):
    number = read_phone(text, country)
    assert (number.text, number.usable, " ".join(number.zones)) == (kept, usable, zones)


@pytest.mark.parametrize(
    ("text", "kept", "usable"),
    [
        ("Joe@EXAMPLE.com", "Joe@example.com", True),
        ("joe.o'neil+x@mail.example.ca", "joe.o'neil+x@mail.example.ca", True),
        ("jõe@näide.ee", "jõe@näide.ee", True),
        ("joe@", "joe@", False),
        ("a..b@example.com", "a..b@example.com", False),
        ("joe at example.com", "joe at example.com", False),
    ],
)
def test_an_email_address_is_checked_for_its_form(text, kept, usable):
    assert read_email(text) == (kept, usable)


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        ("1m8gdm9axkp042788", True),  # the check digit is X
        ("1M8GDM9A1KP042788", False),
        ("WVWZZZ1JZXW000001", True),  # European: no check digit
        ("1M8GDM9AXKP04278", False),
        ("1M8GDM9AXKPO42788", False),  # the letter O
    ],
)
def test_a_vin_is_checked(text, usable):
    assert read_vin(text)[1] is usable


@pytest.mark.parametrize(
    ("text", "letters"), [("fr-CA", "fr"), ("Français", "fr"), ("ENGLISH", "en"), ("español", "es"), ("Klingon", None)]
)
def test_a_language_becomes_two_letters(text, letters):
    assert two_letters(text) == letters


@pytest.mark.django_db
def test_what_was_typed_is_kept_beside_what_is_shown(tmp_path):
    dealer = a_dealer()
    feed = a_feed(tmp_path, customers="id,first_name,last_name,mobile,email\n1,MARIE-EVE,Roy,514 555 0101,nobody\n")
    run = taken_in(dealer, feed)
    customer = Customer.objects.of(dealer).get()
    assert (customer.name, customer.name_folded) == ("Marie-Eve Roy", "marie-eve roy")
    assert customer.as_typed == {"first_name": "MARIE-EVE", "mobile": "514 555 0101"}
    assert (customer.mobile, customer.mobile_usable, customer.mobile_zones) == ("+15145550101", True, "America/Toronto")
    assert (customer.email, customer.email_usable) == ("nobody", False)
    assert run.notes == ["customers.csv: an e-mail address that cannot be used, 1 row"]


@pytest.mark.django_db
def test_the_customers_own_country_reads_his_numbers(tmp_path):
    dealer = a_dealer()
    taken_in(dealer, a_feed(tmp_path, customers="id,phone,country\n1,5123 4501,Estonia\n"))
    assert Customer.objects.of(dealer).get().phone == "+37251234501"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "name"),
    [("Ann,Lee,Acme,Mrs Lee", "Mrs Lee"), ("Ann,,Acme,", "Ann"), (",,ACME Inc,", "ACME Inc"), (",,,", None)],
)
def test_the_name_is_the_mailing_name_else_the_person_else_the_company(tmp_path, row, name):
    dealer = a_dealer()
    taken_in(dealer, a_feed(tmp_path, customers=f"id,first_name,last_name,company,mailing_name\n1,{row}\n"))
    assert Customer.objects.of(dealer).get().name == name
