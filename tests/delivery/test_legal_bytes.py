"""The bytes that leave carry what the law of the place wants, whatever the library says in them (R64)."""

from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from uuid import UUID

import pytest

from relance.dealers.models import Dealer
from relance.delivery.channel import Parcel
from relance.delivery.channels.email.compose import compose
from relance.delivery.channels.sms.twilio import text_of
from relance.outbox.models import Message
from relance.plan.render import parse
from relance.plan.saying.composed_check import missing
from relance.plan.saying.legal_lines import sms_lines
from relance.plan.shipped import entries
from relance.plan.wording_check import sample_of
from tests.builders import A_DAY, QUIET_SETTINGS

KEY = UUID("11111111-2222-4333-8444-555555555555")
SPOKEN = [entry for entry in entries() if "customer" in entry.recipients and not entry.better]
LAWS = {"casl": "CA", "tcpa": "US", "gdpr": "EE", "none": "CA"}


def a_dealer(regime: str) -> Dealer:
    settings = {**QUIET_SETTINGS, "consent_regime": regime}
    return Dealer(
        pk=7,
        slug="north",
        name="Garage Nord & Cie",
        timezone="America/Toronto",
        country=LAWS[regime],
        settings=settings,
    )


def parcels(dealer: Dealer, channel: str) -> list[Parcel]:
    """A parcel of each of the library's texts on this channel."""
    found = []
    for entry in SPOKEN:
        for language, words in entry.wording.get(channel, {}).items():  # type: ignore[call-overload]
            body = sample_of(parse(words.body), language, dealer)
            around = sms_lines(dealer, language, body) if channel == "sms" else ("", "")
            message = Message(
                dealer_id=7, customer_id=9, key=KEY, recipient="customer", channel=channel, purpose=entry.purpose,
                address="ann@example.org", subject_line="A word", language=language,
                opening=around[0], body=body, closing=around[1],
            )  # fmt: skip
            found.append(Parcel(dealer, (message,), entry.code, A_DAY))
    return found


def lacking(dealer: Dealer, parcel: Parcel, text: str) -> list[str]:
    message = parcel.message
    channel, on = str(message.channel), date(2026, 5, 4)
    return [*missing(dealer, text, channel=channel, purpose=message.purpose, on=on)]


@pytest.mark.parametrize("regime", LAWS)
def test_both_parts_of_every_e_mail(regime):
    dealer = a_dealer(regime)
    for parcel in parcels(dealer, "email"):
        mail = message_from_bytes(compose(parcel), policy=default)
        assert isinstance(mail, EmailMessage)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for kind in ("plain", "html"):
            part = mail.get_body((kind,))
            assert part is not None
            assert lacking(dealer, parcel, unescape(part.get_content())) == [], (parcel.code, kind)


@pytest.mark.parametrize("regime", LAWS)
def test_every_text_message(regime):
    dealer = a_dealer(regime)
    for parcel in parcels(dealer, "sms"):
        assert lacking(dealer, parcel, text_of(parcel)) == [], parcel.code
