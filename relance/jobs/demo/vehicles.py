"""Turns a customer and a place among his vehicles into one vehicle: how it was bought, what it is, when it goes."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from relance.jobs.demo.people import Person, reseed
from relance.jobs.demo.words import Weighted, words
from relance.jobs.demo.world import MINUTES, World

TABLE = words("vehicles")
MODELS = Weighted([((make["name"], make["wmi"], *m[:6]), m[6]) for make in TABLE["makes"] for m in make["models"]])
NEW_MODELS = Weighted(
    [((make["name"], make["wmi"], *m[:6]), m[6]) for make in TABLE["makes"][:1] for m in make["models"]]
)  # the dealership's own make
CAMPAIGNS = TABLE["campaigns"]
ACCESSORIES = ("TOW", "ROOF", "WINTER", "MATS", "RUST", "PPF", "START", "ALARM", "DASH", "BIKE")
STAFF = words("staff")["staff"]
SALESPEOPLE = [ref for ref, _, roles, _ in STAFF if roles == "salesperson"]
FINANCE = [ref for ref, _, roles, _ in STAFF if roles == "finance_manager"]
SALES_MANAGERS = [ref for ref, _, roles, _ in STAFF if roles == "sales_manager"]
DEALS = Weighted([("cash", 22.0), ("loan", 40.0), ("lease", 38.0)])
TERMS = {"lease": (24, 36, 36, 39, 48), "loan": (36, 48, 60, 60, 72, 84)}
YEAR = 366
BOUGHT_HERE = 0.83
GOES = 0.14

# VIN: weights by position, values of letters, model years, and the check digit (49 CFR 565).
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VIN_VALUES = {
    c: v for c, v in zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
}
VIN_VALUES |= {str(digit): digit for digit in range(10)}
VIN_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"  # from 2010 on
PLATE_LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"


@dataclass(slots=True)
class Car:
    """One vehicle of the sample dealership."""

    ref: str
    person: Person
    acquired: int  # the moment it was handed over, or came here for the first time
    goes: int  # sold or scrapped from then on; 0 never
    goes_as: str
    first_reading: int
    per_day: float
    start_of_row: tuple[str, ...]
    end_of_row: tuple[str, ...]
    warranty_until: int  # day
    sale: tuple[str, ...] | None  # the row of sales.csv as it will stand once delivered
    ordered: int
    recall: tuple[int, tuple[str, ...]] | None


def a_car(world: World, random: Random, person: Person, place: int) -> Car:
    """The vehicle at this place among the customer's; draws come from its own stream."""
    reseed(random, world, person.number, place)
    r = random.random
    here, new = r() < BOUGHT_HERE, r() < 0.55
    ordered = person.created + (0 if place == 0 else int(r() ** 1.3 * 5 * YEAR) * MINUTES)
    ordered = world.open_from[ordered // MINUTES] * MINUTES + ordered % MINUTES
    wait = 2 + int(r() * (40 if new else 7))
    delivered_day = world.open_from[ordered // MINUTES + wait]
    name, wmi, model, kind, section, engine, trims, first_year = (NEW_MODELS if here and new else MODELS).pick(r())
    delivery_year = int(world.days[delivered_day][:4])
    year = (
        delivery_year + (1 if r() < 0.3 else 0)
        if new
        else min(delivery_year, max(first_year, delivery_year - 2 - int(r() * 7)))
    )
    age = 0 if new else max(1, delivery_year - year) * 365 - int(r() * 200)
    per_day, in_service = 22 + r() * 55, max(delivered_day - age, 0)
    warranty_until = in_service + 3 * 365 + 1
    ref = f"V{person.number:07d}{place}"
    vin = _vin(wmi + section, year, person.number * 5 + place)
    stays, draws = r(), [r() for _ in range(6)]
    accessories = ";".join(code for code in ACCESSORIES if r() < 0.14)
    return Car(
        ref=ref,
        person=person,
        acquired=delivered_day * MINUTES + 9 * 60 + int(draws[0] * 180),
        goes=(delivered_day + 200 + int(draws[1] * 5 * YEAR)) * MINUTES + 600 if stays < GOES else 0,
        goes_as="scrapped" if stays < 0.02 else "sold",
        first_reading=int(age * per_day) + 12,
        per_day=per_day,
        start_of_row=(
            ref,
            person.ref,
            vin if draws[2] > 0.03 else "",
            _plate(r, person.number) if draws[3] > 0.1 else "",
            "QC",
            str(year),
            name,
            model,
            trims[int(draws[4] * len(trims))],
            engine,
            kind,
        ),
        end_of_row=(
            world.days[in_service],
            world.days[warranty_until],
            "60000" if name == "Mazda" else "80000",
            world.days[warranty_until + 2 * 365] if draws[5] < 0.2 else "",
            accessories,
        ),
        warranty_until=warranty_until,
        sale=_sale(world, random, person, (place, ordered, delivered_day, new, name, model, ref)) if here else None,
        ordered=ordered,
        recall=_recall(world, random, vin, "fr" if person.language == "fr" else "en"),
    )


def vehicle_row(world: World, car: Car, at: int, reading: tuple[str, str]) -> tuple[str, ...]:
    """The row of vehicles.csv as it stands at a moment, with the last odometer reading."""
    odometer, day = reading
    status = car.goes_as if 0 < car.goes <= at else "active"
    return (*car.start_of_row, odometer, "km", day, *car.end_of_row, status)


def sale_row(car: Car, at: int) -> tuple[str, ...] | None:
    """The row of sales.csv as it stands at a moment: before the delivery it knows no vehicle and no day."""
    if car.sale is None or car.ordered > at:
        return None
    if car.acquired <= at:
        return car.sale
    return (*car.sale[:2], "", *car.sale[3:8], "", *car.sale[9:])


def _sale(
    world: World, random: Random, person: Person, bought: tuple[int, int, int, bool, str, str, str]
) -> tuple[str, ...]:
    r = random.random
    place, ordered, delivered, new, make, model, vehicle = bought
    deal = DEALS.pick(r())
    months = TERMS[deal][int(r() * len(TERMS[deal]))] if deal != "cash" else 0
    return (
        f"D{person.number:07d}{place}",
        person.ref,
        vehicle,
        SALESPEOPLE[int(r() * len(SALESPEOPLE))],
        FINANCE[int(r() * len(FINANCE))] if months else "",
        SALES_MANAGERS[int(r() * len(SALES_MANAGERS))],
        world.text(ordered),
        world.days[min(delivered + int(r() * 4), delivered + 3)],
        world.days[delivered],
        "new" if new else "used",
        deal,
        world.days[delivered + round(months * 30.4375)] if months else "",
        make,
        model,
    )


def _recall(world: World, random: Random, vin: str, language: str) -> tuple[int, tuple[str, ...]] | None:
    draw = random.random()
    if draw >= 0.012:
        return None
    campaign, titles, days_ago = CAMPAIGNS[int(draw / 0.012 * len(CAMPAIGNS))]
    day = world.opened_day - days_ago
    return day * MINUTES, (vin, campaign, titles[language], world.days[day])


def _plate(r: Callable[[], float], number: int) -> str:
    return PLATE_LETTERS[int(r() * 22)] + f"{number % 100:02}" + "".join(PLATE_LETTERS[int(r() * 22)] for _ in "abc")


def _vin(section: str, year: int, serial: int) -> str:
    tail = f"{VIN_YEARS[(year - 2010) % 30]}{'ABCDEFGHJK'[serial // 1_000_000 % 10]}{serial % 1_000_000:06}"
    text = f"{section}0{tail}"
    rest = sum(VIN_VALUES[c] * weight for c, weight in zip(text, VIN_WEIGHTS, strict=True)) % 11
    return f"{section}{'X' if rest == 10 else rest}{tail}"
