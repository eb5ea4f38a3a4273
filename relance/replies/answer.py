"""Turns a stored inbound message into what follows from it: touches, then one act. In one transaction, once.

The raw message is stored before (replies/receive): a fault of ours here loses nothing, the next look comes again.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from relance.dealers.models import Dealer
from relance.facts.models import Touch
from relance.lib.fold import fold
from relance.replies.act.answer import keyword, plain, survey
from relance.replies.act.consent import help_, perhaps_stop, start, stop
from relance.replies.act.visit import visit
from relance.replies.heard import Heard
from relance.replies.models import Inbound
from relance.replies.understand.meaning import Meaning, Sense, Situation, meaning_of

log = logging.getLogger(__name__)
Act = Callable[[Heard, Meaning], None]
REF = 56  # characters of a touch's ref that name the message; the rest numbers those who share the address

ACTS: dict[Sense, Act] = {
    "stop": stop,
    "start": start,
    "help": help_,
    "perhaps_stop": perhaps_stop,
    "confirm": visit,
    "cancel": visit,
    "change": visit,
    "ambiguous": visit,
    "score": survey,
    "keyword": keyword,
    "plain": plain,
}


@transaction.atomic
def answer_once(dealer: Dealer, inbound_pk: int, *, at: datetime) -> list[Touch]:
    """Understand a stored message and act on it; what somebody else did already is left alone."""
    inbound = Inbound.objects.of(dealer).select_for_update().get(pk=inbound_pk)
    if inbound.understood_at is not None:
        return touches_of(dealer, inbound)
    heard = Heard(dealer, inbound)
    meaning = meaning_of(inbound.text, _situation(heard))
    touches = _remember(heard, meaning)
    ACTS[meaning.sense](heard, meaning)
    Inbound.objects.of(dealer).filter(pk=inbound.pk).update(understood_at=at, sense=meaning.sense)
    return touches


def catch_up(dealer: Dealer, *, at: datetime) -> int:
    """Look again at what was stored and not understood: its process died, or we had a fault. How many."""
    waiting = Inbound.objects.of(dealer).filter(understood_at=None).order_by("said_at", "pk")
    done = 0
    for pk in list(waiting.values_list("pk", flat=True)[:1_000]):
        try:
            answer_once(dealer, pk, at=at)
            done += 1
        except Exception:
            log.exception("%s: inbound message %s could not be understood", dealer.slug, pk)
    return done


def touches_of(dealer: Dealer, inbound: Inbound) -> list[Touch]:
    """The facts that were made of a message: one for everybody who has the address."""
    rows = Touch.objects.of(dealer).filter(kind="received", address=inbound.sender, happened_at=inbound.said_at)
    ref = touch_ref(inbound)
    found = rows.select_related("customer").order_by("pk")
    return [touch for touch in found if touch.ref == ref or touch.ref.startswith(f"{ref}:")]


def touch_ref(inbound: Inbound) -> str:
    """What a touch of this message is called."""
    return inbound.ref if inbound.provider == "hand" and len(inbound.ref) <= REF else f"in:{inbound.pk}"


def _situation(heard: Heard) -> Situation:
    return Situation(
        is_opted_out=lambda: heard.is_opted_out() or heard.stopped_at_carrier.exists(),
        definition=heard.definition,
        answers_reminder=heard.answers_reminder,
        by_mail=heard.inbound.channel == "email",
    )


def _remember(heard: Heard, meaning: Meaning) -> list[Touch]:
    """A touch for each customer who has the address, or one of nobody, tied to the message that it answers."""
    inbound, answered, ref = heard.inbound, heard.answered_touch, touch_ref(heard.inbound)
    touches = [
        Touch(
            dealer=heard.dealer,
            customer=customer,
            vehicle_id=answered.vehicle_id if answered and customer else None,
            kind="received",
            ref=ref if number == 0 else f"{ref}:{number}",
            happened_at=inbound.said_at,
            channel=inbound.channel,
            address=inbound.sender,
            code=answered.code if answered else None,
            text=inbound.text,
            text_folded=fold(inbound.text),
            sentiment=meaning.mood,
        )
        for number, customer in enumerate(heard.senders or [None])
    ]
    return Touch.objects.of(heard.dealer).bulk_create(touches, ignore_conflicts=True)
