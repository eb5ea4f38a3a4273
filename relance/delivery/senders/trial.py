"""Turns words for one address into a message outside the outbox (a test, an invitation): kept and counted nowhere."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext, override

from relance.dealers.models import Dealer
from relance.delivery.channel import ChannelDown, Parcel, Result, Sending
from relance.delivery.safety.pace import Pace, limits_of, weight_of
from relance.delivery.senders import sending_of
from relance.delivery.senders.registry import channel_for
from relance.lib.addresses import read_email, read_phone
from relance.lib.errors import BadInput
from relance.lib.language import with_colon
from relance.outbox.models import Message
from relance.plan.saying.legal_lines import composed_sms
from relance.plan.wording import Spoken

TEST, INVITATION = "TEST", "INVITATION"


@dataclass(frozen=True)
class Direct:
    """What is said to one address, outside of every automation."""

    code: str
    channel: str
    address: str
    subject: str
    body: str
    recipient: str = "customer"
    language: str = ""  # empty: the dealer's


def send_test(dealer: Dealer, channel: str, address: str, *, at: datetime) -> Result:
    """What the other side says to a test message; BadInput for an address that cannot be used."""
    with override(dealer.language):
        mark = gettext("Test message")
        body = gettext("This is a test message of %(dealer)s. Nothing has to be done.") % {"dealer": dealer.name}
    body = f"{with_colon(mark, dealer.language)} {body}" if channel == "sms" else body
    return send_directly(dealer, Direct(TEST, channel, address, mark, body), at=at)


def test_of(dealer: Dealer, channel: str, address: str, spoken: Spoken) -> Direct:
    """The words of an automation as a test to one address: marked as one, in the language that they are in."""
    with override(spoken.language):
        mark = gettext("Test message")
    before = with_colon(mark, spoken.language)
    if channel == "sms":
        return Direct(TEST, channel, address, mark, f"{before} {composed_sms(spoken)}", language=spoken.language)
    subject = f"{before} {spoken.subject_line or dealer.name}"
    return Direct(TEST, channel, address, subject, spoken.body or "", language=spoken.language)


def stays_here(dealer: Dealer, channel: str) -> bool:
    """Whether nothing leaves the house by this channel, because no sender is set up: messages become files."""
    return sending_of(dealer, channel).kind == "file"


def send_directly(dealer: Dealer, said: Direct, *, at: datetime, sending: Sending | None = None) -> Result:
    """What the other side says to it; BadInput for an address that cannot be used, ChannelDown as everywhere.

    `sending`: another way than the dealer's own.
    """
    message = Message(
        dealer=dealer,
        key=uuid4(),
        customer_id=0,  # nobody: its link to unsubscribe leads nowhere
        recipient=said.recipient,
        channel=said.channel,
        address=_usable(dealer, said.channel, said.address),
        language=said.language or dealer.language,
        subject_line=said.subject,
        body=said.body,
        send_at=at,
    )
    sending, parcel = sending or sending_of(dealer, said.channel), Parcel(dealer, (message,), said.code, at)
    _keep_limits(dealer, sending, parcel)
    way = channel_for(sending)
    try:
        way.open()
        ((_, result),) = way.send([parcel])
    finally:
        way.close()
    return result


def _keep_limits(dealer: Dealer, sending: Sending, parcel: Parcel) -> None:
    """Wait for the sender's next moment; ChannelDown when it is far, or its number of the day is used up."""
    limits = limits_of(sending)
    slots = Pace(dealer, limits).reserve(1, weight_of(parcel)) if limits else None
    if limits and (slots is None or not slots.take(parcel)):
        raise ChannelDown(gettext("The sender has reached its limit: try again later."))


def _usable(dealer: Dealer, channel: str, address: str) -> str:
    if channel in ("sms", "phone"):
        number = read_phone(address, dealer.country)
        if not number.usable or not number.text:
            raise BadInput(gettext("“%(text)s” is not a telephone number.") % {"text": address})
        return number.text
    if channel in ("email", "staff"):
        mailbox, usable = read_email(address)
        if not usable or not mailbox:
            raise BadInput(gettext("“%(text)s” is not an e-mail address.") % {"text": address})
        return mailbox
    return address
