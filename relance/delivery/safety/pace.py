"""Turns a sender's limits into the moment at which its next message may leave, for all processes together.

The next free moment of a sender is one row that everybody moves on before he sends (decision 101). Slots lie three per
cent wider than the rate asks: a send that comes up to a little late then still leaves every second within its limit.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from relance.dealers.models import Dealer
from relance.delivery.channel import Parcel, Sending
from relance.delivery.models import Pace as Row
from relance.lib.clock import now
from relance.lib.moments import DAY, day_of, day_start
from relance.lib.sms import size_of

WIDER = 1.03
NEAR, AHEAD = timedelta(seconds=0.03), timedelta(seconds=0.5)  # a slot is reserved so long before it comes
LATE = timedelta(milliseconds=25)  # a slot that was overslept by more is let go; the wider slots forgive 30 ms a second
TRIES = 20
LONG_CODE, LONG_CODE_RATE = "+1", 1.0  # a North American number: one segment a second (R7)
DAY_BEGINS = "America/Los_Angeles"  # where the carriers' day begins


@dataclass(frozen=True)
class Limits:
    """What a sender may do: so many a second (segments of an SMS), so many a day."""

    name: str
    rate: float | None
    daily: int | None
    zone: ZoneInfo

    @property
    def spacing(self) -> timedelta:
        """Between two messages."""
        return timedelta(seconds=WIDER / self.rate if self.rate else 0)

    @property
    def at_once(self) -> int | None:
        """How many are taken up together: half a second's worth; None for any number."""
        return max(1, int(self.rate / 2)) if self.rate else None


def limits_of(sending: Sending) -> Limits | None:
    """The limits in a sender's settings; None when it has none."""
    kept = sending.settings
    who = str(kept.get("from") or kept.get("service") or kept.get("user") or kept.get("host") or "")
    is_long_code = sending.kind == "twilio" and str(kept.get("from", "")).startswith(LONG_CODE)
    rate = float(str(kept["rate"])) if "rate" in kept else LONG_CODE_RATE if is_long_code else None
    daily = int(str(kept["daily"])) if "daily" in kept else None
    if rate is None and daily is None:
        return None
    return Limits(f"{sending.kind} {who}"[:200], rate, daily, ZoneInfo(str(kept.get("zone", DAY_BEGINS))))


class Pace:
    """The pace of one sender."""

    def __init__(self, dealer: Dealer, limits: Limits) -> None:
        self.dealer, self.limits = dealer, limits
        Row.objects.of(dealer).bulk_create([Row(dealer=dealer, sender=limits.name)], ignore_conflicts=True)

    def wait(self, at: datetime) -> float:
        """Seconds from `at` until it is time to take up a message."""
        row = self._row().get()
        if self._is_spent(row, 1, at):
            return (self._tomorrow(at) - at).total_seconds()
        return max(0.0, (row.free_at - at - AHEAD).total_seconds()) if row.free_at else 0.0

    def reserve(self, number: int, weight: int, *, counted: int = 0) -> "Slots | None":
        """The next moments, ours alone, for so many messages; None when they are too far or the day is full.

        Reserved before anything is claimed: what nobody has a slot for is not taken up and put back. `counted` is
        what the day has counted for slots that were let go: it is given back.
        """
        with transaction.atomic():
            row = self._row().select_for_update().get()
            at = now()
            # A slot that has just begun is taken all the same: who comes from his last one would lose the next.
            first = row.free_at if row.free_at and row.free_at >= at - LATE else at + NEAR
            if self._is_spent(row, weight - counted, at) or first - at > AHEAD:
                return None
            today = day_of(at, self.limits.zone)
            used = max(0, row.used - counted) if row.day == today else 0
            if self.limits.daily is not None:
                number = min(number, (self.limits.daily - used) // weight)
            step = self.limits.spacing * weight
            self._row().update(free_at=first + step * number, day=today, used=used + weight * number)
        return Slots(self, weight, [first + step * n for n in range(number)])

    def _is_spent(self, row: Row, weight: int, at: datetime) -> bool:
        if self.limits.daily is None or row.day != day_of(at, self.limits.zone):
            return False
        return row.used + weight > self.limits.daily

    def _tomorrow(self, at: datetime) -> datetime:
        return day_start(day_of(at, self.limits.zone) + DAY, self.limits.zone)

    def _row(self) -> QuerySet[Row]:
        return Row.objects.across_dealers("a number has one pace, whoever speaks by it").filter(sender=self.limits.name)


@dataclass
class Slots:
    """Moments at which a message may leave, each for one message of at most this weight."""

    pace: Pace
    weight: int
    moments: list[datetime]
    let_go: int = 0  # what the day has counted for slots that nothing left in
    taken: datetime | None = None  # the moment of the last one

    def take(self, parcel: Parcel) -> bool:
        """Wait for the next moment; False when none is left, or the parcel weighs more than was reserved."""
        weight = weight_of(parcel)
        for _ in range(TRIES):
            if not self.moments or weight > self.weight:
                self.let_go += self.weight * len(self.moments)
                more = self.pace.reserve(1, weight, counted=self.let_go)
                if more is None:
                    return False
                self.weight, self.moments, self.let_go = weight, more.moments, 0
            self.taken = self.moments.pop(0)
            time.sleep(max(0.0, (self.taken - now()).total_seconds()))
            if self.is_now():
                return True
            self.let_go += self.weight
        return False

    def is_now(self) -> bool:
        """Whether the moment that was taken is still this one: asking takes time, and a busy machine lets one wait."""
        return not self.pace.limits.rate or self.taken is None or now() - self.taken <= LATE

    def leave(self) -> None:
        """Nothing leaves in the slot that was just taken: the day has not used it."""
        self.let_go += self.weight


def weight_of(parcel: Parcel) -> int:
    """What a parcel counts for."""
    return parts_of(parcel.message.channel, "\n\n".join(parcel.texts))


def parts_of(channel: str | None, text: str) -> int:
    """The parts of a text message, else one."""
    return max(1, size_of(text).parts) if channel == "sms" else 1


def soonest(waits: Sequence[float]) -> float:
    """The shortest of some waits, and never so short that waiting becomes work."""
    return max(0.005, min(waits))
