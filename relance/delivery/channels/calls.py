"""Turns parcels into requests over HTTP and their answers into results, on one connection or several."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import MappingProxyType

from django.conf import settings

from relance.delivery.channel import (
    AnswerLost,
    Busy,
    ChannelDown,
    DeliveryFault,
    Parcel,
    Refused,
    Result,
    Sending,
)
from relance.delivery.channels.spread import Carrier, spread
from relance.delivery.safety.rests import IN_A_ROW
from relance.lib.clock import now
from relance.lib.errors import BadInput
from relance.lib.http import HttpFault, Line, NoAnswer, NotSent, NoWay, Origin, Reply

AHEAD = 2  # parcels per connection under way: one spoken of, one waiting
LONGEST_WAIT = 3600.0
LOST = "every connection to the gateway was lost"
Outcome = tuple[Parcel, Result]


@dataclass(frozen=True)
class Call:
    """One request: what is asked of which path with which content."""

    method: str
    target: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Caller:
    """One connection that hands parcels over. `call_of` makes the request, `result_of` reads the answer to it.

    Both may raise a DeliveryFault: a parcel that cannot be said, an answer that closes the way.
    """

    line: Line
    call_of: Callable[[Parcel], Call]
    result_of: Callable[[Reply], Result]

    def carry(self, parcels: Iterator[Parcel]) -> Iterator[Outcome]:
        """Hand over what is pulled."""
        return carry_each(self._hand, parcels)

    def _hand(self, parcel: Parcel) -> Result:
        try:
            call = self.call_of(parcel)
        except DeliveryFault as fault:
            return fault.result
        except Exception as error:  # nothing has left the house: this message alone is at fault
            return Refused(f"the request cannot be made: {type(error).__name__}: {error}")
        try:
            reply = self.line.ask(
                call.method,
                call.target,
                call.body,
                call.headers,
                lambda: parcel.against(now()),
            )
            return self.result_of(reply)
        except ChannelDown:
            raise
        except DeliveryFault as fault:
            return fault.result
        except NoWay as fault:
            raise ChannelDown(str(fault)) from None
        except NotSent as fault:
            return Busy(str(fault))
        except NoAnswer as fault:
            return AnswerLost(str(fault))


def carry_each(hand: Callable[[Parcel], Result], parcels: Iterator[Parcel]) -> Iterator[Outcome]:
    """Hand over one after the other; ends early when the way is closed or the other side is in trouble."""
    troubled = 0
    for parcel in parcels:
        try:
            result = hand(parcel)
        except ChannelDown as fault:
            yield parcel, fault.result
            return
        yield parcel, result
        troubled = troubled + 1 if isinstance(result, Busy | AnswerLost) else 0
        if troubled == IN_A_ROW:
            return


def carry_all(callers: Sequence[Carrier[Parcel]], parcels: Iterable[Parcel]) -> Iterator[Outcome]:
    """Hand parcels over by as many connections as there are."""
    if len(callers) == 1:
        yield from callers[0].carry(iter(parcels))
    else:
        yield from spread(callers, iter(parcels), ahead=AHEAD, lost=LOST)


def lines_of(sending: Sending, url: str, headers: Mapping[str, str]) -> list[Line]:
    """The connections that a sender's settings ask for; BadInput when the address is none."""
    try:
        origin = Origin.of(url)
    except ValueError as error:
        raise BadInput(str(error)) from None
    return [line_to(origin, sending, headers) for _ in range(int(sending.settings.get("connections", 1)))]


def line_to(origin: Origin, sending: Sending, headers: Mapping[str, str] = MappingProxyType({})) -> Line:
    """One connection as the sender's settings ask for it."""
    private = tuple(settings.ENVIRONMENT["RELANCE_PRIVATE_HOSTS"])
    kept = sending.settings
    return Line(origin, float(kept.get("timeout", 30)), kept.get("ca"), private, headers)


def open_line(line: Line) -> None:
    """Connect; ChannelDown when nothing can be handed over now."""
    try:
        line.open()
    except HttpFault as fault:
        raise ChannelDown(str(fault)) from None


def unclear(reply: Reply, who: str) -> Result:
    """What an answer means by its status alone, when it is no success and says nothing that we know.

    429 and 503 say that nothing was done. Any other 5xx may come after the message was taken: doubt, not a second try.
    """
    said = f"{who} answered {reply.status}: {reply.text}"[:500]
    if reply.status in (429, 503):
        return Busy(said, retry_after(reply))
    if reply.status >= 500:
        return AnswerLost(said)
    if reply.status in (400, 409, 413, 422):
        return Refused(said)
    raise ChannelDown(said)


def retry_after(reply: Reply) -> float:
    """The seconds that the other side asks us to wait, also by a date (RFC 9110); 0 when it does not say, or nonsense.

    An hour at most: who asks for a year is asked again.
    """
    asked = reply.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(LONGEST_WAIT, float(asked))
    with suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(asked)
        return min(LONGEST_WAIT, max(0.0, (moment - now()).total_seconds()))
    return 0.0
