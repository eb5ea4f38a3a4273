"""Turns an empty home into one with the sample dealership; every later time it takes in what happened since."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings

from relance.dealers.create import create_dealer
from relance.dealers.models import Dealer, Membership, User
from relance.delivery.deliver import deliver
from relance.facts.absorb import take_in
from relance.jobs.demo.answering import answer_some
from relance.jobs.demo.desk import keep_busy, leave_to_approval, set_up
from relance.jobs.demo.feed import write_feed
from relance.jobs.demo.mark import Mark, read_mark, write_mark
from relance.jobs.stages import plan
from relance.lib.errors import BadInput
from relance.lib.moments import DAY, day_of, local
from relance.outbox.models import Message
from relance.plan.apply import apply_definitions
from relance.plan.models import Automation
from relance.plan.shipped import demo_entries

SLUG, NAME, ZONE = "demo", "Garage Bellerive", ZoneInfo("America/Toronto")
MANAGER = "manager@example.com"
SIGN_IN = "demo-sign-in"
FEED = "demo-feed"
HOUR = timedelta(hours=1)
MORNING = time(10, 5)  # after the runs of ten o'clock
LIVE_BEFORE = timedelta(days=1)  # so that there is something in the outbox at whatever hour one begins

Say = Callable[[str], None]


@dataclass(frozen=True)
class Dealership:
    """The sample dealership of this home and who signs in to it."""

    dealer: Dealer
    mark: Mark
    user: User
    password: str


def open_dealership(*, customers: int, seed: int, at: datetime, say: Say, lived: int = 0) -> Dealership:
    """The sample dealership of this home, made when it is not there yet, told up to `at`.

    A new one has `lived` days already: made as of then, it lives through them, so that there is a past to look at.
    """
    if lived and read_mark(Path(settings.HOME)) is None:
        first = at - lived * DAY
        made = open_dealership(customers=customers, seed=seed, at=first, say=say)
        _live(made, first, at)
        say(f"It has lived {lived} days since: imported, planned and sent, every morning.")
    return _open(customers=customers, seed=seed, at=at, say=say)


def _live(made: Dealership, first: datetime, until: datetime) -> None:
    """Every morning up to `until`: the feed comes, runs are made, messages leave, some are answered."""
    dealer, mark = made.dealer, made.mark
    set_up(dealer, at=first)
    for morning in _mornings(first, until):
        if morning + DAY >= until:
            leave_to_approval(dealer, at=morning)
        mark = tell(dealer, mark, at=morning, say=lambda _line: None)
        plan(dealer, at=morning)
        for hours in (0, 2, 4):  # what had to wait for its hour leaves later in the day
            sent = [m for m in deliver(dealer, at=min(morning + hours * HOUR, until)) if m.state == "sent"]
            answer_some(dealer, sent, until=until)
    keep_busy(dealer, made.user, at=until)


def _mornings(after: datetime, until: datetime) -> Iterator[datetime]:
    """Those in between; whoever begins at night lives through the same day's."""
    day = day_of(after, ZONE)
    while (morning := local(day, MORNING, ZONE)) < until:
        if morning > after:
            yield morning
        day += DAY


def _open(*, customers: int, seed: int, at: datetime, say: Say) -> Dealership:
    home = Path(settings.HOME)
    mark, dealer = read_mark(home), Dealer.objects.filter(slug=SLUG).first()
    if dealer is not None and mark is None:
        raise BadInput(f"this home has a dealer '{SLUG}' of its own: choose another with RELANCE_HOME")
    if dealer is None or mark is None:
        mark = Mark(customers, seed, day_of(at, ZONE).isoformat())
        write_mark(home, mark)
        say(f"Making {NAME}, a sample dealership with {customers:,} customers …")
        dealer = _make_dealer(at)
    elif (customers, seed) != (mark.customers, mark.seed):
        say(f"Kept as it is: {mark.customers:,} customers, seed {mark.seed}. Another size needs another RELANCE_HOME.")
    mark = tell(dealer, mark, at=at, say=say)
    if not Automation.objects.of(dealer).exists():
        live_from = (day_of(at, ZONE) - LIVE_BEFORE).isoformat()
        entries = [{**entry, "live_from": live_from} for entry in demo_entries(dealer)]
        applied = apply_definitions(dealer, entries, at=at, by=SLUG)
        say(f"{len(applied.added)} automations of the library are switched on.")
    user, password = _manager(dealer, home, at)
    planned = plan(dealer, at=at)
    refused = Message.objects.of(dealer).filter(run__in=planned.runs, state="refused").count()
    waiting = Message.objects.of(dealer).filter(state__in=("ready", "approval")).count()
    say(f"Planned: {planned.made - refused} new messages, {refused} refused; {waiting} wait in the outbox.")
    return Dealership(dealer, mark, user, password)


def tell(dealer: Dealer, mark: Mark, *, at: datetime, say: Say) -> Mark:
    """Take in what happened since the mark; the new mark. Safe to repeat: the same rows change nothing."""
    until = at.astimezone(dealer.zone).replace(tzinfo=None, second=0, microsecond=0)
    if mark.since is not None and until <= mark.since:
        return mark
    home = Path(settings.HOME)
    try:
        counts = write_feed(home / FEED, mark.world, until=until, since=mark.since)
    except OSError as error:
        raise BadInput(
            f"the home {home} cannot be written ({error.strerror}): choose another with RELANCE_HOME"
        ) from None
    if sum(counts.values()):
        take_in(dealer, home / FEED, at=at)
        first = "" if mark.since is None else f" since {mark.since:%Y-%m-%d %H:%M}"
        say(f"Imported {sum(counts.values()):,} rows{first} from {home / FEED}.")
    mark = mark.told(until)
    write_mark(home, mark)
    return mark


def _make_dealer(at: datetime) -> Dealer:
    own = yaml.safe_load(files("relance.jobs.demo").joinpath("dealer.yaml").read_text(encoding="utf-8"))
    return create_dealer(SLUG, name=NAME, timezone=ZONE.key, language="fr", country="CA", settings=own, at=at)


def _manager(dealer: Dealer, home: Path, at: datetime) -> tuple[User, str]:
    """The person who signs in, and the password, which is kept in the home."""
    path = home / SIGN_IN
    user = User.objects.filter(email=MANAGER).first()
    password = path.read_text(encoding="utf-8").split()[-1] if path.exists() else ""
    if user is None:
        user = User(email=MANAGER, name="Hélène Bellerive", created_at=at)
    if not password or not user.check_password(password):
        password = secrets.token_urlsafe(12)
        path.touch(mode=0o600)
        path.write_text(f"{MANAGER}\n{password}\n", encoding="utf-8")
        user.set_password(password)
        user.save()
    Membership.objects.of(dealer).get_or_create(user=user, dealer=dealer, defaults={"role": "crm_manager"})
    return user, password
