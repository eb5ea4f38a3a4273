"""A feed leaves the same facts whether its rows are written at once or one by one: every column of every record."""

import csv
import io
from random import Random

import pytest

from relance.dealers.models import Staff
from relance.facts.applying.known import Stored
from relance.facts.models import (
    Appointment,
    ConsentEntry,
    Customer,
    DeferredWork,
    Recall,
    RepairOrder,
    Sale,
    Vehicle,
)
from relance.intake import check
from relance.intake.records import RECORDS, Column
from relance.lib import rows
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, counts, taken_in

pytestmark = pytest.mark.django_db
TABLES = (Staff, Customer, ConsentEntry, Vehicle, Sale, Appointment, RepairOrder, DeferredWork, Recall)
SEED = 2026
ODD = (
    "", "  outer blanks\t", "tab\there", "line\nbreak", "return\r\nbreak", "back\\slash", "\\N", "\\.", "\\t", "NULL",
    'a "quote"', "it's", "100 %s %% {0} $1", '{"a": [1, null]}', "{1,2}", "Ève Ñandú ßÕ", "İI ıi", "🚗 👩‍🔧",
    "e\u0301", "\u202eright to left", "line\u2028separator", "\u00a0", "x\u0001y", "DE LA CRUZ", "o'neil; mcgregor",
)  # fmt: skip
CELLS: dict[str, tuple[str, ...]] = {
    "date": ("", "2024-02-29", "1999-12-31", "2026-05-04"),
    "moment": ("", "2026-03-08T02:30", "2026-11-01 01:30:59", "2025-07-01T10:00Z", "1969-12-31T23:59:59.5-05"),
    "distance": ("", "0", "12", "12.34", "+99999.96", "120000.0"),
    "money": ("", "0", "-5", "10.005", "1234567.89", "7."),
    "year": ("", "1998", "2026.0"),
    "flag": ("", "true", "no", "1"),
}  # fmt: skip
SPECIAL = {
    "email": ("", "A.B@example.CA ", "not an address", "ève@example.com"),
    "mobile": ("", "418 555-0123", "+372 5123 4567", "12"),
    "vin": ("", "1HGCM82633A004352", "WVWZZZ1JZ3W386752", "short"),
    "language": ("", "fr", "Français", "klingon"),
    "status": ("", "confirmed", "CLOSED", "no show", "tab\tin it"),
}


def cell(random: Random, column: Column, ids: dict[str, list[str]]) -> str:
    if column.to:
        return random.choice(ids[column.to] if column.required else [*ids[column.to], ""])
    if column.words:
        return random.choice(column.words if column.required else (*column.words, ""))
    pool = CELLS.get(column.kind) or SPECIAL.get(column.name, ODD)
    if column.kind == "list":
        pool = tuple(f"{one}; {two}" for one, two in zip(ODD, ODD[3:], strict=False))
    return random.choice([text for text in pool if text.strip() or not column.required])


def a_world(random: Random) -> dict[str, dict[str, dict[str, str]]]:
    """Record → id → cells."""
    ids: dict[str, list[str]] = {}
    world: dict[str, dict[str, dict[str, str]]] = {}
    for record in RECORDS:
        ids[record.name] = [
            f"{record.name[:2]} {odd.strip()[:9]}{n}".replace("\n", "\\") for n, odd in enumerate(ODD * 3)
        ]
        world[record.name] = {}
        for own in ids[record.name]:
            row = {column.name: cell(random, column, ids) for column in record.columns}
            if len(record.key) == 1:
                row[record.key[0]] = own
            if record.meta:
                row |= {"meta_colour": random.choice(ODD), "meta_size": random.choice(("", "XL"))}
            world[record.name][own] = row
    return world


def later(random: Random, world: dict[str, dict[str, dict[str, str]]]) -> dict[str, dict[str, dict[str, str]]]:
    """The same another day: a few rows are gone, many have other cells, the others are as they were."""
    fresh = a_world(Random(SEED + 1))
    changed: dict[str, dict[str, dict[str, str]]] = {}
    for record in RECORDS:
        whose = record.key if len(record.key) > 1 else (record.key[0], *(c.name for c in record.columns if c.to))
        changed[record.name] = {}
        for own, row in world[record.name].items():
            fate = random.choice(("gone", "same", "changed", "changed"))
            if fate == "gone" and record.name in ("appointments", "vehicles"):
                continue
            other = fresh[record.name][own] | {name: row[name] for name in whose}
            changed[record.name][own] = other if fate == "changed" else row
    kept = changed["vehicles"]
    for name in ("sales", "appointments", "repair_orders"):
        for row in changed[name].values():
            row["vehicle_id"] = row["vehicle_id"] if row["vehicle_id"] in kept else ""
    return changed


def as_files(world: dict[str, dict[str, dict[str, str]]]) -> dict[str, str]:
    files = {}
    for name, by_id in world.items():
        text = io.StringIO()
        lines = [*by_id.values()]
        writer = csv.DictWriter(text, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
        files[name] = text.getvalue()
    return files


def content(dealer) -> dict[str, list[tuple[object, ...]]]:
    """Every column of every table, a reference by what it leads to."""
    found = {}
    for table in TABLES:
        names = [
            f"{field.name}__ref" if field.many_to_one else field.name
            for field in table._meta.concrete_fields
            if field.name not in ("id", "dealer")
        ]
        found[table.__name__] = sorted(table.objects.of(dealer).values_list(*names), key=repr)
    return found


def imported(tmp_path, slug: str) -> tuple[list[object], dict[str, list[tuple[object, ...]]]]:
    dealer = a_dealer(slug)
    world = a_world(Random(SEED))
    first = taken_in(dealer, a_feed(tmp_path, f"{slug}-1", **as_files(world)), force=True)
    again = as_files(later(Random(SEED), world))
    second = taken_in(dealer, a_feed(tmp_path, f"{slug}-2", **again), force=True, full=True)
    return [counts(first), counts(second)], content(dealer)


@pytest.mark.process  # no process of its own, but hundreds of small transactions
def test_every_column_is_the_same_at_once_and_one_by_one(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "MANY", 1)
    at_once, facts = imported(tmp_path, "at-once")
    monkeypatch.setattr(rows, "MANY", 1_000_000)
    monkeypatch.setattr(check, "BATCH", 1)
    one_by_one, same_facts = imported(tmp_path, "one-by-one")
    assert at_once == one_by_one
    for table, lines in facts.items():
        assert lines == same_facts[table], table


def test_odd_texts_are_kept_as_they_came(tmp_path):
    dealer = a_dealer()
    texts = [text for text in ODD if text.strip()]
    company = {f"C{n}": {"id": f"C{n}", "company": text} for n, text in enumerate(texts)}
    for _ in range(2):  # inserted, then changed
        taken_in(dealer, a_feed(tmp_path, **as_files({"customers": company})))
        kept = dict(Customer.objects.of(dealer).values_list("ref", "company"))
        assert kept == {ref: row["company"].strip() for ref, row in company.items()}
        company = {ref: row | {"company": f"{row['company']}\\"} for ref, row in company.items()}


def test_what_another_import_stored_meanwhile_becomes_as_the_feed_says(tmp_path, monkeypatch):
    dealer = a_dealer()
    taken_in(dealer, a_feed(tmp_path, customers="id,company\nC1,Before\nC2,Before\n"))
    monkeypatch.setattr(Stored, "began_empty", lambda stored, model: True)  # as it was when the second one looked
    taken_in(dealer, a_feed(tmp_path, customers="id,company\nC1,After\nC3,After\n"))
    kept = dict(Customer.objects.of(dealer).values_list("ref", "company"))
    assert kept == {"C1": "After", "C2": "Before", "C3": "After"}
