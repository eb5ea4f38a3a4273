"""Turns the short stable words of the rows (channels, states, reasons) into what people read, on pages and in why."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHANNELS: Mapping[str, Promise | str] = {
    "sms": _("Text message"),
    "email": _("E-mail"),
    "postcard": _("Postcard"),
    "letter": _("Letter"),
    "phone": _("Telephone"),
    "staff": _("To staff"),
}
# Why an address is not used any more.
SUPPRESSED: Mapping[str, Promise | str] = {
    "hard_bounce": _("the mailbox does not exist"),
    "invalid": _("it does not exist"),
    "landline": _("it takes no text messages"),
    "wrong_number": _("somebody else has this number"),
    "complaint": _("reported as spam by its owner"),
    "opted_out": _("unsubscribed at the provider"),
}
STATES: Mapping[str, Promise | str] = {
    "ready": _("Waiting"),
    "approval": _("Needs approval"),
    "sending": _("Being sent"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "failed": _("Failed"),
    "unsure": _("Unsure"),
    "refused": _("Refused"),
    "canceled": _("Canceled"),
}


class Reason(NamedTuple):
    """What stands against a message, and what would change it."""

    says: Promise | str
    change: Promise | str


REASONS: Mapping[str, Reason] = {
    "do_not_mail": Reason(
        _("Wants no messages at all"),
        _("Only the customer can change this, by asking for messages again."),
    ),
    "customer_gone": Reason(
        _("Has moved away or died"),
        _("Correct the customer in your business system if this is wrong."),
    ),
    "vehicle_gone": Reason(
        _("The vehicle is sold or scrapped"),
        _("Correct the vehicle in your business system if this is wrong."),
    ),
    "no_recipient": Reason(_("Nobody has this role"), _("Give a staff member this role.")),
    "no_channel": Reason(
        _("Cannot be reached on any channel"),
        _("Add an e-mail address, a mobile number or an address."),
    ),
    "channel_off": Reason(_("This channel is switched off"), _("Switch the channel on in the settings.")),
    "no_wording": Reason(_("There is no text for this channel"), _("Write a text for this channel.")),
    "no_address": Reason(_("There is no address"), _("Add it in your business system.")),
    "bad_address": Reason(_("The address is not valid"), _("Correct it in your business system.")),
    "suppressed": Reason(_("The address bounced"), _("Ask the customer for another address.")),
    "opted_out": Reason(
        _("Has unsubscribed from this"),
        _("Only the customer can change this, by subscribing again."),
    ),
    "no_consent": Reason(_("Has not agreed to this yet"), _("Ask the customer, and record the answer.")),
    "text_incomplete": Reason(
        _("The text would have a gap"),
        _("Fill in what is missing, or give the text a fallback."),
    ),
    "held_back": Reason(_("Held back by hand"), _("Undo the hold.")),
    "held_back everything": Reason(
        _("Held back from everything by hand"), _("Release the customer on the customer’s page.")
    ),
    "open_complaint": Reason(_("A complaint is still open"), _("Close the complaint first.")),
    "person_ceiling": Reason(
        _("Enough messages within 24 hours already"),
        _("Nothing to do: this protects the customer."),
    ),
    "frequency_cap": Reason(
        _("Heard from you too recently"),
        _("Allow more messages per customer in the settings."),
    ),
    "holdout": Reason(
        _("In the control group"),
        _("Nothing to do: this measures what the programme achieves."),
    ),
    "too_late": Reason(_("The appointment would be over"), _("Send earlier, or widen the hours.")),
    "expired": Reason(_("It became too late to send"), _("Check that the sender works.")),
    "gave_up": Reason(_("The sender was busy at every attempt"), _("Check that the sender works.")),
    "undeliverable": Reason(_("The recipient’s side does not accept it"), _("Ask the customer for another address.")),
    "taken_back": Reason(_("The print file was withdrawn"), _("Nothing to do: it was never mailed.")),
    "no_longer_true": Reason(
        _("No longer true when it was due to go out"),
        _("Nothing to do: the data have changed."),
    ),
}


def held_from(reason: str | None, detail: str | None) -> tuple[str, str | None]:
    """The key of a hold-back in REASONS, and until which day it holds when it is from everything with an end."""
    what, _until, day = (detail or "").partition(" until ")
    if reason == "held_back" and what == "everything":
        return "held_back everything", day or None
    return reason or "", None
