"""Turns parcels into e-mails on a mail server: composed here, carried by a few connections that are kept open."""

import re
from collections.abc import Iterable, Iterator
from queue import Queue
from threading import Thread
from typing import ClassVar

from relance.delivery.channel import Busy, ChannelDown, DeliveryFault, Parcel, Refused, Result, Sending
from relance.delivery.channels.email.compose import NOBODY, compose
from relance.delivery.channels.email.headers import address_line
from relance.delivery.channels.email.wire import END, Letter, Route, Wire

LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
AHEAD = 3  # letters per connection under way: one spoken of, one offered, one waiting
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
        letters = self._letters(parcels, unusable)
        # A server that did not take all our connections is not asked for as many again.
        wires = self.wires = [wire for wire in self.wires if not wire.is_down] or self.wires[:1]
        carried = wires[0].carry(letters) if len(wires) == 1 else spread(wires, letters)
        for letter, result in carried:
            yield letter.parcel, result
            yield from unusable
            unusable.clear()
        yield from unusable

    def look_up(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
        """Nobody can tell."""
        for parcel in parcels:
            yield parcel, None

    def _letters(self, parcels: Iterable[Parcel], unusable: list[Outcome]) -> Iterator[Letter]:
        for parcel in parcels:
            try:
                letter = self.letter(parcel)
            except DeliveryFault as fault:
                unusable.append((parcel, fault.result))
            except Exception as error:  # nothing has left the house: this message alone is at fault
                unusable.append((parcel, Refused(f"the e-mail cannot be composed: {type(error).__name__}: {error}")))
            else:
                yield letter

    def letter(self, parcel: Parcel) -> Letter:
        """The e-mail as it goes over the wire."""
        content = compose(parcel, self.from_address)
        sender = address_line(self.from_address or parcel.dealer.preferences.email or NOBODY)
        text = LEADING_DOT.sub(b"..", content) + END
        return Letter(parcel, sender, address_line(parcel.message.address), text)


def spread(wires: list[Wire], letters: Iterator[Letter]) -> Iterator[tuple[Letter, Result]]:
    """Carry letters over several connections at once. Letters are pulled here, in the caller's thread, as wires ask.

    A wire that is closed leaves its work to the others; when none is left, nothing more is pulled.
    """
    todo: Queue[Letter | None] = Queue()
    done: Queue[tuple[Letter, Result] | Wire] = Queue()
    threads = [Thread(target=_carry, args=(wire, todo, done), daemon=True) for wire in wires]
    for thread in threads:
        thread.start()
    alive, flying, more = len(wires), 0, True
    while alive:
        while more and flying < AHEAD * alive:
            letter = next(letters, None)
            if letter is None:
                more = False
                for _ in wires:
                    todo.put(None)
            else:
                todo.put(letter)
                flying += 1
        told = done.get()
        if isinstance(told, Wire):
            alive -= 1
        else:
            flying -= 1
            yield told
    for thread in threads:
        thread.join()
    while not todo.empty():
        letter = todo.get()
        if letter is not None:
            yield letter, Busy("every connection to the mail server was lost")


def _carry(wire: Wire, todo: "Queue[Letter | None]", done: "Queue[tuple[Letter, Result] | Wire]") -> None:
    try:
        for outcome in wire.carry(iter(todo.get, None)):
            done.put(outcome)
    finally:
        done.put(wire)
