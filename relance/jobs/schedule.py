"""What runs when, as one table: the clockwork knows nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from relance.dealers.models import Dealer
from relance.delivery.claim import settle_expired_leases
from relance.delivery.deliver import deliver
from relance.jobs.stages import plan


@dataclass(frozen=True)
class Task:
    """Something that is done again and again. `run` is safe to repeat and by two processes at once."""

    name: str
    every: timedelta
    run: Callable[[datetime], None]


def plan_everyone(at: datetime) -> None:
    """Every dealer's runs that are due."""
    for dealer in Dealer.objects.order_by("pk"):
        plan(dealer, at=at)


def deliver_everyone(at: datetime) -> None:
    """Every message that may leave."""
    for _message in deliver(None, at=at):
        pass  # the row has it all


def settle(at: datetime) -> None:
    """Messages whose worker died in the middle become unsure."""
    settle_expired_leases(at)


TASKS = (
    Task("plan", timedelta(minutes=1), plan_everyone),
    Task("deliver", timedelta(seconds=5), deliver_everyone),
    Task("settle", timedelta(minutes=1), settle),
)
