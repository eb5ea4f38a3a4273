"""Turns parcels into print files, a file per run and batch, as any channel hands over: whole or not at all, once."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from relance.delivery import crash_points
from relance.delivery.channel import Accepted, AnswerLost, Busy, ChannelDown, Parcel, Refused, Result, Sending
from relance.delivery.channels.file.folder import folder_words
from relance.delivery.channels.paper import press
from relance.delivery.channels.paper.ledger import NotOurs, Printing, forget, keep, printed_in
from relance.delivery.channels.paper.look import look_of
from relance.delivery.channels.paper.make import Pressed, content_of, pressed, put
from relance.outbox.models import Message

CHUNK = 500  # people in one file: what typst keeps in memory grows with it
LINES = range(2, 8)  # of an address that a card and a window have room for
Outcome = tuple[Parcel, Result]


class PaperChannel:
    """Postcards and letters as PDF under sent/ in the home, each file with a manifest beside it."""

    knows_after: ClassVar[float | None] = 0.0  # the rows know at once, and a worker that comes late cannot add to them

    def __init__(self, sending: Sending) -> None:
        self.folder = Path(str(sending.settings["folder"]))

    def check(self) -> list[str]:
        """Whether the folder can be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return [folder_words(self.folder, error)]
        return [] if os.access(self.folder, os.W_OK) else [f"the folder {self.folder} cannot be written"]

    def open(self) -> None:
        """ChannelDown when the folder cannot be written."""
        for fault in self.check():
            raise ChannelDown(fault)

    def send(self, parcels: Iterable[Parcel]) -> Iterator[Outcome]:
        """Everything of one run goes into one file, up to CHUNK people; a full disk is Busy: nothing is there then."""
        if faults := self.check():
            yield from ((parcel, Busy(faults[0], shut=True)) for parcel in _first(parcels))
            return
        waiting: dict[tuple[int, str], list[Parcel]] = defaultdict(list)
        for parcel in parcels:
            if fault := unprintable(parcel.message):
                yield parcel, Refused(fault)
                continue
            lane = parcel.message.run_id, parcel.message.channel or ""
            waiting[lane].append(parcel)
            if len(waiting[lane]) == CHUNK:
                yield from self._once(waiting.pop(lane))
        for some in waiting.values():
            yield from self._once(some)

    def look_up(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
        """Whether the message is in a print file; the file gets its name when it was left without one."""
        closed = bool(self.check())
        for parcel in parcels:
            if closed:
                yield parcel, None
                continue
            row = printed_in(parcel.dealer, [parcel.message]).get(parcel.message.pk)
            if row is None:
                yield parcel, Busy("it is in no print file")
                continue
            try:
                content_of(row)
            except OSError:
                yield parcel, None
                continue
            yield parcel, Accepted(row.path, "it is in a print file")

    def close(self) -> None:
        """Nothing is kept open; the press gives its memory back."""
        press.let_go()

    def _once(self, parcels: list[Parcel]) -> Iterator[Outcome]:
        """What is on paper already, by a worker that died before he could say so, is not printed again."""
        done = printed_in(parcels[0].dealer, [parcel.message for parcel in parcels])
        for printed in {row.pk: row for row in done.values()}.values():
            content_of(printed)
        new = [parcel for parcel in parcels if parcel.message.pk not in done]
        for parcel in parcels:
            if row := done.get(parcel.message.pk):
                yield parcel, Accepted(row.path, "it was in a print file already")
        if new:
            yield from self._print(new)

    def _print(self, parcels: list[Parcel]) -> Iterator[Outcome]:
        """One file, or more when one of them cannot be printed: it is taken out, the others go on."""
        first = parcels[0]
        look = look_of(first.dealer, first.message.channel or "", title=f"{first.dealer.name} · {first.code}")
        printing = Printing(first.dealer, first.code, look, first.at)
        try:
            made = pressed(printing, [p.message for p in parcels])
        except press.NoRoom as fault:
            bad = parcels.pop(fault.number)
            yield bad, Refused(f"the text is too long for a {bad.message.channel}: shorten the wording")
            yield from self._print(parcels) if parcels else ()
            return
        except press.Unprintable as fault:
            yield from self._in_halves(parcels, fault)
            return
        result = self._keep(printing, parcels, made)
        yield from ((parcel, result) for parcel in parcels)
        press.let_go()

    def _in_halves(self, parcels: list[Parcel], fault: press.Unprintable) -> Iterator[Outcome]:
        if len(parcels) == 1:
            yield parcels[0], Refused(f"the text cannot be set: {fault}")
            return
        middle = len(parcels) // 2
        yield from self._print(parcels[:middle])
        yield from self._print(parcels[middle:])

    def _keep(self, printing: Printing, parcels: list[Parcel], made: Pressed) -> Result:
        """Rows first, then the name (ledger.py says why)."""
        try:
            row = keep(printing, [parcel.message for parcel in parcels], made.sheets)
        except NotOurs:
            return Busy("another worker had taken it up: nothing was printed here")
        crash_points.reached("printed")
        try:
            put(row, made.content)
        except OSError as error:
            if not forget(row, parcels[0].message.owner):
                return AnswerLost("the file has no name yet, and another worker looks after it")
            return Busy(folder_words(self.folder, error), shut=True)
        crash_points.reached("named")
        return Accepted(row.path, "a file to print")


def unprintable(message: Message) -> str | None:
    """What stands in the way of putting it on paper: an address that is none."""
    lines = (message.address or "").splitlines()
    return (
        None if len(lines) in LINES else "the postal address needs a name or street and a place, in two to seven lines"
    )


def _first(parcels: Iterable[Parcel]) -> Iterator[Parcel]:
    for parcel in parcels:
        yield parcel
        return
