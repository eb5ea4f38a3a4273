"""Turns a vehicle into its visits: appointments, repair orders and deferred work as they stand at a moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log
from random import Random

from relance.jobs.demo.vehicles import Car
from relance.jobs.demo.words import Weighted, words
from relance.jobs.demo.world import MINUTES, OPENS, World

Row = tuple[str, ...]
Draw = Callable[[], float]

WORK = words("work")
PACKAGES, WARRANTY, DEFERRED, REQUESTED = (
    Weighted([((titles, price), weight) for titles, price, weight in WORK[table]])
    for table in ("packages", "warranty", "deferred", "requested")
)
ADVISORS = [ref for ref, _, roles, _ in words("staff")["staff"] if roles == "service_advisor"]
LONGEST_LEAD = 56  # days between booking and visit
STAYS_LOYAL, LOYAL_LEAVES, OTHERS_LEAVE = 0.4, 0.06, 0.4  # who comes back how often
NEVER_COMES = 0.06
BOOKS = 0.67  # the others drive in
NO_SHOW, CANCELS, MOVES = 0.05, 0.09, 0.13  # bounds of one draw
FORGOTTEN = 0.04  # appointments that nobody ever closes


@dataclass(slots=True)
class Visits:
    """What a vehicle's visits add to the feed, and its last odometer reading."""

    appointments: list[Row] = field(default_factory=list)
    repair_orders: list[Row] = field(default_factory=list)
    deferred: list[Row] = field(default_factory=list)
    reading: tuple[str, str] = ("", "")


def visits(world: World, random: Random, car: Car, at: int) -> Visits:
    """Every visit of a vehicle that is known at a moment; draws follow those of the vehicle itself."""
    r = random.random
    found = Visits(reading=(str(car.first_reading), world.days[car.acquired // MINUTES]))
    leaves = LOYAL_LEAVES if r() < STAYS_LOYAL else OTHERS_LEAVE
    pace, first, never = 150 + r() * 65, r(), r() < NEVER_COMES
    day = int(max(car.acquired // MINUTES + 60, world.first_day) + first * pace)
    last = at // MINUTES + LONGEST_LEAD + 1
    if car.goes:
        last = min(last, car.goes // MINUTES - LONGEST_LEAD)
    count = 0
    while not never and (day := world.open_from[day]) < last:
        upcoming = day + int(pace + (r() - 0.5) * 50)
        ref, booked = f"{car.ref[1:]}{count:03d}", r() < BOOKS
        start = _free_place(world, r, day)
        advisor = ADVISORS[int(r() * len(ADVISORS))]
        if booked:
            appointment, start = _appointment(world, r, (car, ref, advisor, start), at)
            if appointment:
                found.appointments.append(appointment)
        if start:
            _repair_order(world, r, (car, ref, advisor, start, upcoming), at, found)
        if r() < leaves:
            break
        count, day = count + 1, upcoming
    return found


def _free_place(world: World, r: Draw, day: int) -> int:
    """A quarter of an hour of the opening time, mornings more often."""
    quarters = (world.closing[day] - OPENS) // 15 - 5
    return day * MINUTES + OPENS + int(r() ** 1.4 * quarters) * 15


def _appointment(world: World, r: Draw, agreed: tuple[Car, str, str, int], at: int) -> tuple[Row | None, int]:
    """The row as it stands at a moment (None before it is booked), and when the vehicle comes in (0: it does not)."""
    car, ref, advisor, start = agreed
    lead = min(int(-log(1 - r()) * 19), LONGEST_LEAD)
    booked = start - lead * MINUTES if lead else start - 45 - int(r() * 60)
    if lead:
        booked = booked // MINUTES * MINUTES + 7 * 60 + int(r() * 13 * 60)
    outcome, confirms, share, marked, forgotten, later = r(), r() < 0.5, r(), r() < 0.6, r() < FORGOTTEN, r()
    asks = REQUESTED.pick(r())[0][car.person.language] if r() < 0.7 else ""
    shown, status = start, "confirmed" if confirms and at >= start - 2 * MINUTES else "booked"
    comes = start
    if outcome < CANCELS:
        missed = outcome < NO_SHOW
        changed = start // MINUTES * MINUTES + 18 * 60 if missed else booked + int(share * (start - booked))
        if at >= changed and (marked or not missed):
            status = "no_show" if missed else "canceled"
        comes = (
            0
            if later < 0.4
            else _free_place(world, lambda: later, world.open_from[start // MINUTES + 2 + int(later * 12)])
        )
    elif outcome < MOVES and lead > 2:
        first = world.open_from[start // MINUTES - 1 - int(share * (lead - 1))] * MINUTES + start % MINUTES
        if at < booked + int(share * (first - booked)):
            shown = first
        elif first != start and status == "booked":
            status = "rescheduled"
    elif at >= start + 10 and not forgotten:
        status = "completed" if at >= start // MINUTES * MINUTES + 18 * 60 else "arrived"
    if at < booked:
        return None, comes
    row = (
        f"A{ref}",
        car.person.ref,
        car.ref,
        advisor,
        world.text(booked),
        world.text(shown),
        status,
        asks,
    )
    return row, comes


def _repair_order(world: World, r: Draw, visit: tuple[Car, str, str, int, int], at: int, found: Visits) -> None:
    """The order as it stands at a moment, with what was recommended; adds nothing before it is opened."""
    car, ref, advisor, start, upcoming = visit
    language, day = car.person.language, start // MINUTES
    opened = start - 5 + int(r() * 25)
    stays, share = r(), r()
    end = world.closing[day] - 5
    if stays < 0.2:
        close_day = world.open_from[day + 1 + int(stays * 15)]
        closed = close_day * MINUTES + 9 * 60 + int(share * (world.closing[close_day] - 9 * 60 - 10))
    else:
        closed = max(opened + 30, min(opened + 55 + int(share * 330), day * MINUTES + end))
    titles, cents = _work(r, language)
    by, again, tells = r(), r() < 0.12, r() < 0.93
    under_warranty = by < 0.16 and day < car.warranty_until
    warranty_work, warranty_price = WARRANTY.pick(r())[0:2] if under_warranty else ({}, 0.0)
    number = (car.person.number * 37 + int(share * 9973)) % 900_000 + 100_000
    reading = str(car.first_reading + int((day - car.acquired // MINUTES) * car.per_day * (0.99 + share * 0.02)))
    items = _recommended(world, r, (car, ref, closed, upcoming), at)
    if at < opened:
        return
    if tells:
        found.reading = (reading, world.days[day])
    is_closed = closed <= at
    money = f"{cents // 100}.{cents % 100:02}"
    found.repair_orders.append(
        (
            f"R{ref}",
            car.person.ref,
            car.ref,
            f"{number}C" if by > 0.95 else str(number),
            advisor,
            world.text(opened),
            world.text(closed) if is_closed else "",
            "closed" if is_closed else "ready" if at >= closed - (closed - opened) // 3 else "open",
            reading if tells else "",
            "" if by < 0.03 else money,
            f"{warranty_price:.2f}" if under_warranty else "",
            money if by < 0.03 else "",
            ";".join([*titles, warranty_work[language]] if under_warranty else titles),
            world.days[world.open_from[upcoming]] if again and is_closed else "",
        )
    )
    found.deferred.extend(items)


def _work(r: Draw, language: str) -> tuple[list[str], int]:
    """One to three titles and what they cost together, in cents."""
    chosen: dict[str, float] = {}
    for _ in range(1 + int(r() ** 2 * 3)):
        titles, price = PACKAGES.pick(r())
        chosen[titles[language]] = price
    return list(chosen), int(sum(chosen.values()) * (90 + r() * 25))


def _recommended(world: World, r: Draw, order: tuple[Car, str, int, int], at: int) -> list[Row]:
    """Deferred work of one visit in eight: done at the next visit, declined, or still open."""
    if r() > 0.13:
        return []
    car, ref, closed, upcoming = order
    rows = {}
    for place in range(1 + int(r() ** 2 * 4)):
        titles, price = DEFERRED.pick(r())
        fate, amount = r(), price * (0.9 + r() * 0.3)
        if fate < 0.35 and at >= (upcoming + 3) * MINUTES:
            status = "done"
        else:
            status = "declined" if fate > 0.9 else "open"
        title = titles[car.person.language]
        rows[title] = (f"W{ref}{place}", f"R{ref}", title, f"{amount:.2f}", status)
    return list(rows.values()) if at >= closed else []
