"""What runs when, as one table: the clockwork knows nothing else."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings

from relance.dealers.models import Dealer
from relance.delivery.channels.file.folder import tidy
from relance.delivery.claim import lanes_due, settle_expired_leases
from relance.delivery.deliver import deliver
from relance.delivery.hand_over import RoundTime
from relance.delivery.receipts.mailbox import look_into_mailboxes
from relance.delivery.safety.turns import Aside, Lately
from relance.delivery.safety.unsure import ask_providers
from relance.facts.next_service import recompute
from relance.facts.refresh import follow_schedules
from relance.facts.vins import decode_waiting
from relance.jobs.inbox import Inbox
from relance.jobs.listening import LISTENING
from relance.jobs.stages import plan
from relance.jobs.watch.alarm import watch_certificates, watch_house
from relance.jobs.watch.backups import back_up_by_night, prove_backup
from relance.lib.database.statistics import look_at_grown_tables
from relance.plan.models import PlanMark

log = logging.getLogger("relance.clockwork")
NIGHT = time(3)  # by the dealer's clock
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
AT_ONCE = 2_000  # messages of a dealer that one piece of work hands over
LATELY = Lately(aside=Aside(), lasts=5.0)  # of this process
PATIENCE = 5.0  # seconds for which a round of deliveries waits for senders that have reached their rate


@dataclass(frozen=True)
class PerDealer:
    """How a task is shared among workers: for whom, and what for one of them."""

    whom: Callable[[datetime], Iterable[int]]  # keys of the dealers that have something to do
    do: Callable[[Dealer, datetime], None]
    at_once: int = 1  # dealers that make one piece of work


@dataclass(frozen=True)
class Task:
    """Something that is done again and again. `run` is safe to repeat and by two processes at once."""

    name: str
    every: timedelta
    run: Callable[[datetime], None]
    lane: str = "quick"  # tasks of one lane come one after the other; what may take long has a lane of its own
    per_dealer: PerDealer | None = None  # with a broker it is handed out to workers (cluster.py)


def for_each(dealers: Iterable[Dealer], what: str, do: Callable[[Dealer], object]) -> None:
    """One dealer's trouble is not another's: it is told, and comes again with the next step of the clock."""
    for dealer in dealers:
        try:
            do(dealer)
        except Exception:
            log.exception("%s of %s failed", what, dealer.slug)


def everyone(at: datetime) -> Iterable[int]:
    """Every dealer's key."""
    return Dealer.objects.order_by("pk").values_list("pk", flat=True)


def plan_one(dealer: Dealer, at: datetime) -> None:
    """A dealer's runs that are due."""
    plan(dealer, at=at)


def plan_everyone(at: datetime) -> None:
    """Every dealer's runs that are due."""
    for_each(Dealer.objects.order_by("pk"), "plan", lambda dealer: plan_one(dealer, at))


def with_messages_due(at: datetime) -> Iterable[int]:
    """The dealers of whom something may leave, those with service first."""
    return dict.fromkeys(dealer for dealer, _, _ in lanes_due(None, at))


def deliver_one(dealer: Dealer, at: datetime) -> None:
    """Some of what may leave of one dealer; the rest comes with the next step of the clock."""
    time = RoundTime(at)
    if LISTENING.deaf([dealer], at):
        return
    for _message in deliver(dealer, at=time.now(), patience=PATIENCE, limit=AT_ONCE, lately=LATELY):
        pass  # the row has it all


def deliver_everyone(at: datetime) -> None:
    """Every message that may leave. Each round begins at its own moment: who says stop meanwhile has said it before."""
    time = RoundTime(at)
    lately = replace(LATELY, deaf=LISTENING.deaf(Dealer.objects.order_by("pk"), at))
    for _message in deliver(None, at=time.now(), patience=PATIENCE, lately=lately):
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
    for_each(Dealer.objects.order_by("pk"), "nightly", lambda dealer: night_of_one(dealer, at))


def night_of_one(dealer: Dealer, at: datetime) -> None:
    """The night's work of one dealer, when it is time and nobody has it."""
    here = at.astimezone(dealer.zone)
    if here.time() >= NIGHT and _is_first(dealer, here):
        changed = recompute(dealer)
        log.info("%s: %s next services changed overnight", dealer.slug, changed)
        tidy(Path(settings.HOME) / "sent" / dealer.slug / f"{here - DAY:%Y-%m-%d}", before=at - HOUR)


def decode_vins(at: datetime) -> None:
    """What an import left to its VIN."""
    for_each(Dealer.objects.order_by("pk"), "vins", decode_waiting)


def look_at_tables(at: datetime) -> None:
    """What has grown since the database last looked: it would read weeks of messages for those of one person."""
    if grown := look_at_grown_tables():
        log.info("grown much, and looked at again: %s", ", ".join(grown))


def follow_changed_schedules(at: datetime) -> None:
    """Next services after a change of a maintenance schedule that the desk left to the clockwork."""
    for_each(Dealer.objects.order_by("pk"), "schedules", follow_schedules)


def _is_first(dealer: Dealer, here: datetime) -> bool:
    """Takes up the night's work of a dealer; False when somebody has it already."""
    marks = PlanMark.objects.of(dealer).exclude(nightly_on=here.date())
    return marks.update(nightly_on=here.date()) == 1


def prove_newest(at: datetime) -> None:
    """Once a day the newest backup is restored for a trial, also one that somebody else made."""
    prove_backup(at)


INBOX = Inbox()
TASKS = (
    Task("plan", timedelta(minutes=1), plan_everyone, per_dealer=PerDealer(everyone, plan_one, at_once=10)),
    Task("deliver", timedelta(seconds=5), deliver_everyone, "sending", PerDealer(with_messages_due, deliver_one)),
    Task("settle", timedelta(minutes=1), settle),
    Task("doubts", timedelta(minutes=1), clear_doubts, lane="asking"),
    Task("bounces", timedelta(minutes=2), look_into_mailboxes, lane="asking"),
    Task("inbox", timedelta(seconds=15), INBOX.look, lane="slow"),
    Task("vins", timedelta(minutes=1), decode_vins, lane="slow"),
    Task("schedules", timedelta(seconds=15), follow_changed_schedules, lane="slow"),
    Task("statistics", QUARTER, look_at_tables, lane="slow"),
    Task("nightly", timedelta(minutes=1), nightly, "slow", PerDealer(everyone, night_of_one, at_once=10)),
    Task("backups", QUARTER, back_up_by_night, lane="proving"),
    Task("proofs", DAY, prove_newest, lane="proving"),
    Task("alarm", timedelta(minutes=1), watch_house, lane="watching"),
    Task("certificates", timedelta(minutes=1), watch_certificates, lane="handshakes"),
)
