"""Turns claimed messages into parcels, hands them over a few at a time, and writes down each few before the next."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from time import monotonic
from types import MappingProxyType

from django.db import transaction

from relance.dealers.models import Dealer
from relance.delivery import crash_points
from relance.delivery.channel import Accepted, AnswerLost, Busy, Channel, Parcel, Refused, Result
from relance.delivery.claim import take_in_hand
from relance.delivery.record import record
from relance.delivery.safety.halt import is_halted
from relance.delivery.safety.pace import TRIES, Slots
from relance.delivery.safety.rests import IN_A_ROW
from relance.delivery.staff import on_screen
from relance.lib.clock import now
from relance.outbox.models import Message
from relance.outbox.recheck import Readers
from relance.outbox.states import move

LOOK = 0.02  # seconds between two looks at whether somebody halted the dealer's sending (R16)
JUST_NOW = 0.002  # seconds after which the readers of what is in hand are asked again (decision 180)
IN_HAND = 20  # what a worker has in hand at most, so what its death can leave unsure
SOON = 0.5  # seconds: no more is taken in hand than is handed over in so short a time (decision 170)


def parcels_of(
    dealer: Dealer,
    messages: list[Message],
    codes: Mapping[int, str],
    at: datetime,
    until: Mapping[int, datetime] = MappingProxyType({}),
) -> list[Parcel]:
    """One parcel per message; what one run has for one staff member is put together into one."""
    together: dict[object, list[Message]] = defaultdict(list)
    for message in messages:
        lists = message.channel == "staff"
        together[(message.run_id, message.recipient, message.language) if lists else message.id].append(message)
    return [
        Parcel(dealer, tuple(group), codes[group[0].automation_id], at, until.get(group[0].pk))
        for group in together.values()
    ]


@dataclass(frozen=True)
class RoundTime:
    """The moment of a round, and this very moment seen from it: later by the time that the round has taken so far."""

    at: datetime
    began: float = field(default_factory=monotonic)

    def spent(self) -> timedelta:
        """How long the round has taken so far."""
        return timedelta(seconds=monotonic() - self.began)

    def now(self) -> datetime:
        """This very moment."""
        return self.at + self.spent()


class HandOver:
    """One claimed batch on its way: what is pulled is in hand, what is answered is written before more is pulled."""

    def __init__(
        self,
        dealer: Dealer,
        parcels: list[Parcel],
        *,
        codes: Mapping[int, str],
        time: RoundTime,
        slots: Slots | None = None,
    ) -> None:
        self.dealer, self.codes, self.at, self.slots, self.time = dealer, codes, time.at, slots, time
        self.waiting = {parcel.message.id: parcel for parcel in parcels}  # not pulled yet
        self.pulled: dict[int, Parcel] = {}  # in hand, not answered yet
        self.marked: set[int] = set()  # in hand by the database's word
        self.results: list[tuple[Parcel, Result]] = []
        self.moved: list[Message] = []
        self._looked, self._halted = monotonic(), False  # the claim has asked
        self._readers, self._asked = Readers(dealer, []), monotonic()  # of what is in hand, and when they were asked
        self.size = IN_HAND  # what is taken in hand first; the caller may know that the other side is slow
        self.is_paced = False  # stopped because its sender has reached its rate
        self.took, self.vain = False, 0  # whether the other side is well, and how many since it was not
        self.trouble = ""  # why nothing goes this way, as it was said last

    def run(self, channel: Channel) -> list[Message]:
        """Hand over; the messages that moved. However it ends, nothing stays in doubt that could be known."""
        fault = "the hand-over was broken off"
        try:
            for parcel, result in on_screen.hand_over(channel, self._in_hand()):
                self.pulled.pop(parcel.message.id, None)
                self.results.append((parcel, result))
                self.heard(result)
                crash_points.reached("handed_over")
            fault = "the channel did not say what became of it"
        except Exception as error:  # a channel's own fault: what it had in hand may or may not be out
            fault = f"a fault in the channel: {type(error).__name__}: {error}"
        finally:
            self.results += [(parcel, AnswerLost(fault)) for parcel in self.pulled.values()]
            self._put_back()
            self._write([])
        crash_points.reached("recorded")
        return self.moved

    @property
    def is_closed(self) -> bool:
        """Whether the channel stopped before the end, of itself: the lane waits for the next time."""
        return bool(self.waiting) and not self.is_paced and not self._halted

    def heard(self, result: Result) -> None:
        """Whether the other side is well, by what it says of one parcel."""
        if isinstance(result, Accepted | Refused) or (isinstance(result, Busy) and result.alone):
            self.took, self.vain, self.trouble = True, 0, ""
        else:
            self.vain += 1
            if self.vain >= IN_A_ROW or (isinstance(result, Busy) and result.shut):
                self.trouble = result.answer

    def _in_hand(self) -> Iterator[Parcel]:
        """The parcels, as the channel pulls them, while we hold their lease."""
        size = self.size
        while portion := list(islice(self.waiting.values(), self._beside(size))):
            held, began = self._write(portion), monotonic()
            for parcel in portion:
                if parcel.message.id not in self.waiting:
                    continue  # its reader has just said stop
                if not all(message.id in held for message in parcel.messages) or not parcel.is_ours(now()):
                    return  # the lease is lost: what is not out yet is somebody else's
                if self._is_halted():
                    return
                if not self._its_turn(parcel):
                    self.is_paced = True
                    return  # not now: what is not out yet waits
                timed = self._in_time(parcel)
                if timed is None:
                    continue
                if self.slots is not None and self._is_halted():
                    return  # it was said while we waited for the slot
                self.pulled[parcel.message.id] = timed
                del self.waiting[parcel.message.id]
                crash_points.reached("handing_over")
                yield timed
            size = max(1, min(IN_HAND, int(len(portion) * SOON / max(monotonic() - began, 0.001))))

    def _in_time(self, parcel: Parcel) -> Parcel | None:
        """The parcel with the time that is left to it now; None when it waits no more, or its hours have ended (R8).

        A slow provider takes minutes for a batch: what was in time when it was claimed need not be any more.
        """
        if parcel.message.id not in self.waiting:
            return None
        ends = [moment for moment in (parcel.good_until, parcel.message.expires_at) if moment is not None]
        if not ends:
            return parcel
        left = min(ends) - self.time.now()
        if left <= timedelta():
            del self.waiting[parcel.message.id]
            self._give_back([parcel], "its time ended meanwhile")
            return None
        return replace(parcel, good_until=parcel.at + left, pulled=monotonic())

    def _beside(self, size: int) -> int:
        """How many more, beside what is pulled and not answered: a channel that reads ahead has no more in hand either.

        One that gathers more than IN_HAND before it begins (paper: a whole file) knows what became of all of them.
        """
        left = IN_HAND - len(self.pulled)
        return min(size, left) if left > 0 else size

    def _is_halted(self) -> bool:
        """Whether somebody said stop; asked a few times a second, so that next to nothing leaves after it (R16)."""
        moment = monotonic()
        if moment - self._looked >= LOOK:
            self._looked = moment
            self._halted = is_halted(self.dealer)
        return self._halted

    def _write(self, portion: list[Parcel]) -> set[int]:
        """Write what is answered and mark what comes next as in hand, in one commit. If it fails all is as it was."""
        answered = list(self.results)
        were = [(m, dict(m.__dict__)) for parcel, _ in answered for m in parcel.messages]
        try:
            return self._written(portion)
        except Exception:  # a full disk, a database that is away
            self.results = answered
            for message, was in were:
                message.__dict__.clear()
                message.__dict__.update(was)
            raise

    def _written(self, portion: list[Parcel]) -> set[int]:
        moved: list[Message] = []
        with transaction.atomic():
            if self.results:
                moment = self.time.now()
                moved = record(self.dealer, self.results, codes=self.codes, at=self.at, doubted_at=moment)
                self.results = []
                crash_points.reached("recording")
            self._readers = Readers(self.dealer, [m for parcel in portion for m in parcel.messages])
            self._let_go()
            wanted = [m for parcel in portion if parcel.message.id in self.waiting for m in parcel.messages]
            marked = take_in_hand(self.dealer, wanted)
        self.moved += moved
        self.marked = marked
        return self.marked

    def _its_turn(self, parcel: Parcel) -> bool:
        """Wait for its slot and ask its reader again; a slot that is over by then is let go. False: not now."""
        if self.slots is None:
            self._ask_again()
            return True
        for _ in range(TRIES):
            if not self.slots.take(parcel):
                return False
            self._ask_again()
            is_wanted = parcel.message.id in self.waiting
            if is_wanted and self.slots.is_now():
                return True
            self.slots.leave()
            if not is_wanted:
                return True
        return False

    def _ask_again(self) -> None:
        """Whoever has said stop up to this instant waits no more; those behind him are asked in the same question."""
        if monotonic() - self._asked >= JUST_NOW:
            self._let_go()

    def _let_go(self) -> None:
        """Who said stop since he was taken up is not written to; the gate is asked again, and refuses (R10)."""
        self._asked = monotonic()  # before the answer is read: what is said meanwhile is asked for the next time
        stopped = self._readers.stopped(self.time.now())
        if stopped:
            gone = [parcel for pk, parcel in self.waiting.items() if pk in stopped]
            for parcel in gone:
                del self.waiting[parcel.message.id]
            self._give_back(gone, "said stop meanwhile")

    def _put_back(self) -> None:
        """What was never pulled was not handed over: ready again, at once, and no attempt."""
        self._give_back(list(self.waiting.values()), "taken up, but not handed over")

    def _give_back(self, parcels: list[Parcel], cause: str) -> None:
        """Ready again; an attempt that was counted and not made is counted no longer."""
        counted: dict[int, list[Message]] = defaultdict(list)
        for message in (message for parcel in parcels for message in parcel.messages):
            counted[message.attempts - (message.id in self.marked)].append(message)
        for attempts, group in counted.items():
            self.moved += move(
                self.dealer, group, to="ready", at=self.at, cause=cause, owner="", lease_until=None, attempts=attempts
            )
