"""Turns messages that nobody can tell about into what the provider says of them, or into a task for a person."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import F

from relance.dealers.models import Dealer
from relance.delivery.channel import Accepted, Busy, Parcel, Refused, Result
from relance.delivery.claim import DIED
from relance.delivery.deliver import Round
from relance.delivery.hand_over import parcels_of
from relance.delivery.models import Attempt
from relance.delivery.safety.resolve import Word, settle
from relance.lib.leases import may_wake_up, new_owner
from relance.outbox.models import Message, Task
from relance.outbox.states import CHUNK
from relance.outbox.tasks import Reason, open_task

log = logging.getLogger(__name__)
OFTEN, OFTEN_FOR = timedelta(minutes=1), timedelta(hours=1)  # asked every minute in the first hour,
SELDOM, SELDOM_FOR = timedelta(hours=1), timedelta(days=7)  # then every hour for a week
PATIENCE = timedelta(minutes=15)  # a person is asked when the provider has not answered for so long
BY_PROVIDER = "the provider"


def ask_providers(at: datetime) -> list[Message]:
    """Ask, for every unsure message, whoever was to take it; the messages whose fate is known now.

    May be repeated, and by two processes at once. What cannot be told stays unsure, and a person gets a task.
    """
    _close_what_is_known(at)
    round_ = Round(at, new_owner())
    known: list[Message] = []
    with round_.channels:
        for messages in _in_doubt(at):
            known += _ask(round_, messages)
    return known


def _close_what_is_known(at: datetime) -> None:
    """Close the tasks of messages that a late answer cleared, before or just after the task was opened."""
    tasks = Task.objects.across_dealers("every dealer's doubts are cleared alike").filter(kind="unsure", state="open")
    known = tasks.exclude(message__state="unsure").exclude(message=None)
    known.update(state="done", outcome="cleared", closed_at=at, closed_by=BY_PROVIDER)


def _in_doubt(at: datetime) -> Iterator[list[Message]]:
    """Unsure messages of one dealer and channel that are to be asked for now, at most CHUNK at once."""
    across = Message.objects.across_dealers("every dealer's doubts are cleared alike")
    rows = across.filter(state="unsure", moved_at__gt=at - SELDOM_FOR, channel__isnull=False)
    rows = rows.select_related("customer")
    found = [m for m in rows.order_by("dealer_id", "channel", "pk") if is_due(m.moved_at, at)]
    for _, group in groupby(found, key=lambda m: (m.dealer_id, m.channel)):
        lane = list(group)
        for start in range(0, len(lane), CHUNK):
            yield lane[start : start + CHUNK]


def is_due(since: datetime, at: datetime) -> bool:
    """Whether a message that is unsure `since` is asked for in the minute of `at`."""
    return at - since < OFTEN_FOR or at.timestamp() % SELDOM.total_seconds() < OFTEN.total_seconds()


def _ask(round_: Round, messages: list[Message]) -> list[Message]:
    lane = round_.lane(messages[0].dealer_id, messages[0].channel or "", messages[0].purpose)
    if round_.way_of(lane).knows_after is None:  # this way can never tell
        _ask_a_person(lane.dealer, messages, round_.at)
        return []
    channel = round_.channel(lane)
    if channel is None:  # closed for now: it is asked again in a minute
        _ask_a_person(lane.dealer, _waited_long(messages, round_.at), round_.at)
        return []
    parcels = _as_handed_over(lane.dealer, messages, round_)
    known: list[Message] = []
    doubtful: list[Message] = []
    for parcel, result in channel.look_up(parcels):
        word = _word(result)
        if word is None:
            doubtful += parcel.messages
        elif word.to != "ready" or _is_certain(parcel, channel.knows_after, round_.at):
            known += settle(lane.dealer, list(parcel.messages), word, by=BY_PROVIDER, at=round_.at)
    _ask_a_person(lane.dealer, _waited_long(doubtful, round_.at), round_.at)
    return known


def _waited_long(messages: list[Message], at: datetime) -> list[Message]:
    return [message for message in messages if at - message.moved_at > PATIENCE]


def _as_handed_over(dealer: Dealer, messages: list[Message], round_: Round) -> list[Parcel]:
    """The parcels as the channel saw them, each with the moment at which it did."""
    attempts = Attempt.objects.of(dealer).filter(message__in=[m.pk for m in messages]).order_by("number")
    begun = dict(attempts.values_list("message_id", "at"))
    parcels = parcels_of(dealer, messages, round_.codes(dealer, messages), round_.at)
    return [replace(parcel, at=begun.get(parcel.message.pk, parcel.message.moved_at)) for parcel in parcels]


def _word(result: Result | None) -> Word | None:
    """What the provider's word means; None when it cannot tell."""
    match result:
        case Accepted():
            return Word("sent", f"{BY_PROVIDER} has it: {result.answer}", {"provider_ref": result.provider_ref})
        case Refused():
            return Word(
                "failed",
                f"{BY_PROVIDER} has it not: {result.answer}",
                {"reason": "undeliverable", "detail": result.answer},
            )
        case Busy():
            return Word("ready", f"{BY_PROVIDER} never had it: {result.answer}", {"owner": "", "detail": None})
        case _:
            return None


def _is_certain(parcel: Parcel, knows_after: float | None, at: datetime) -> bool:
    """Whether "never had it" can be believed: so much time has gone by, and nobody is left who may still send it.

    The time counts from when it became unsure: no call begins after that, because the lease had ended by then.
    """
    doubted = max(message.moved_at for message in parcel.messages)
    is_past = knows_after is not None and at >= doubted + timedelta(seconds=knows_after)
    return is_past and not _may_come(parcel, at)


def _may_come(parcel: Parcel, at: datetime) -> bool:
    """Whether a worker of this machine that slept through its lease may still wake up in the midst of the call.

    Asked for an hour: a process that lives on without its call must not keep a message for ever.
    """
    slept = [m for m in parcel.messages if at - m.moved_at < OFTEN_FOR and may_wake_up(m.owner)]
    last = Attempt.objects.of(parcel.dealer).filter(message__in=[m.pk for m in slept], number=F("message__attempts"))
    return bool(slept) and last.filter(answer=DIED).exists()


def _ask_a_person(dealer: Dealer, messages: list[Message], at: datetime) -> None:
    refs = {f"message {m.key}:{m.attempts}": m for m in messages}  # doubted again after another try: another task
    known = Task.objects.of(dealer).filter(kind="unsure", ref__in=refs).values_list("ref", flat=True)
    for ref in refs.keys() - set(known):
        reason = Reason("unsure", ref, refs[ref].customer, refs[ref])
        open_task(dealer, reason, due_at=at, at=at)
