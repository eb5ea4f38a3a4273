"""Turns a seed into a small world of customers and their history: plain records for the oracle, the same as rows.

Values are unknown often. Moments lie on the edges that matter for a reference moment: midnights, the moment itself,
a minute beside it, the same day some months ago.
"""

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from relance.dealers.access import DealerRow
from relance.dealers.models import Dealer
from relance.facts.models import Appointment, Customer, DeferredWork, Recall, RepairOrder, Sale, Touch, Vehicle
from relance.lib.fold import fold, fold_codes, fold_titles

Facts = dict[str, Any]
REFERENCE_DAYS = [  # nights on which clocks change, leap days, month ends, an ordinary Monday
    date(2026, 3, 8), date(2026, 3, 9), date(2026, 11, 1), date(2026, 11, 2), date(2024, 2, 29), date(2024, 2, 28),
    date(2025, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 30), date(2026, 12, 31), date(2026, 5, 4),
]  # fmt: skip
REFERENCE_TIMES = [time(0), time(0, 30), time(1, 30), time(3), time(10), time(23, 59)]
DISTANCES = [0, 1, 2, 3, 5, 30]
MONTHS = [1, 6, 12, 48]
MINUTES = [0, 1, 30, 90, 1440]
WORDS = ["Mazda", "MAZDA ", "mazda 3", "Québec", "quebec", "Œuvre", "50%_off", "Łódź"]
CODES = ["TOW", "Roof", "tow bar"]
STATUSES = ["proposed", "booked", "confirmed", "arrived", "completed", "canceled", "no_show"]


def shifted(day: date, months: int) -> date:
    """`day` moved by months, on the month's last day where it lacks the day."""
    month = day.year * 12 + day.month - 1 + months
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day.day, calendar.monthrange(year, index + 1)[1]))


@dataclass
class World:
    """Records by table, as the feed would say them; every record has `ref`, most a `customer` and a `vehicle`."""

    at: datetime
    zone: Any
    customer: list[Facts] = field(default_factory=list)
    vehicle: list[Facts] = field(default_factory=list)
    appointment: list[Facts] = field(default_factory=list)
    repair_order: list[Facts] = field(default_factory=list)
    sale: list[Facts] = field(default_factory=list)
    deferred_work: list[Facts] = field(default_factory=list)
    touch: list[Facts] = field(default_factory=list)
    recall: list[Facts] = field(default_factory=list)

    @property
    def day(self) -> date:
        """D."""
        return self.at.astimezone(self.zone).date()


class Maker:
    """Draws the records of one world."""

    def __init__(self, seed: int, zone: Any, at: datetime | None = None) -> None:
        self.random = Random(seed)
        day, clock = self.random.choice(REFERENCE_DAYS), self.random.choice(REFERENCE_TIMES)
        self.world = World(at or datetime.combine(day, clock, tzinfo=zone).astimezone(UTC), zone)

    def make(self, customers: int = 4) -> World:
        """A world with a few records of each kind for a few customers."""
        world = self.world
        for number in range(customers):
            world.customer.append(self.a_customer(f"C{number}"))
        for number in range(customers + 1):
            world.vehicle.append(self.a_vehicle(f"V{number}"))
        for table, letter, make, amount in (
            ("appointment", "A", self.an_appointment, 3),
            ("repair_order", "R", self.an_order, 3),
            ("sale", "S", self.a_sale, 2),
            ("touch", "T", self.a_touch, 4),
        ):
            for number in range(customers * amount):
                getattr(world, table).append(make(f"{letter}{number}") | self.owners())
        for number in range(customers * 2):
            world.deferred_work.append(self.a_line(f"D{number}"))
        for row in world.vehicle:
            if row["vin"] is not None and self.random.random() < 0.5:
                world.recall.append({"vin": row["vin"], "campaign": self.random.choice(["R10", "R20"])})
        world.recall = list({fold(r["vin"]): r for r in world.recall}.values())
        return world

    # Values.

    def maybe(self, value: Any, chance: float = 0.35) -> Any:
        return None if self.random.random() < chance else value

    def word(self) -> Any:
        return self.maybe(self.random.choice(WORDS))

    def number(self) -> Any:
        return self.maybe(Decimal(self.random.choice([0, 1, 2, 3, 5, 100])))

    def a_day(self) -> date:
        """A day on an edge of the reference day."""
        day, pick = self.world.day, self.random
        if pick.random() < 0.3:
            day = shifted(day, pick.choice([-1, 1]) * pick.choice(MONTHS)) + timedelta(days=pick.choice([-1, 0, 0, 1]))
        else:
            day += timedelta(days=pick.choice([-1, 1]) * pick.choice([*DISTANCES, 4, 6, 31]))
        return day

    def a_moment(self) -> datetime:
        """A moment on an edge of the reference moment or of a day near it."""
        pick = self.random
        if pick.random() < 0.35:
            seconds = pick.choice([-60, -1, 0, 0, 1, 60])
            return self.world.at + timedelta(minutes=pick.choice([-1, 1]) * pick.choice(MINUTES), seconds=seconds)
        clock = pick.choice([time(0), time(0), time(0, 0, 1), time(12), time(23, 59, 59)])
        return datetime.combine(self.a_day(), clock, tzinfo=self.world.zone).astimezone(UTC)

    def owners(self) -> Facts:
        customer = self.random.choice(self.world.customer)["ref"]
        theirs = [v["ref"] for v in self.world.vehicle if v["customer"] == customer]
        return {"customer": customer, "vehicle": self.maybe(self.random.choice(theirs)) if theirs else None}

    # Records.

    def a_customer(self, ref: str) -> Facts:
        pick = self.random
        texts = ("name", "first_name", "last_name", "company", "email", "city", "region", "postal_code", "salesperson")
        return {
            "ref": ref,
            **{name: self.word() for name in texts},
            "language": self.maybe(pick.choice(["en", "fr"])),
            "mobile": self.maybe(pick.choice(["+15145550001", "+15145550002"])),
            "phone": self.maybe("+15145550003"),
            "kind": self.maybe(pick.choice(["customer", "visitor"])),
            "preferred_channel": self.maybe(pick.choice(["sms", "email"])),
            "birth_date": self.maybe(self.a_day()),
            "created_at": self.maybe(self.a_moment()),
            "do_not_mail": self.maybe(pick.choice([True, False])),
            "meta": self.meta(),
        }

    def meta(self) -> Facts:
        names = ("club", "2024", "größe", "a.b-c d's [0]")
        return {name: self.random.choice(WORDS) for name in names if self.random.random() < 0.5}

    def a_vehicle(self, ref: str) -> Facts:
        pick, day = self.random, self.world.day
        texts = ("vin", "plate", "plate_region", "make", "model", "sub_model", "engine")
        return {
            "ref": ref,
            "customer": pick.choice(self.world.customer)["ref"],
            **{name: self.word() for name in texts},
            "year": self.maybe(day.year - pick.choice([0, 1, 2, 3, 5])),
            "kind": self.maybe(pick.choice(["car", "truck"])),
            "line": self.maybe((pick.choice([1.0, 100.0]), pick.choice([0.0, 2.0, -1.0]))),
            **{name: self.maybe(self.a_day()) for name in (
                "in_service_on", "warranty_end_on", "extended_warranty_end_on", "next_service_on")},
            "accessories": self.maybe(pick.sample(CODES, pick.choice([0, 1, 2]))),
            "status": pick.choice([None, "active", "active", "active", "sold", "scrapped"]),
            "meta": self.meta(),
        }  # fmt: skip

    def an_appointment(self, ref: str) -> Facts:
        return {
            "ref": ref,
            "created_at": self.maybe(self.a_moment()),
            "start_at": self.a_moment(),
            "status": self.maybe(self.random.choice(STATUSES), 0.15),
            **{name: self.word() for name in ("raw_status", "requested_work", "advisor")},
            "meta": self.meta(),
        }

    def an_order(self, ref: str) -> Facts:
        pick = self.random
        closed = self.maybe(self.a_moment())
        return {
            "ref": ref,
            "opened_at": self.a_moment(),
            "closed_at": closed,
            "state": "closed" if closed else pick.choice(["open", "ready"]),
            **{name: self.word() for name in ("raw_status", "reference", "advisor")},
            **{name: self.number() for name in ("customer_sale", "warranty_sale", "internal_sale", "odometer")},
            "billing": self.maybe(pick.choice(["customer", "warranty"])),
            "packages": self.maybe(pick.sample([*WORDS, "r10", "R20"], pick.choice([1, 2]))),
            "meta": self.meta(),
        }

    def a_sale(self, ref: str) -> Facts:
        pick = self.random
        return {
            "ref": ref,
            "ordered_at": self.maybe(self.a_moment()),
            **{name: self.maybe(self.a_day()) for name in ("expected_delivery_on", "delivered_on", "term_end_on")},
            "condition": self.maybe(pick.choice(["new", "used"])),
            "deal": self.maybe(pick.choice(["cash", "loan", "lease"])),
            **{name: self.word() for name in ("make", "model", "salesperson")},
        }

    def a_line(self, ref: str) -> Facts:
        order = self.random.choice(self.world.repair_order)
        return {
            "ref": ref,
            "repair_order": order["ref"],
            "customer": order["customer"],
            "vehicle": order["vehicle"],
            "recommended_at": order["closed_at"] or order["opened_at"],
            "description": self.random.choice(WORDS),
            "amount": self.number(),
            "status": self.maybe(self.random.choice(["open", "done", "declined"])),
        }

    def a_touch(self, ref: str) -> Facts:
        pick = self.random
        return {
            "ref": ref,
            "kind": pick.choice(["sent", "received", "survey", "call"]),
            "happened_at": self.a_moment(),
            "channel": pick.choice(["sms", "email"]),
            "code": self.maybe(pick.choice(["J_CSI", "SR180"])),
            "text": self.word(),
            "sentiment": self.maybe(pick.choice(["good", "bad"])),
            "score": self.maybe(pick.choice([1, 2, 3, 5])),
            "department": self.maybe(pick.choice(["sales", "service"])),
        }


TABLES: dict[str, type[DealerRow]] = {
    "customer": Customer,
    "vehicle": Vehicle,
    "appointment": Appointment,
    "repair_order": RepairOrder,
    "sale": Sale,
    "deferred_work": DeferredWork,
    "touch": Touch,
    "recall": Recall,
}


def store(world: World, dealer: Dealer) -> None:
    """The records of a world as rows of a dealer."""
    known: dict[tuple[str, str], Any] = {}
    for name, table in TABLES.items():
        rows = [_row(table, dealer, facts, known) for facts in getattr(world, name)]
        for facts, row in zip(getattr(world, name), table.objects.of(dealer).bulk_create(rows), strict=True):
            if "ref" in facts:
                known[name, facts["ref"]] = row


def _row(table: type[DealerRow], dealer: Dealer, facts: Facts, known: dict[tuple[str, str], Any]) -> DealerRow:
    columns = {column.name for column in table._meta.get_fields()}
    values: Facts = {}
    for name, value in facts.items():
        if name in ("customer", "vehicle", "repair_order"):
            values[name] = value and known[name, value]
        elif name == "line":
            last, per_day = value or (None, None)
            values |= {"odometer_last": last, "odometer_start": last and last / 2, "odometer_per_day": per_day}
        else:
            values[name] = value
            if f"{name}_folded" in columns:
                values[f"{name}_folded"] = _folded(name, value)
    return table(dealer=dealer, **values)


def _folded(name: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: fold(text) for key, text in value.items()}
    if name == "accessories":
        return fold_codes(value)
    return fold_titles(value) if name == "packages" else fold(value)
