"""Turns what the sample dealership sent into what its customers write back, always the same."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from relance.dealers.models import Dealer
from relance.jobs.demo.words import words
from relance.outbox.models import Message
from relance.replies.receive import receive

ONE_IN = 3  # so many are written to for one who writes back
SOONEST, LATEST = 4, 90  # minutes


def answer_some(dealer: Dealer, sent: Iterable[Message], *, until: datetime) -> int:
    """Some of those who got a text message or an e-mail answer it before `until`; how many."""
    written = words("answers")
    answered = 0
    for message in sent:
        random = Random(f"{message.subject_ref} {message.automation.code}")
        programme = written.get(message.automation.programme, {})
        texts = programme.get(message.language, [])
        at = message.moved_at + timedelta(minutes=random.randint(SOONEST, LATEST))
        is_asked = message.channel in ("sms", "email") and message.recipient == "customer" and message.address
        if not is_asked or not texts or random.randrange(ONE_IN) or at >= until:
            continue
        text, ref = random.choice(texts), f"demo {message.key}"
        receive(dealer, sender=str(message.address), text=text, at=at, ref=ref)
        answered += 1
    return answered
