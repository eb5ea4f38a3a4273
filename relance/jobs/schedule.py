"""What runs when, as one table: the clockwork knows nothing else."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from relance.dealers.models import Dealer
from relance.delivery.claim import settle_expired_leases
from relance.delivery.deliver import deliver
from relance.delivery.safety.unsure import ask_providers
from relance.facts.next_service import recompute
from relance.facts.vins import decode_waiting
from relance.intake.freshness import OVERDUE, overdue_since
from relance.jobs.inbox import Inbox
from relance.jobs.stages import plan
from relance.plan.models import PlanMark

log = logging.getLogger("relance.clockwork")
NIGHT = time(3)  # by the dealer's clock
HOUR = timedelta(hours=1)
PATIENCE = 5.0  # seconds for which a round of deliveries waits for senders that have reached their rate


@dataclass(frozen=True)
class Task:
    """Something that is done again and again. `run` is safe to repeat and by two processes at once."""

    name: str
    every: timedelta
    run: Callable[[datetime], None]
    lane: str = "quick"  # tasks of one lane come one after the other; what may take long has a lane of its own


def plan_everyone(at: datetime) -> None:
    """Every dealer's runs that are due."""
    for dealer in Dealer.objects.order_by("pk"):
        plan(dealer, at=at)


def deliver_everyone(at: datetime) -> None:
    """Every message that may leave."""
    for _message in deliver(None, at=at, patience=PATIENCE):
        pass  # the row has it all


def settle(at: datetime) -> None:
    """Messages whose worker died in the middle become unsure."""
    settle_expired_leases(at)


def clear_doubts(at: datetime) -> None:
    """Unsure messages: the provider is asked, and a person when it cannot tell."""
    known = Counter(message.state for message in ask_providers(at))
    for state, number in known.items():
        log.info("%s messages were unsure and are %s, by their provider's word", number, state)


def nightly(at: datetime) -> None:
    """Once a night, from three o'clock by each dealer's clock: what falls due by time alone is reckoned anew."""
    for dealer in Dealer.objects.order_by("pk"):
        here = at.astimezone(dealer.zone)
        if here.time() >= NIGHT and _is_first(dealer, here):
            changed = recompute(dealer)
            log.info("%s: %s next services changed overnight", dealer.slug, changed)


def decode_vins(at: datetime) -> None:
    """What an import left to its VIN."""
    for dealer in Dealer.objects.order_by("pk"):
        decode_waiting(dealer)


def _is_first(dealer: Dealer, here: datetime) -> bool:
    """Takes up the night's work of a dealer; False when somebody has it already."""
    marks = PlanMark.objects.of(dealer).exclude(nightly_on=here.date())
    return marks.update(nightly_on=here.date()) == 1


def look_for_feeds(at: datetime) -> None:
    """Say once, in the hour in which it is noticed, that a feed that comes by night did not come."""
    for dealer in Dealer.objects.order_by("pk"):
        last = overdue_since(dealer, at=at)
        if last is not None and at - last - OVERDUE <= HOUR:
            log.warning("%s: the feed is overdue, the last one came %s", dealer.slug, last.astimezone(dealer.zone))


INBOX = Inbox()
TASKS = (
    Task("plan", timedelta(minutes=1), plan_everyone),
    Task("deliver", timedelta(seconds=5), deliver_everyone, lane="sending"),
    Task("settle", timedelta(minutes=1), settle),
    Task("doubts", timedelta(minutes=1), clear_doubts, lane="asking"),
    Task("inbox", timedelta(seconds=15), INBOX.look, lane="slow"),
    Task("vins", timedelta(minutes=1), decode_vins, lane="slow"),
    Task("nightly", timedelta(minutes=1), nightly, lane="slow"),
    Task("feeds", HOUR, look_for_feeds, lane="slow"),
)
