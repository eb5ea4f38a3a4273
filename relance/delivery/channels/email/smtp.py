"""Turns parcels into e-mails on a mail server: composed here, carried by a few connections that are kept open."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from relance.delivery.channel import ChannelDown, DeliveryFault, Parcel, ProviderRefused, Result, Sending
from relance.delivery.channels.email.compose import NOBODY, compose
from relance.delivery.channels.email.headers import address_line
from relance.delivery.channels.email.wire import END, Letter, Route, Wire
from relance.delivery.channels.spread import spread

LEADING_DOT = b"\r\n."  # a letter has no other line ends, and begins with a header
AHEAD = 3  # letters per connection under way: one spoken of, one offered, one waiting
LOST = "every connection to the mail server was lost"
Outcome = tuple[Parcel, Result]


class SmtpChannel:
    """E-mail over SMTP. With `connections` above one, a thread per connection waits for the server's answers."""

    knows_after: ClassVar[float | None] = None  # a mail server cannot be asked what it took

    def __init__(self, sending: Sending) -> None:
        self.from_address: str | None = sending.settings.get("from")
        route = Route.of(sending)
        self.wires = [Wire(route) for _ in range(int(sending.settings.get("connections", 1)))]

    def check(self) -> list[str]:
        """Whether the server can be reached and takes our password."""
        try:
            self.open()
        except ChannelDown as fault:
            return [str(fault)]
        return []

    def open(self) -> None:
        """One connection is enough to begin with."""
        self.wires[0].open()

    def close(self) -> None:
        """Say goodbye on every connection."""
        for wire in self.wires:
            wire.close()

    def send(self, parcels: Iterable[Parcel]) -> Iterator[Outcome]:
        """See the contract."""
        unusable: list[Outcome] = []
        # A server that did not take all our connections is not asked for as many again.
        wires = self.wires = [wire for wire in self.wires if not wire.is_down] or self.wires[:1]
        if len(wires) == 1:
            carried = wires[0].carry(self._letters(parcels, unusable))
        else:  # composed here: the threads of the connections have no business with the database
            letters = self._letters(parcels, unusable, composed=True)
            carried = spread(wires, letters, ahead=AHEAD, lost=LOST)
        for letter, result in carried:
            yield letter.parcel, result
            yield from unusable
            unusable.clear()
        yield from unusable

    def look_up(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
        """Nobody can tell."""
        for parcel in parcels:
            yield parcel, None

    def _letters(
        self, parcels: Iterable[Parcel], unusable: list[Outcome], *, composed: bool = False
    ) -> Iterator[Letter]:
        for parcel in parcels:
            try:
                letter = self.letter(parcel)
                if composed:
                    letter.prepare()
            except DeliveryFault as fault:
                unusable.append((parcel, fault.result))
            else:
                yield letter

    def letter(self, parcel: Parcel) -> Letter:
        """The e-mail with its envelope; it is composed when it is due."""
        sender = address_line(self.from_address or parcel.dealer.preferences.email or NOBODY)
        return Letter(parcel, sender, address_line(parcel.message.address), self._text)

    def _text(self, parcel: Parcel) -> bytes:
        """As it goes over the wire."""
        try:
            content = compose(parcel, self.from_address)
        except DeliveryFault:
            raise
        except Exception as error:  # nothing has left the house: this message alone is at fault
            told = f"the e-mail cannot be composed: {type(error).__name__}: {error}"
            raise ProviderRefused(told) from error
        return content.replace(LEADING_DOT, LEADING_DOT + b".") + END
