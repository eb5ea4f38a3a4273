"""Turns a salesperson's own reminder into messages at its moment: automation V18, once for each reminder.

There is one engine: a reminder is a run of V18 for one customer, whose open places are filled with its text and whose
once-key names it. Gate, outbox, hand-over and why know nothing of reminders.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from relance.dealers.models import Dealer, Staff
from relance.facts.models import Customer
from relance.lib.errors import BadInput, unknown_word
from relance.lib.fold import fold
from relance.lib.moments import day_of
from relance.outbox.decide import cancel
from relance.outbox.models import Message
from relance.outbox.runs.make import Making
from relance.plan.apply import SWITCHED_ON, apply_definitions
from relance.plan.definition import Definition, read_definition
from relance.plan.draft import RunOf
from relance.plan.models import Automation, PersonalReminder, Run
from relance.plan.render import PLACE
from relance.plan.shipped import definition_of as shipped_definition
from relance.plan.wording_check import check

CODE = "V18"
STAFF = ("salesperson", "sales_manager")
KINDS = {"reminder": STAFF, "communication": ("customer", *STAFF)}  # the customer hears a communication alone
MOST_TEXT, SUBJECT_TEXT = 2_000, 80
TOO_LATE = "later than its grace"


@dataclass(frozen=True)
class Wish:
    """What somebody wants said, when, to whom; `channel` for the customer, empty: the first that works."""

    at: datetime
    text: str
    author: str  # a staff reference, or who else writes
    to: Sequence[str] = KINDS["reminder"]
    channel: str = ""


@transaction.atomic
def remind(customer: Customer, wish: Wish, *, at: datetime) -> PersonalReminder:
    """Keep a message or reminder for its moment; BadInput says what stands in the way."""
    dealer, text = customer.dealer, wish.text.strip()
    if wish.at <= at:
        raise BadInput(_("the moment of a reminder lies ahead"))
    if not 0 < len(text) <= MOST_TEXT:
        raise BadInput(_("a reminder has a text, of at most %(most)s characters") % {"most": MOST_TEXT})
    reminder = PersonalReminder(
        dealer=dealer, customer=customer, author=wish.author, at=wish.at, channel=wish.channel, text=text,
        to=_recipients(dealer, wish.to, wish.author), status="waits", created_at=at,
    )  # fmt: skip
    definition = definition_for(_automation(dealer, wish.author, at), reminder)
    told = [finding.text for finding in check(definition, dealer) if finding.severity == "fault"]
    if told:
        raise BadInput(told[0])
    reminder.save()
    return reminder


def _recipients(dealer: Dealer, to: Sequence[str], author: str) -> list[str]:
    """Whom it goes to; a salesperson who writes for himself is meant himself."""
    known = ("customer", *STAFF)
    for word in to:
        if word not in known and not word.startswith("user:"):
            raise BadInput(f"--to: {unknown_word(_('recipient'), word, [*known, 'user:REFERENCE'])}")
    if not to:
        raise BadInput(_("a reminder goes to somebody: customer, salesperson, sales_manager or user:REFERENCE"))
    own = Staff.objects.of(dealer).filter(ref_folded=fold(author)).first()
    return list(dict.fromkeys(f"user:{own.ref}" if own and word == "salesperson" else word for word in to))


def _automation(dealer: Dealer, author: str, now: datetime) -> Automation:
    """The dealer's V18; the first reminder brings it from the library."""
    rows = Automation.objects.of(dealer).filter(code=CODE)
    if not rows.exists():
        entry = shipped_definition(CODE, language=dealer.language, status="on")
        apply_definitions(dealer, [entry], at=now, by=author)
    automation = rows.get()
    if automation.status not in SWITCHED_ON:
        raise BadInput(_("%(code)s is off: switch it on first, then reminders go out") % {"code": CODE})
    return automation


def definition_for(automation: Automation, reminder: PersonalReminder) -> Definition:
    """V18 with the reminder's text in its open places, for its recipients and by its channel."""
    entry: dict[str, Any] = automation.definition
    wording = {
        channel: {language: _filled(words, reminder.text) for language, words in by_language.items()}
        for channel, by_language in entry["wording"].items()
    }
    spoken = [channel for channel in wording if channel != "staff"]
    if reminder.channel and reminder.channel not in spoken:
        raise BadInput(f"--channel: {unknown_word(_('channel'), reminder.channel, spoken)}")
    channels = [reminder.channel] if reminder.channel else entry["channels"]
    return read_definition({**entry, "wording": wording, "recipients": reminder.to, "channels": channels}, CODE)


def _filled(words: dict[str, Any], text: str) -> dict[str, Any]:
    """A wording without open places gives way to the text as a whole."""
    body = PLACE.sub(lambda _place: text, words["body"]) if PLACE.search(words["body"]) else text
    subject = PLACE.sub(lambda _place: text.splitlines()[0][:SUBJECT_TEXT], words.get("subject") or "")
    return {**words, "body": body, **({"subject": subject} if subject else {})}


def make_due_reminders(making: Making) -> list[Run]:
    """The runs of the reminders whose moment has come, put into the outbox. Inside a transaction, under the lock."""
    dealer, at = making.dealer, making.at
    due = PersonalReminder.objects.of(dealer).filter(status="waits", at__lte=at).select_related("customer")
    automation = Automation.objects.of(dealer).filter(code=CODE, status__in=SWITCHED_ON).first() if due else None
    return [run for reminder in due.order_by("at", "pk") if (run := _make(making, automation, reminder)) is not None]


def _make(making: Making, automation: Automation | None, reminder: PersonalReminder) -> Run | None:
    """One reminder; None while its automation is off, and it waits until its grace has passed."""
    automation_or_off = automation or Automation.objects.of(making.dealer).filter(code=CODE).first()
    if automation_or_off is None:
        return None
    definition = definition_for(automation_or_off, reminder)
    row = Run(dealer=making.dealer, automation=automation_or_off, reference_at=reminder.at, run_at=reminder.at)
    row.planned_at = making.at
    if making.at > reminder.at + timedelta(hours=definition.grace):
        row.state, row.cause, reminder.status = "missed", TOO_LATE, "missed"
        row.save()
    elif automation is None:
        return None
    else:
        reference_on = day_of(reminder.at, making.dealer.zone)
        run = RunOf(automation, definition, reminder.at, reminder.at, reference_on, reminder.key)
        making.make(run, [reminder.customer_id], row)
        reminder.status = "done"
    reminder.save(update_fields=["status"])
    return row


@transaction.atomic
def cancel_reminder(reminder: PersonalReminder, *, by: str, at: datetime) -> None:
    """Take a reminder back: as long as it waits, or as long as its messages do."""
    dealer = reminder.dealer
    messages = Message.objects.of(dealer).filter(automation__code=CODE, occurrence__key=reminder.key)
    if reminder.status not in ("waits", "done"):
        says = _("reminder %(number)s is %(state)s: there is nothing to cancel")
        raise BadInput(says % {"number": reminder.pk, "state": reminder.status})
    if reminder.status == "done" and not cancel(dealer, messages, at=at, by=by):
        raise BadInput(_("reminder %(number)s has gone out: there is nothing to cancel") % {"number": reminder.pk})
    reminder.status = "canceled"
    reminder.save(update_fields=["status"])
