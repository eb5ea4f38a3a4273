"""Turns the short stable words of the rows (states, reasons, channels …) into words that people read."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Word = str | Promise

PROGRAMMES: Mapping[str, Word] = {
    "pre_welcome": _("Before delivery"),
    "welcome": _("Welcome"),
    "thank_you": _("Thank you"),
    "appointment": _("Appointments"),
    "arrival": _("Arrival"),
    "departure": _("Departure"),
    "satisfaction": _("Satisfaction"),
    "review": _("Reviews"),
    "service_reminder": _("Service reminders"),
    "deferred_work": _("Deferred work"),
    "retention": _("Inactive customers"),
    "warranty": _("Warranty"),
    "renewal": _("Renewal"),
    "promotion": _("Promotions"),
    "accessory": _("Accessories"),
    "holiday": _("Holidays"),
    "newsletter": _("Newsletters"),
    "personal": _("Personal reminders"),
    "staff_list": _("Lists for staff"),
}
CHANNELS: Mapping[str, Word] = {
    "sms": _("Text message"),
    "email": _("E-mail"),
    "postcard": _("Postcard"),
    "letter": _("Letter"),
    "phone": _("Telephone"),
    "staff": _("To staff"),
}
STATES: Mapping[str, Word] = {
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
# What a state means for the colour and its shape.
MOODS: Mapping[str, str] = {
    "ready": "wait",
    "approval": "wait",
    "sending": "wait",
    "sent": "good",
    "delivered": "good",
    "failed": "bad",
    "unsure": "bad",
    "refused": "quiet",
    "canceled": "quiet",
}
# reason: what it says, and what would change it
REASONS: Mapping[str, tuple[Word, Word]] = {
    "do_not_mail": (
        _("Wants no messages at all"),
        _("Only the customer can change this, by asking for messages again."),
    ),
    "customer_gone": (_("Has moved away or died"), _("Correct the customer in your business system if this is wrong.")),
    "vehicle_gone": (
        _("The vehicle is sold or scrapped"),
        _("Correct the vehicle in your business system if this is wrong."),
    ),
    "no_recipient": (_("Nobody has this role"), _("Give a staff member this role.")),
    "no_channel": (_("Cannot be reached on any channel"), _("Add an e-mail address, a mobile number or an address.")),
    "channel_off": (_("This channel is switched off"), _("Switch the channel on in the settings.")),
    "no_wording": (_("There is no text for this channel"), _("Write a text for this channel.")),
    "no_address": (_("There is no address"), _("Add it in your business system.")),
    "bad_address": (_("The address cannot be right"), _("Correct it in your business system.")),
    "suppressed": (_("The address bounced"), _("Ask the customer for another address.")),
    "opted_out": (_("Has unsubscribed from this"), _("Only the customer can change this, by subscribing again.")),
    "no_consent": (_("Has not agreed to this yet"), _("Ask the customer, and record the answer.")),
    "text_incomplete": (_("The text would have a gap"), _("Fill in what is missing, or give the text a fallback.")),
    "held_back": (_("Held back by hand"), _("Undo the hold-back.")),
    "open_complaint": (_("A complaint is still open"), _("Close the complaint first.")),
    "person_ceiling": (_("Six messages within 24 hours are enough"), _("Nothing to do: this protects the customer.")),
    "frequency_cap": (_("Heard from you too recently"), _("Allow more messages per customer in the settings.")),
    "holdout": (_("In the control group"), _("Nothing to do: this measures what the programme achieves.")),
    "too_late": (_("The appointment would be over"), _("Send earlier, or widen the hours.")),
    "expired": (_("Its time passed before it could leave"), _("Look whether the sender works.")),
    "gave_up": (_("The sender was busy again and again"), _("Look whether the sender works.")),
    "undeliverable": (_("The other side does not take it"), _("Ask the customer for another address.")),
    "no_longer_true": (_("No longer true when it was to leave"), _("Nothing to do: the facts have changed.")),
}
ROLES: Mapping[str, Word] = {
    "salesperson": _("Salesperson"),
    "advisor": _("Service advisor"),
    "finance_manager": _("Finance manager"),
    "sales_manager": _("Sales manager"),
    "renewals_director": _("Renewals director"),
    "service_manager": _("Service manager"),
    "general_manager": _("General manager"),
    "crm_manager": _("CRM manager"),
    "read_only": _("Read only"),
}
# A cause as outbox/decide.py and delivery/safety/resolve.py write it, and how it is said.
ACTS = "held back|canceled|approved|brought back|called sent|sent again|given up"
DECISION = re.compile(rf"(?P<act>{ACTS})(?: \d+)? by (?P<name>.*?)(?: \(was \w+\))?$")
DECISIONS: Mapping[str, Any] = {
    "held back": _("held back by %(name)s"),
    "canceled": _("canceled by %(name)s"),
    "approved": _("approved by %(name)s"),
    "brought back": _("brought back by %(name)s"),
    "called sent": _("called sent by %(name)s"),
    "sent again": _("sent again by %(name)s"),
    "given up": _("given up by %(name)s"),
}
RHYTHMS: Mapping[str, Word] = {
    "realtime": _("As it happens"),
    "daily": _("Every day"),
    "weekly": _("Every week"),
    "monthly": _("Every month"),
    "yearly": _("Once a year"),
    "closed_day": _("Before closed days"),
    "once": _("Once"),
    "manual": _("By hand"),
}


def word(table: Mapping[str, Any], key: str | None) -> Word:
    """The word of a key; a key without a word is shown as it is rather than hidden."""
    found: Word = table.get(key or "", key or "")
    return found


def cause_of(stored: str) -> Word:
    """Who decided, in the reader's language; the machine's own causes as they were noted."""
    found = DECISION.match(stored)
    return DECISIONS[found.group("act")] % {"name": found.group("name")} if found else stored


def reason_of(reason: str | None, detail: str | None) -> tuple[Word, Word]:
    """Why a message was refused, and what would change it."""
    return REASONS.get(reason or "", (reason or detail or "", ""))


def channel_reasons(detail: str | None) -> list[tuple[Word, Word]]:
    """`sms: no_address; email: opted_out` as channel and reason, in words; empty for any other detail."""
    pairs = [part.split(": ", 1) for part in (detail or "").split("; ") if ": " in part]
    return [(CHANNELS[channel], reason_of(reason, None)[0]) for channel, reason in pairs if channel in CHANNELS]
