"""Turns due messages of one lane into messages that are ours to hand over, asked again in the same transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from relance.dealers.models import Dealer
from relance.delivery import crash_points
from relance.delivery.models import Attempt
from relance.delivery.safety.halt import halted_dealers, is_halted
from relance.delivery.safety.pace import parts_of
from relance.delivery.safety.pause import paused_lanes
from relance.facts.models import Customer
from relance.lib.clock import now
from relance.lib.leases import LENGTH, lease
from relance.lib.rows import Among, change
from relance.outbox.models import Message
from relance.outbox.recheck import Go, Later, Refusal, recheck
from relance.outbox.states import CHUNK, move
from relance.outbox.tasks import ask_about_recalls

BATCH = 500
PURPOSES = ("answer", "service", "marketing")  # in this order: a reminder never waits behind a newsletter
LANE = ("dealer_id", "channel", "purpose")
NOT_ASKED = ("accepted_at", "moved_at", "version", "facts")  # by anybody on the way out
ASKED_AGAIN = "asked again at hand-over"
DIED = "the worker died during the hand-over"


@dataclass(frozen=True)
class Lane:
    """What is taken up together: one channel and purpose of one dealer."""

    dealer: Dealer
    channel: str
    purpose: str


@dataclass
class Claimed:
    """What one claim found: messages that are now ours (`sending`), and those that were stopped for good."""

    ours: list[Message] = field(default_factory=list)
    stopped: list[Message] = field(default_factory=list)
    put_off: int = 0
    until: dict[int, datetime] = field(default_factory=dict)  # by primary key: it must have arrived by then

    def __bool__(self) -> bool:
        return bool(self.ours or self.stopped or self.put_off)


def claim(lane: Lane, *, at: datetime, owner: str, size: int = BATCH, asked_at: datetime | None = None) -> Claimed:
    """Take up to `size` due messages of a lane, oldest first. One transaction: nobody can opt out in between (R10).

    `asked_at`: this very moment, when the round began at `at` some time ago; what was said meanwhile counts.
    """
    found, this_moment = Claimed(), max(at, asked_at or at)
    with transaction.atomic():
        if is_halted(lane.dealer):
            return found
        due = _nobody_elses(lane, _due(lane, at, size))
        late = [m for m in due if m.expires_at is not None and m.expires_at < this_moment]
        found.stopped += move(lane.dealer, late, to="failed", at=at, cause="its time had passed", reason="expired")
        stale = {m.id for m in late}
        asked = [m for m in due if m.id not in stale]
        go = _ask_again(lane.dealer, asked, this_moment, found)
        ends = lease(owner, now()).until
        found.ours = move(
            lane.dealer, go, to="sending", at=at, cause=f"taken up by {owner}", owner=owner, lease_until=ends
        )
        crash_points.reached("claiming")
    return found


def _due(lane: Lane, at: datetime, size: int) -> list[Message]:
    rows = (
        Message.objects.of(lane.dealer)
        .filter(state="ready", channel=lane.channel, purpose=lane.purpose, send_at__lte=at)
        .defer(*NOT_ASKED)
        .select_for_update(skip_locked=True)
    )
    if lane.channel != "staff":
        return list(rows.order_by("send_at", "pk")[:size])
    # Lists for staff go out whole: what belongs to the last person of the batch comes with it (docs/delivery.md).
    due = list(rows.order_by("send_at", "automation_id", "run_id", "recipient", "pk")[:size])
    if len(due) == size:
        last, taken = due[-1], {m.id for m in due}
        rest = rows.filter(automation_id=last.automation_id, run_id=last.run_id, recipient=last.recipient)
        due += [m for m in rest.order_by("pk") if m.id not in taken]
    return due


def _nobody_elses(lane: Lane, due: list[Message]) -> list[Message]:
    """Marketing to a person is weighed by one worker at a time: two would not see of each other what they let go (R15).

    Whoever is in another's hands waits for the next round; nobody waits for a lock.
    """
    if lane.purpose != "marketing":
        return due
    people = {m.customer_id or 0 for m in due if m.recipient == "customer"}
    free = Customer.objects.of(lane.dealer).filter(Among("pk", people)).select_for_update(skip_locked=True, no_key=True)
    ours = set(free.order_by("pk").values_list("pk", flat=True))
    return [m for m in due if m.recipient != "customer" or m.customer_id in ours]


def weight_due(lane: Lane, at: datetime) -> int:
    """What the oldest due message of a lane counts for at its sender."""
    rows = Message.objects.of(lane.dealer).filter(
        state="ready", channel=lane.channel, purpose=lane.purpose, send_at__lte=at
    )
    return parts_of(lane.channel, rows.order_by("send_at", "pk").values_list("body", flat=True).first() or "")


def _ask_again(dealer: Dealer, messages: list[Message], at: datetime, found: Claimed) -> list[Message]:
    """The messages that may go; the others are refused, or wait for a later moment."""
    verdicts = recheck(dealer, messages, at=at) if messages else {}
    refusals: dict[tuple[str, str | None], list[Message]] = defaultdict(list)
    later: dict[tuple[datetime, str | None], list[int]] = defaultdict(list)
    go = []
    for message in messages:
        verdict = verdicts.get(message.id)
        if isinstance(verdict, Refusal):
            refusals[verdict.reason, verdict.detail].append(message)
        elif isinstance(verdict, Later) and verdict.send_at > at:
            later[verdict.send_at, verdict.detail].append(message.id)
        else:
            go.append(message)
            if isinstance(verdict, Go):
                _note(dealer, message, verdict, found)
    for (reason, detail), group in refusals.items():
        stopped = move(dealer, group, to="refused", at=at, cause=ASKED_AGAIN, reason=reason, detail=detail)
        ask_about_recalls(dealer, stopped, at=at)
        found.stopped += stopped
    for (send_at, detail), keys in later.items():
        for start in range(0, len(keys), CHUNK):
            rows = Message.objects.of(dealer).filter(pk__in=keys[start : start + CHUNK], state="ready")
            found.put_off += rows.update(send_at=send_at, detail=detail)
    return go


def _note(dealer: Dealer, message: Message, go: Go, found: Claimed) -> None:
    """Until when it must have arrived, and where: whoever has a new number or address meanwhile is reached there."""
    if go.until is not None:
        found.until[message.id] = go.until
    if go.address is not None:
        message.address = go.address
        Message.objects.of(dealer).filter(pk=message.id).update(address=go.address)


def take_in_hand(dealer: Dealer, messages: Sequence[Message]) -> set[int]:
    """Mark messages as being handed over from now on; the keys of those that are still ours.

    `attempts` counts hand-overs begun, Attempt rows those that ended: the difference is what a dead worker had in hand.
    """
    begun: dict[tuple[str, int], list[Message]] = defaultdict(list)
    for message in messages:
        begun[message.owner, message.attempts].append(message)
    ends, held = now() + LENGTH, set[int]()
    for (owner, attempts), group in begun.items():
        changes = {"attempts": attempts + 1, "lease_until": ends}
        ours = {"dealer": dealer.pk, "state": "sending", "owner": owner}
        held |= change(Message, [m.id for m in group], changes, while_=ours)
    for message in messages:  # some may have been taken from us while we slept: only what we still hold is handed over
        if message.id in held:
            message.attempts += 1
            message.lease_until = ends
    return held


def settle_expired_leases(at: datetime) -> list[Message]:
    """Settle what dead workers left: what they had in hand becomes unsure, what they had not begun is ready again."""
    expired = Message.objects.across_dealers("leases end for everybody alike").filter(
        state="sending", lease_until__lt=at
    )
    settled: list[Message] = []
    while True:
        with transaction.atomic():
            rows = list(
                expired.select_for_update(skip_locked=True, of=("self",))
                .select_related("dealer")
                .order_by("pk")[:CHUNK]
            )
            for dealer in {m.dealer for m in rows}:
                settled += _settle(dealer, [m for m in rows if m.dealer_id == dealer.pk], at)
        if not rows:
            return settled


def _settle(dealer: Dealer, messages: list[Message], at: datetime) -> list[Message]:
    answered = dict(
        Attempt.objects.of(dealer)
        .filter(message_id__in=[m.id for m in messages])
        .values_list("message_id")
        .annotate(Max("number"))
    )
    begun = [m for m in messages if m.attempts > answered.get(m.id, 0)]
    idle = [m for m in messages if m.attempts <= answered.get(m.id, 0)]
    taken_at = {m.id: m.lease_until - LENGTH if m.lease_until else at for m in begun}
    # The owner stays on an unsure row: a worker that was only slow may still say what became of it.
    lost = move(dealer, begun, to="unsure", at=at, cause=DIED, lease_until=None)
    Attempt.objects.of(dealer).bulk_create(
        [
            Attempt(dealer=dealer, message=m, number=m.attempts, at=taken_at[m.id], result="lost", answer=DIED)
            for m in lost
        ]
    )
    cause = "the worker died before the hand-over"
    return lost + move(dealer, idle, to="ready", at=at, cause=cause, owner="", lease_until=None)


def lanes_due(dealer: Dealer | None, at: datetime) -> list[tuple[int, str, str]]:
    """(dealer id, channel, purpose) of every lane that has something due, service before marketing."""
    rows = (
        Message.objects.across_dealers("the worker looks after all") if dealer is None else Message.objects.of(dealer)
    )
    due = rows.filter(state="ready", send_at__lte=at, channel__isnull=False)
    found = {(who, channel or "", purpose) for who, channel, purpose in due.values_list(*LANE).distinct()}
    paused = paused_lanes() if any(purpose == "marketing" for _, _, purpose in found) else set()
    found -= {(who, channel, "marketing") for who, channel in paused}
    halted = halted_dealers() if found else set()
    found = {lane for lane in found if lane[0] not in halted}
    return sorted(found, key=lambda lane: (PURPOSES.index(lane[2]), lane[0], lane[1]))
