"""Turns the short stable words of the rows (states, reasons, channels …) into words that people read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from relance.measures.words import CHANNELS, REASONS, held_from
from relance.plan.models import Automation
from relance.plan.shipped import name_in

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
TASKS: Mapping[str, Word] = {
    "call": _("Call"),
    "complaint": _("Complaint"),
    "follow_up": _("Follow-up"),
    "question": _("Question"),
    "unsure": _("Arrived or not?"),
    "recall": _("Safety recall"),
}
SECTIONS: Mapping[str, Word] = {
    "about": _("Type"),
    "message": _("Message"),
    "replies": _("Replies"),
    "target": _("Target"),
    "timing": _("Timing"),
}
CALL_OUTCOMES: Mapping[str, Word] = {
    "reached": _("Reached"),
    "no_answer": _("No answer"),
    "call_back": _("Call back"),
    "wrong_number": _("Wrong number"),
    "do_not_call": _("No more calls"),
}
# What a closed task says of itself: of a call, of an unsure message, or just done.
TASK_OUTCOMES: Mapping[str, Word] = {
    **CALL_OUTCOMES,
    "done": _("Done"),
    "opt_out": _("An opt-out"),
    "no_opt_out": _("No opt-out"),
    "sent": _("It arrived"),
    "ready": _("Sent again"),
    "failed": _("It did not arrive"),
}
TASK_STATES: Mapping[str, Word] = {
    "open": _("Open task"),
    "done": _("Done"),
    "canceled": _("Canceled"),
}
PRINT_STATES: Mapping[str, Word] = {
    "made": _("To be printed"),
    "printed": _("Printed"),
    "taken_back": _("Withdrawn"),
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
PURPOSES: Mapping[str, Word] = {
    "any": _("everything"),
    "service": _("service"),
    "marketing": _("marketing"),
}
# States of visits, customers, vehicles and personal reminders.
STANDINGS: Mapping[str, Word] = {
    "proposed": _("proposed"),
    "booked": _("booked"),
    "confirmed": _("confirmed"),
    "rescheduled": _("moved to another day"),
    "arrived": _("arrived"),
    "completed": _("done"),
    "canceled": _("canceled"),
    "no_show": _("did not come"),
    "moved": _("moved away"),
    "deceased": _("deceased"),
    "sold": _("sold"),
    "scrapped": _("scrapped"),
    "waits": _("is waiting"),
    "done": _("has gone out"),
    "missed": _("missed"),
}
SWITCHES: Mapping[str, Word] = {
    "on": _("On"),
    "approval": _("Approval"),
    "off": _("Off"),
}
MAILING_STATES: Mapping[str, Word] = {
    "off": _("Off"),
    "ahead": _("Not begun"),
    "running": _("Under way"),
    "over": _("Over"),
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


def name_of(automation: Automation) -> str:
    """Its name in the reader's language, unless somebody gave it one of his own."""
    return name_in(automation.code, automation.name, get_language() or "en")


def reason_of(reason: str | None, detail: str | None) -> tuple[Word, Word]:
    """Why a message was refused, and what would change it."""
    key, until = held_from(reason, detail)
    says, change = REASONS.get(key, (reason or detail or "", ""))
    if until:
        last = format_date(date.fromisoformat(until), "long", locale=get_language() or "en")
        says = format_lazy(_("{reason}, until {day}"), reason=says, day=last)
    return says, change


def held_by(detail: str | None) -> Word:
    """`held: law K21 FL` in words: what a message waits for until its sending time."""
    kind, _colon, what = (detail or "").partition(": ")
    if kind != "held":
        return ""
    if what.startswith("law "):
        *rules, place = what.removeprefix("law ").split()
        return format_lazy(
            _("Waits for the hours that the law leaves there ({place}, {rule})."), place=place, rule=" ".join(rules)
        )
    return _("Waits for the hours of its automation.") if what == "window" else _("Waits for your sending hours.")


def channel_reasons(detail: str | None) -> list[tuple[Word, Word]]:
    """`sms: no_address; email: opted_out` as channel and reason, in words; empty for any other detail."""
    pairs = [part.split(": ", 1) for part in (detail or "").split("; ") if ": " in part]
    return [(CHANNELS[channel], reason_of(reason, None)[0]) for channel, reason in pairs if channel in CHANNELS]
