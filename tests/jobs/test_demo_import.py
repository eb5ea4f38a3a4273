"""The sample dealership's feed goes through the import like a real one, and the bulk filling makes the same rows."""

from datetime import UTC, date, datetime
from datetime import time as clock_time

import pytest

from bench.fill import Filling, derive
from relance.facts.absorb import take_in
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
from relance.jobs.demo.feed import rows_between, staff_rows, write_feed
from relance.jobs.demo.world import World
from tests import builders

OPENED = date(2026, 3, 11)
UNTIL = datetime.combine(OPENED, clock_time())
AT = datetime(2026, 3, 11, 5, tzinfo=UTC)
TABLES = (Customer, Vehicle, Sale, Appointment, RepairOrder, DeferredWork, Recall, ConsentEntry)
OWN = {"id", "dealer_id", "digest"}  # what two ways of coming in need not have in common


def silent(_: str) -> None:
    pass


def contents(model, dealer):
    """Every row with what it leads to by id, not by key."""
    leads = {"customer": "customer__ref", "vehicle": "vehicle__ref", "repair_order": "repair_order__ref"}
    leads |= {"proposed_by": "proposed_by__ref"}
    names = [leads.get(f.name, f.attname) for f in model._meta.concrete_fields if f.attname not in OWN]
    return sorted(model.objects.of(dealer).values_list(*names), key=str)


@pytest.mark.django_db
def test_every_file_is_taken_in_but_for_the_planted_rows(tmp_path):
    dealer = builders.a_dealer()
    counts = write_feed(tmp_path, World(250, 3, OPENED), until=UNTIL)
    clean = write_feed(tmp_path / "clean", World(250, 3, OPENED, dirty=False), until=UNTIL)
    run = take_in(dealer, tmp_path, at=AT, rejects_path=tmp_path / "rejects.csv")
    found = {file["file"].removesuffix(".csv"): file for file in run.files}
    assert {name: file["rejected"] for name, file in found.items()} == {n: counts[n] - clean[n] for n in counts}
    assert sum(file["rejected"] for file in found.values()) > 5


@pytest.mark.django_db
def test_the_bulk_filling_makes_the_rows_that_the_import_makes(tmp_path):
    imported, filled = builders.a_dealer("imported"), builders.a_dealer("filled")
    world = World(150, 3, OPENED, dirty=False)
    write_feed(tmp_path, world, until=UNTIL)
    take_in(imported, tmp_path, at=AT, rejects_path=tmp_path / "rejects.csv")
    filling = Filling(filled, AT, keys_from=100_000)
    filling.take({"staff": staff_rows()})
    for rows in rows_between(world, until=UNTIL):
        filling.take(rows)
    filling.write()
    derive(filled, silent)
    for model in TABLES:
        assert contents(model, filled) == contents(model, imported), model.__name__
