"""Turns the answer to a reminder into the appointment's new state, or into a task for its advisor."""

from relance.facts.models import Appointment
from relance.outbox.forecast import KEPT
from relance.replies.act.say import ask_a_person, has_been_answered_enough, say
from relance.replies.heard import Heard
from relance.replies.understand.meaning import Meaning
from relance.replies.words import filled, words_in

AHEAD = ("proposed", "booked", "confirmed", "rescheduled")
BECOMES = {"confirm": "confirmed", "cancel": "canceled"}


def visit(heard: Heard, meaning: Meaning) -> None:
    """Confirm or cancel the one visit that the reminder spoke of; whatever is not certain is asked."""
    if meaning.sense not in BECOMES or not _set(heard, BECOMES[meaning.sense]):
        ask_a_person(heard, "question", f"visit-{meaning.sense}", meaning)
    elif meaning.sense == "cancel":
        ask_a_person(heard, "question", "visit-canceled", meaning)  # the business system has to hear of it as well
    if meaning.sense == "change" and not heard.is_opted_out(("service",)) and not has_been_answered_enough(heard):
        say(heard, "change", filled(words_in(heard.language).change, heard.dealer), language=heard.language)


def _set(heard: Heard, status: str) -> bool:
    """Whether the visit lies ahead and is as it was spoken of; only then it changes."""
    message = heard.answered
    if message is None or message.subject_type != "appointment":
        return False
    rows = Appointment.objects.of(heard.dealer).filter(pk=message.subject_id, start_at__gt=heard.at)
    if rows.filter(status=status).exists():
        return True
    changed = rows.filter(status__in=AHEAD).update(status=status)
    if changed:
        KEPT.forget(heard.dealer.pk)  # changed in place: no import tells the forecast
    return changed == 1
