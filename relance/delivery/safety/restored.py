"""Turns what waits after a restore into what its provider says it has already: so nothing is said a second time (R54).

A restored database does not know what was sent since its backup. Before anything of a held dealer leaves, and before he
is let go, the provider is asked about every message that waits, by our reference: what it has becomes sent.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from django.db import transaction

from relance.dealers.models import Dealer
from relance.delivery.channel import Accepted, Busy, Parcel, Refused, Result
from relance.delivery.deliver import Round
from relance.delivery.hand_over import parcels_of
from relance.delivery.touches import record_touches
from relance.lib.leases import new_owner
from relance.outbox.models import Message
from relance.outbox.states import CHUNK, move
from relance.plan.models import PlanMark

WAITS = ("approval", "ready")
SAYS = "the provider has it, from before the restore"


@dataclass
class Asked:
    """What came of asking: how many became what, who was answered for, and the channels that could not be asked."""

    became: Counter[str] = field(default_factory=Counter)
    answered: set[int] = field(default_factory=set)  # primary keys: known, or left to the person who approves them
    silent: set[str] = field(default_factory=set)  # out of reach, or no answer to a single question


def is_held(dealer: Dealer) -> bool:
    """Whether the dealer was restored and nobody has let him go."""
    return PlanMark.objects.of(dealer).filter(held_since__isnull=False).exists()


def held_dealers() -> set[int]:
    """All of whom that is so, by their primary keys."""
    rows = PlanMark.objects.across_dealers("the worker looks after all").filter(held_since__isnull=False)
    return set(rows.values_list("dealer_id", flat=True))


def reconcile(dealer: Dealer, *, at: datetime, but: Iterable[int] = ()) -> Asked:
    """Ask about everything that waits, except `but`. Safe to repeat, and by two processes at once."""
    asked, seen = Asked(), set(but)
    rows = Message.objects.of(dealer).filter(state__in=WAITS, channel__isnull=False).select_related("customer")
    waiting = [m for m in rows.order_by("channel", "purpose", "pk") if m.pk not in seen]
    round_ = Round(at, new_owner())
    with round_.channels:
        for (channel, purpose), group in groupby(waiting, key=lambda m: (m.channel or "", m.purpose)):
            messages = list(group)
            lane = round_.lane(dealer.pk, channel, purpose)
            if round_.way_of(lane).knows_after is None:
                asked.answered.update(m.pk for m in messages)  # this way can never tell: a person decides
            elif round_.channel(lane) is None:
                asked.silent.add(channel)
            else:
                for start in range(0, len(messages), CHUNK):
                    _ask(round_, dealer, messages[start : start + CHUNK], asked)
                if asked.answered.isdisjoint(m.pk for m in messages):
                    asked.silent.add(channel)
    return asked


def _ask(round_: Round, dealer: Dealer, messages: list[Message], asked: Asked) -> None:
    channel = round_.channel(round_.lane(dealer.pk, messages[0].channel or "", messages[0].purpose))
    parcels = parcels_of(dealer, messages, round_.codes(dealer, messages), round_.at)
    dated = [_since_it_may_have_left(parcel) for parcel in parcels]
    for parcel, result in channel.look_up(dated) if channel else ():
        if result is None:
            continue  # it cannot tell: asked again, and for a person to decide meanwhile
        if not isinstance(result, Busy):
            _settle(round_, parcel, result, asked)
        asked.answered.update(m.pk for m in parcel.messages)


def _since_it_may_have_left(parcel: Parcel) -> Parcel:
    """The parcel as its first hand-over may have been: never before its run."""
    return replace(parcel, at=parcel.message.run_at, good_until=None)


@transaction.atomic
def _settle(round_: Round, parcel: Parcel, result: Result, asked: Asked) -> None:
    """Through `ready`, as every message that leaves: it has left."""
    dealer, at = parcel.dealer, round_.at
    waiting = [m for m in parcel.messages if m.state == "approval"]
    freed = move(dealer, waiting, to="ready", at=at, cause=SAYS)
    messages = [m for m in parcel.messages if m not in waiting] + freed
    match result:
        case Accepted():
            moved = move(dealer, messages, to="sent", at=at, cause=SAYS, provider_ref=result.provider_ref)
            touches = [(message, "sent", min(message.send_at or at, at)) for message in moved]
            record_touches(dealer, touches, codes=round_.codes(dealer, moved))
        case Refused():
            cause, detail = "the provider had it and gave it up", result.answer
            moved = move(dealer, messages, to="failed", at=at, cause=cause, reason="undeliverable", detail=detail)
        case _:
            return
    asked.became.update(m.state for m in moved)
