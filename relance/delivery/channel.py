"""The contract between delivery and whatever takes a parcel out of the house.

What a channel may answer for a parcel, and what becomes of its messages:

    Result
    ├── Accepted     the other side has it                                → sent
    ├── Busy         nothing was handed over, later perhaps               → ready again, with a later send_at
    ├── Refused      nothing was handed over, and never will be           → failed (and the address suppressed)
    └── AnswerLost   handed over or not, nobody can tell                  → unsure; never sent again by itself

The same as exceptions, for code that is deep in a conversation with a provider:

    DeliveryFault
    ├── ProviderBusy       → Busy
    │   └── ChannelDown    → Busy; and nothing else goes this way for now: the lane waits, no message pays for it
    ├── ProviderRefused    → Refused
    └── ProviderSilent     → AnswerLost

What became of a parcel whose answer was lost, asked of the other side afterwards (`look_up`):

    Accepted     it has it                                                → sent
    Refused      it had it and has given it up, or it refused it          → failed
    Busy         it never had it, and will not find it later              → ready again: handing over once more is safe
    None         it cannot tell                                           → unsure, as before: a person decides

Adding a channel: one folder under delivery/channels with a class that keeps this contract, one row in
delivery/senders/registry.py, one row in tests/contracts/test_channels.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, ClassVar, Protocol, runtime_checkable
from uuid import UUID

from relance.dealers.models import Dealer
from relance.lib.database.texts import legible
from relance.outbox.models import Message
from relance.plan.render import shielded
from relance.plan.saying.legal_lines import composed_sms


class _Said:
    """What the other side says is kept in rows and shown on pages, whatever is in it."""

    answer: str

    def __post_init__(self) -> None:
        if not self.answer.isprintable():
            object.__setattr__(self, "answer", legible(self.answer))


@dataclass(frozen=True)
class Accepted(_Said):
    """The other side has taken it over; `provider_ref` is its own name for it, when it gave one."""

    provider_ref: str | None = None
    answer: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.provider_ref is not None and not self.provider_ref.isprintable():
            object.__setattr__(self, "provider_ref", legible(self.provider_ref))


@dataclass(frozen=True)
class Busy(_Said):
    """Not now: nothing was handed over. `retry_after` in seconds, when the other side said so.

    `alone`: this message alone, or its recipient, has to wait; the other side is well. `shut`: nothing goes this way.
    """

    answer: str
    retry_after: float = 0
    alone: bool = False
    shut: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Refused(_Said):
    """Never: nothing was handed over.

    `suppress_address`: the address itself must not be used again; `because` is the reason that stands in the row:
    hard_bounce, invalid, landline, opted_out.
    """

    answer: str
    suppress_address: bool = False
    because: str = "hard_bounce"


@dataclass(frozen=True)
class AnswerLost(_Said):
    """Handed over, but the answer did not come: only the other side or a person can tell."""

    answer: str


Result = Accepted | Busy | Refused | AnswerLost


class DeliveryFault(Exception):
    """What went wrong while a parcel was handed over; `result` says what it means for the parcel."""

    result: Result


class ProviderBusy(DeliveryFault):
    """Nothing was handed over; later perhaps."""

    def __init__(self, answer: str, retry_after: float = 0, *, alone: bool = False) -> None:
        super().__init__(answer)
        self.result = Busy(answer, retry_after, alone)


class ChannelDown(ProviderBusy):
    """Nothing at all goes this way for now (no connection, a wrong password, a full disk)."""

    def __init__(self, answer: str, retry_after: float = 0) -> None:
        super().__init__(answer)
        self.result = Busy(answer, retry_after, shut=True)


class ProviderRefused(DeliveryFault):
    """Nothing was handed over, and never will be."""

    def __init__(self, answer: str, *, suppress_address: bool = False) -> None:
        super().__init__(answer)
        self.result = Refused(answer, suppress_address)


class ProviderSilent(DeliveryFault):
    """Handed over or not: nobody can tell."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.result = AnswerLost(answer)


@dataclass(frozen=True)
class Parcel:
    """What is handed over at once: one message, or several of one run to one person put together."""

    dealer: Dealer
    messages: tuple[Message, ...]
    code: str  # the automation's
    at: datetime  # the moment of this hand-over; when a lost answer is looked up: of the hand-over that it was lost in
    good_until: datetime | None = None  # the other side must not deliver it later than this, by the clock of `at`
    pulled: float | None = None  # when the channel pulled it, by the clock that never goes back (time.monotonic)

    NOT_OURS: ClassVar[str] = "the lease ended before the call"
    TOO_LATE: ClassVar[str] = "the time in which it may arrive ended before the call"

    @property
    def message(self) -> Message:
        """The first message: address, language and subject line are the same in all of them."""
        return self.messages[0]

    @property
    def key(self) -> UUID:
        """The provider's idempotency key and the e-mail's Message-ID."""
        return self.messages[0].key

    @property
    def texts(self) -> list[str]:
        """The exact texts of an SMS and of everything else that is plain, the lines of relance's own included."""
        return [composed_sms(message) for message in self.messages]

    @property
    def bodies(self) -> list[str]:
        """The texts, one per message."""
        return [message.body or "" for message in self.messages]

    @property
    def markdown(self) -> list[str]:
        """The texts as Markdown reads them: the signs inside values are signs, not markup."""
        return [shielded(message.body or "", message.spans) for message in self.messages]

    def is_ours(self, at: datetime) -> bool:
        """Whether our lease still runs.

        A process that was frozen longer than its lease wakes up here, when somebody else may have sent the parcel.
        """
        ends = self.messages[0].lease_until
        return ends is None or at < ends

    def against(self, at: datetime) -> str:
        """What stands against the call that cannot be taken back, asked right before it; nothing when it may be made.

        A parcel that is carried behind others has waited for them: its hours may have ended meanwhile.
        """
        if not self.is_ours(at):
            return self.NOT_OURS
        is_late = self.good_until is not None and self.at + self.waited() >= self.good_until
        return self.TOO_LATE if is_late else ""

    def waited(self) -> timedelta:
        """How long it has been in the channel's hand: one that is carried beside others waits for its connection."""
        return timedelta(seconds=monotonic() - self.pulled) if self.pulled is not None else timedelta()

    @property
    def to_customer(self) -> bool:
        """Whether a customer (and not the staff) gets it."""
        return self.messages[0].recipient == "customer"


@dataclass(frozen=True)
class Sending:
    """How a dealer's channel is sent: the kind of its channel, and that channel's settings and secrets, opened."""

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def identity(self) -> str:
        """The same for sendings that may share connections."""
        return repr((self.kind, sorted(self.settings.items()), sorted(self.secrets.items())))


@dataclass(frozen=True)
class Written:
    """What a customer wrote, as the provider's log has it: its id there, from whom, what, when."""

    ref: str
    sender: str
    text: str
    at: datetime


@runtime_checkable
class Hears(Protocol):
    """A channel whose provider keeps a log of what customers wrote: what our hook missed can be read again."""

    def inbound_since(self, moment: datetime) -> Iterator[Written]:
        """Everything that came in since a moment, each once, in any order. May raise what went wrong with the log."""


class Channel(Protocol):
    """A way out of the house.

    The caller promises: every message of a parcel is committed in the state `sending` under a lease before its parcel
    can be pulled; no other process has the same message; `send` may be called many times, one after the other, and
    `close` once, at the end.
    """

    @property
    def knows_after(self) -> float | None:
        """Seconds after a hand-over from which `look_up` may be believed when it says "never had it": the longest wait
        for an answer, and the time the other side takes to list what it took. None: this way can never tell.
        """

    def __init__(self, sending: Sending) -> None:
        """Keeps the settings; opens nothing."""

    def check(self) -> list[str]:
        """What stands in the way of sending (wrong password, no such host, folder not writable), a line each.

        May open connections; hands nothing over.
        """

    def open(self) -> None:
        """Make ready before anything is taken up; ChannelDown when nothing can be handed over now."""

    def send(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result]]:
        """Hand parcels over, pulling them one by one; yields what became of each, in any order.

        *Pulling is taking in hand:* a parcel that was never pulled was not handed over (it becomes ready again), one
        that was pulled must be answered for. The iterable may end early, when the lease is lost. One bad parcel never
        touches another's result. Must not raise for anything that the other side or the network does; when it raises
        all the same, what was pulled and not answered for becomes unsure. When the way is closed for everybody, answer
        for what was pulled and return: what is left waits, without an attempt, for the next time.
        """

    def look_up(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
        """Ask the other side what became of parcels whose answer was lost; yields each once, in any order.

        Reads only: nothing is handed over. The caller promises: the parcels stand as they were handed over, `at` is
        the moment of that hand-over, and nobody hands them over meanwhile. `Busy` is said only when the other side was
        heard and is sure that it has nothing; whoever hands over again upon it waits first until `at` + `knows_after`.
        What cannot be told, or cannot be asked now (no connection, a fault), is None. Must not raise for anything that
        the other side or the network does.
        """

    def close(self) -> None:
        """Let go of connections; never raises."""
