"""Turns thousands of people foreseen into two rows of numbers: who, and which of a few fates is theirs."""

from array import array
from collections.abc import Container, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from relance.plan.definition import Channel
from relance.plan.draft import RunOf


class Foreseen(NamedTuple):
    """Who is due at a run ahead, and what the gate said: no facts, so that a month of them fits into memory."""

    run: RunOf
    subject_id: int
    recipient: str
    day: date
    channel: Channel | None
    reason: str | None
    detail: str | None
    send_at: datetime | None


class Crowd:
    """The people of one cell in their order: twelve bytes for each, because what happens to them is mostly the same."""

    __slots__ = ("_fates", "_ids", "_number_of", "_numbers")

    def __init__(self) -> None:
        self._ids, self._numbers = array("q"), array("I")
        self._fates: list[Foreseen] = []
        self._number_of: dict[tuple[Any, ...], int] = {}

    def append(self, seen: Foreseen) -> None:
        """One more, behind the others."""
        run, subject_id, *fate = seen
        key = (id(run), *fate)  # the fate keeps its run, so nothing else gets this id
        number = self._number_of.get(key)
        if number is None:
            number = self._number_of[key] = len(self._fates)
            self._fates.append(seen)
        self._ids.append(subject_id)
        self._numbers.append(number)

    def __len__(self) -> int:
        return len(self._ids)

    def among(self, ids: Container[int]) -> Iterator[Foreseen]:
        """Those whose subjects are among these."""
        for subject_id, number in zip(self._ids, self._numbers, strict=True):
            if subject_id in ids:
                yield self._fates[number]._replace(subject_id=subject_id)

    def __iter__(self) -> Iterator[Foreseen]:
        for subject_id, number in zip(self._ids, self._numbers, strict=True):
            yield self._fates[number]._replace(subject_id=subject_id)
