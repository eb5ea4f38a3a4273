"""A list for the staff: one e-mail per person and run, a line per customer with telephone and link."""

import email
from email import policy
from email.message import EmailMessage
from typing import Any, cast

import pytest

from relance.delivery.channel import Parcel
from relance.delivery.channels.email.compose import compose
from relance.delivery.staff.list_lines import link_of, parts_of
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

LINE = "Ann & Co · 2022 Mazda CX-5 · ends May 4, 2027 · +15145550101 · ann@example.org"
pytestmark = pytest.mark.django_db


def a_list(*bodies: str, language: str = "en") -> tuple[list[Message], EmailMessage]:
    dealer = a_dealer()
    renewals = an_automation(dealer, "V03")
    to: dict[str, Any] = {
        "channel": "staff",
        "recipient": "staff:A12",
        "address": "a12@dealer.example",
        "language": language,
    }
    messages = [
        a_message(a_customer(dealer), renewals, subject_line="Leases about to end", body=body, **to) for body in bodies
    ]
    mail = email.message_from_bytes(
        compose(Parcel(dealer, tuple(messages), "V03", A_DAY)), _class=EmailMessage, policy=policy.default
    )
    return messages, mail


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    return cast(EmailMessage, found).get_content().replace("\r\n", "\n")


def test_each_customer_has_a_line_with_telephone_and_link() -> None:
    messages, mail = a_list(LINE, LINE)
    html = part(mail, "html")
    assert mail["To"] == "a12@dealer.example" and "On this list: 2" in html
    assert html.count("<strong>Ann &amp; Co</strong>") == 2
    assert 'href="tel:+15145550101"' in html and 'href="mailto:ann@example.org"' in html
    for message in messages:
        assert f"/d/north/outbox/{message.key}/" in html and f"/d/north/outbox/{message.key}/" in part(mail, "plain")


def test_the_plain_part_reads_as_a_list() -> None:
    _, mail = a_list(LINE, LINE)
    assert part(mail, "plain").startswith("On this list: 2\n\nAnn & Co\n  2022 Mazda CX-5\n  ends May 4, 2027\n")


def test_the_list_speaks_its_readers_language() -> None:
    assert "Sur cette liste\xa0: 2" in part(a_list(LINE, LINE, language="fr")[1], "html")


def test_a_text_of_several_lines_stays_a_text() -> None:
    html = part(a_list("Hello Alex,\n\n**Ann Lee** waits.")[1], "html")
    assert "<strong>Ann Lee</strong> waits" in html and "On this list" not in html


def test_a_dot_inside_a_value_parts_nothing() -> None:
    assert parts_of("Lee · Sons · 2022 Mazda", [(0, 10)]) == ["Lee · Sons", "2022 Mazda"]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("+1 514 555-0101", "tel:+15145550101"),
        ("a@b.example", "mailto:a@b.example"),
        ("no mobile", None),
        ("2022", None),
    ],
)
def test_what_can_be_called_is_a_link(text: str, link: str | None) -> None:
    assert link_of(text) == link
