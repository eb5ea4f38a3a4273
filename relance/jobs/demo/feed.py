"""Turns a world and a moment into the files of a feed, customer by customer, so that memory stays flat.

With `since` only the rows that changed after that moment are written: the feed of the days between.
"""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from random import Random

from relance.jobs.demo.dirt import dirty_rows
from relance.jobs.demo.history import visits
from relance.jobs.demo.people import a_person, customer_row
from relance.jobs.demo.vehicles import a_car, sale_row, vehicle_row
from relance.jobs.demo.words import words
from relance.jobs.demo.world import World

Row = tuple[str, ...]
Rows = dict[str, list[Row]]

COLUMNS = {
    "staff": "reference name role email mobile language",
    "customers": "id first_name last_name company mailing_name language email mobile phone address city region"
    " postal_code country birth_date kind preferred_channel do_not_mail status salesperson created_at meta_source",
    "consents": "customer_id channel purpose status at expires_at source proof",
    "vehicles": "id customer_id vin plate plate_region year make model sub_model engine kind odometer odometer_unit"
    " odometer_on in_service_on warranty_end_on warranty_end_odometer extended_warranty_end_on accessories status",
    "sales": "id customer_id vehicle_id salesperson finance_manager sales_manager ordered_at expected_delivery_on"
    " delivered_on condition deal term_end_on make model",
    "appointments": "id customer_id vehicle_id advisor created_at start_at status requested_work",
    "repair_orders": "id customer_id vehicle_id reference advisor opened_at closed_at status odometer customer_sale"
    " warranty_sale internal_sale packages next_visit_on",
    "deferred_work": "id repair_order_id description amount status",
    "recalls": "vin campaign title announced_on",
}
BATCH = 2_000  # customers between two writes


def write_feed(folder: Path, world: World, *, until: datetime, since: datetime | None = None) -> dict[str, int]:
    """Write the feed as it stands at a local moment; the answer is the number of rows per file."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(COLUMNS, 0)
    with ExitStack() as opened:
        writers = {}
        for name, columns in COLUMNS.items():
            file = opened.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(file)
            writers[name].writerow(columns.split())
        for batch in _batches(world, until, since):
            for name, rows in batch.items():
                writers[name].writerows(rows)
                counts[name] += len(rows)
    return counts


def rows_between(
    world: World, *, until: datetime, since: datetime | None = None, numbers: range | None = None
) -> Iterator[Rows]:
    """The rows of one customer after the other, file by file; with `since` only those that are new or different.

    `numbers` names some of the customers: they are independent of each other.
    """
    random, at = Random(), world.minute_of(until)
    before = world.minute_of(since) if since else None
    for number in numbers or range(world.population(at)):
        now = rows_of(world, random, number, at)
        if before is not None:
            known = rows_of(world, random, number, before)
            now = {name: [row for row in rows if row not in known[name]] for name, rows in now.items()}
        yield now


def rows_of_some(world: World, until: datetime, numbers: range) -> list[Rows]:
    """The rows of some customers at once: what another process is asked for."""
    return list(rows_between(world, until=until, numbers=numbers))


def rows_of(world: World, random: Random, number: int, at: int) -> Rows:
    """All that the business system knows of one customer at a moment."""
    rows: Rows = {name: [] for name in COLUMNS}
    person = a_person(world, random, number)
    if person.created > at:
        return rows
    rows["customers"].append(customer_row(person, at))
    rows["consents"].extend(row for given, row in person.consents if given <= at)
    for place in range(person.vehicles):
        car = a_car(world, random, person, place)
        if sold := sale_row(car, at):
            rows["sales"].append(sold)
        if car.acquired > at:
            continue
        found = visits(world, random, car, at)
        rows["vehicles"].append(vehicle_row(world, car, at, found.reading))
        rows["appointments"].extend(found.appointments)
        rows["repair_orders"].extend(found.repair_orders)
        rows["deferred_work"].extend(found.deferred)
        if car.recall and car.recall[0] <= at and car.recall[1][0]:
            rows["recalls"].append(car.recall[1])
    if world.dirty and (planted := dirty_rows(world, random, person, at)):
        rows[planted[0]].append(planted[1])
    return rows


def staff_rows() -> list[Row]:
    """The people of the dealership."""
    return [
        (ref, name, roles, f"{ref.lower()}@example.org", f"514-555-01{20 + place}", language)
        for place, (ref, name, roles, language) in enumerate(words("staff")["staff"])
    ]


def _batches(world: World, until: datetime, since: datetime | None) -> Iterator[Rows]:
    batch: Rows = {name: [] for name in COLUMNS}
    if since is None:
        batch["staff"] = staff_rows()
    for number, rows in enumerate(rows_between(world, until=until, since=since)):
        for name, more in rows.items():
            if more:
                batch[name].extend(more)
        if number % BATCH == BATCH - 1:
            yield batch
            batch = {name: [] for name in COLUMNS}
    yield batch
