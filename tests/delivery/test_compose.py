"""An e-mail is what every mail program and law expects of it, whatever the names in it are."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.dealers.models import Dealer
from relance.delivery.channel import Parcel, ProviderRefused
from relance.delivery.channels.email.body import html_of, text_of
from relance.delivery.channels.email.compose import compose
from relance.delivery.channels.email.headers import address_line, header_text, mailbox
from relance.delivery.links import read_unsubscribe, unsubscribe_token
from relance.outbox.models import Message
from tests.builders import A_DAY, QUIET_SETTINGS

PNG = b"\x89PNG\r\n\x1a\n rest"
KEY = UUID("11111111-2222-4333-8444-555555555555")


def a_parcel(**values: object) -> Parcel:
    name = str(values.pop("dealer_name", "North Garage"))
    own = {**QUIET_SETTINGS, "paper": {"colour": values.pop("colour", "#1f5fa8")}}
    dealer = Dealer(pk=7, slug="north", name=name, timezone="America/Toronto", settings=own)
    words = {"address": "ann@example.org", "subject_line": "Your visit", "body": "Hello Ann.", "language": "en"}
    who = {"dealer_id": 7, "customer_id": 9, "key": KEY, "recipient": "customer", "channel": "email"}
    message = Message(**{**who, **words, **values})
    return Parcel(dealer, (message,), "SR180", A_DAY)


def parsed(parcel: Parcel) -> EmailMessage:
    content = compose(parcel)
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    mail = message_from_bytes(content, policy=default)
    assert not mail.defects and isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_headers_say_who_writes_and_how_to_stop():
    mail = parsed(a_parcel())
    assert mail["From"] == "North Garage <desk@dealer.example>"
    assert mail["Reply-To"] == "North Garage <desk@dealer.example>"
    assert (mail["To"], mail["Subject"]) == ("ann@example.org", "Your visit")
    assert mail["Message-ID"] == f"<{KEY}@dealer.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == A_DAY


def test_the_link_of_the_header_the_text_and_the_html_name_this_customer_and_message():
    parcel = a_parcel()
    token = unsubscribe_token(parcel.message)
    mail = parsed(parcel)
    known = read_unsubscribe(token)
    assert known is not None
    assert (known.dealer_id, known.customer_id, known.message_key) == (7, 9, KEY)
    assert f"/u/{token}>" in mail["List-Unsubscribe"]
    assert f"/u/{token}\n" in part(mail, "plain")
    assert f'/u/{token}"' in part(mail, "html")


def test_both_parts_carry_the_text_and_the_postal_address():
    mail = parsed(a_parcel(body="Bonjour Zoé,\n\nvotre véhicule est prêt.", language="fr"))
    for kind in ("plain", "html"):
        text = part(mail, kind)
        for wanted in ("Bonjour Zoé,", "votre véhicule est prêt.", "1 Station Road", "(514) 555-0100", "Se désabonner"):
            assert wanted in text


def test_french_sets_its_colons_apart():
    mail = parsed(a_parcel(body="[Prendre rendez-vous](https://a.example)", language="fr"))
    assert "Prendre rendez-vous : https://a.example" in part(mail, "plain")
    assert "Se désabonner :\n" in part(mail, "plain")


@pytest.mark.parametrize("language", ["en", "fr", "es", "et"])
def test_the_foot_is_in_the_customers_language(language):
    words = {"en": "Unsubscribe", "fr": "Se désabonner", "es": "Cancelar la suscripción", "et": "Loobu kirjadest"}
    assert words[language] in part(parsed(a_parcel(language=language)), "html")


def test_the_staff_is_not_asked_to_unsubscribe():
    mail = parsed(a_parcel(recipient="staff:A12"))
    assert mail["List-Unsubscribe"] is None
    assert "Unsubscribe" not in part(mail, "html")


def test_the_same_parcel_gives_the_same_bytes():
    assert compose(a_parcel()) == compose(a_parcel())


def test_a_changed_dealer_is_composed_anew():
    compose(a_parcel())
    assert "South Garage" in part(parsed(a_parcel(dealer_name="South Garage")), "html")


@pytest.mark.parametrize(("colour", "readable"), [("#7a1020", "#ffffff"), ("#ffd400", "#000000")])
def test_the_head_has_the_dealers_colour_and_letters_that_can_be_read_on_it(colour, readable):
    (head,) = re.findall('<td class="head" style="([^"]*)"', part(parsed(a_parcel(colour=colour)), "html"))
    assert {f"background: {colour}", f"color: {readable}"} <= set(head.split(";"))


@pytest.fixture
def logos(tmp_path, settings, monkeypatch):
    """The folder of logos of an empty home; every e-mail is prepared anew."""
    settings.HOME = tmp_path
    monkeypatch.setattr("relance.delivery.channels.email.compose.LOOKED_AT_AGAIN", -1.0)
    (tmp_path / "logos").mkdir()
    return tmp_path / "logos"


def test_a_logo_stands_in_the_head_and_the_name_where_pictures_are_not_shown(logos):
    (logos / "north.png").write_bytes(PNG)
    html = part(parsed(a_parcel(dealer_name="Smith & Sons")), "html")
    assert "/logo/north" in html and 'alt="Smith &amp; Sons"' in html
    (logos / "north.png").unlink()
    assert "<img" not in part(parsed(a_parcel(dealer_name="Smith & Sons")), "html")


@pytest.mark.parametrize(("name", "content"), [("north.svg", b"<svg/>"), ("north.png", b"<html>"), ("south.png", PNG)])
def test_what_mail_programs_do_not_draw_is_no_logo(logos, name, content):
    (logos / name).write_bytes(content)
    assert "<img" not in part(parsed(a_parcel()), "html")


@given(st.text(max_size=120), st.text(max_size=60), st.text(max_size=400))
def test_no_text_breaks_out_of_its_place(subject, name, body):
    mail = parsed(a_parcel(subject_line=subject, dealer_name=f"N{name}", body=body))
    assert set(mail.keys()) == {
        "From", "Reply-To", "MIME-Version", "Auto-Submitted", "Content-Language", "To", "Subject", "Date",
        "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Type",
    }  # fmt: skip
    assert len(list(mail.iter_parts())) == 2


@pytest.mark.parametrize("subject", ["Rendez-vous de Zoé à 9 h", "Õun ja ämber " * 12, "x" * 300, "=?utf-8?q?a?="])
def test_subjects_arrive_as_they_were_written(subject):
    assert parsed(a_parcel(subject_line=subject))["Subject"] == subject.strip()


@pytest.mark.parametrize("name", ['Smith "Auto" & Co, Ltd', "Garage Zoé", "Back\\slash", "Ünsal & Söhne Õismäe"])
def test_names_arrive_as_they_were_written(name):
    (address,) = parsed(a_parcel(dealer_name=name))["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "desk@dealer.example")


@pytest.mark.parametrize(
    "address", ["", "no-at", "a@b@c.example", "a b@c.example", "a@b.example\r\nBcc: x@y.example", "<a@b.example>", None]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ProviderRefused):
        address_line(address)


def test_a_domain_with_accents_is_written_for_mail_servers():
    assert address_line("zoe@québec.example") == "zoe@xn--qubec-csa.example"


def test_header_lines_are_one_line():
    assert "\n" not in header_text("a\r\nBcc: x@y.example")
    assert "\n" not in mailbox("a\nb", "a@b.example")


def test_markdown_becomes_html_and_nothing_dangerous_comes_through():
    made = html_of(
        "**Hi** <script>x</script> [here](javascript:alert) [site](https://a.example/?a=1&b=2)\n\n- one\n- two"
    )
    assert "<strong>Hi</strong>" in made and "<li>" in made
    assert 'href="https://a.example/?a=1&amp;b=2"' in made
    assert "<script" not in made and 'href="javascript' not in made


def test_plain_paragraphs_and_links_become_html_without_markdown():
    made = html_of("Hello <Ann>.\nBook: https://a.example/b?c=1&d=2.\n\nBye")
    assert "Hello &lt;Ann&gt;.<br>" in made and made.count("<p ") == 2
    assert 'href="https://a.example/b?c=1&amp;d=2"' in made


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("See [our page](https://a.example).", "See our page: https://a.example."),
        ("[Write](mailto:us@a.example) or [call](tel:+15145550100)", "Write: us@a.example or call: +15145550100"),
        ("[us@a.example](mailto:us@a.example)", "us@a.example"),
        ("**Your visit** is *tomorrow*, `9:00`.", "Your visit is tomorrow, 9:00."),
        ("# Hello\n\nMore", "Hello\n\nMore"),
        ("- oil\n- brakes", "• oil\n• brakes"),
        ("2. oil\n3. brakes", "2. oil\n3. brakes"),
        ("- first\n\n  more\n- second", "• first\n  more\n• second"),
        ("> quoted", "quoted"),
        ("one\ntwo", "one\ntwo"),
        ("above\n\n---\n\nbelow", "above\n\nbelow"),
        ("https://a.example/a_b_c?x=1&y=2", "https://a.example/a_b_c?x=1&y=2"),
        (r"5 \* 3 and a\_b", "5 * 3 and a_b"),
    ],
)
def test_the_plain_part_reads_naturally(written: str, reads: str):
    assert text_of(written, "en") == reads
