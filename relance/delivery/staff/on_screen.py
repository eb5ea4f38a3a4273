"""Turns a list for a member of the staff who has no e-mail address into one that is read at the desk alone."""

from collections.abc import Iterable, Iterator

from relance.delivery.channel import Accepted, Channel, Parcel, Result
from relance.delivery.staff.notices import STAFF, users_named
from relance.lib.fold import fold


def hand_over(channel: Channel, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result]]:
    """What the channel answers; what is only for the desk does not reach it: the notice itself is the hand-over."""
    here: list[Parcel] = []

    def for_the_channel() -> Iterator[Parcel]:
        for parcel in parcels:
            if is_for_the_desk(parcel):
                here.append(parcel)
            else:
                yield parcel

    for answered in channel.send(for_the_channel()):
        yield from _read_here(here)
        yield answered
    yield from _read_here(here)


def is_for_the_desk(parcel: Parcel) -> bool:
    """Whether its reader has no e-mail address, but signs in here. Without either nobody would read it."""
    message = parcel.message
    if message.channel != "staff" or message.address:
        return False
    return bool(users_named(parcel.dealer, {fold(message.recipient.removeprefix(STAFF))}))


def _read_here(parcels: list[Parcel]) -> Iterator[tuple[Parcel, Result]]:
    while parcels:
        yield parcels.pop(0), Accepted(None, "on the desk: there is no e-mail address")
