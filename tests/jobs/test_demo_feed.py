"""The sample dealership's feed: always the same, continued exactly, with believable averages and no real addresses."""

import csv
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import phonenumbers
import pytest

from relance.jobs.demo.dirt import PLANTED
from relance.jobs.demo.feed import COLUMNS, write_feed
from relance.jobs.demo.vehicles import VIN_VALUES, VIN_WEIGHTS
from relance.jobs.demo.world import World

OPENED = date(2026, 3, 11)
MORNING = datetime.fromisoformat("2026-03-11T11:30")
KEYS = {"consents": 5, "recalls": 2}  # the others have one key column


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def state(*folders: Path) -> dict[str, dict[tuple[str, ...], dict[str, str]]]:
    """What the feeds say together, the later one last."""
    return {
        name: {tuple(row.values())[: KEYS.get(name, 1)]: row for folder in folders for row in read(folder, name)}
        for name in COLUMNS
    }


@pytest.fixture(scope="module")
def feed(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("feed")
    write_feed(folder, World(1_000, 3, OPENED), until=MORNING)
    return folder


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_feed(tmp_path / name, World(60, 3, OPENED), until=MORNING)
    for name in COLUMNS:
        assert (tmp_path / "one" / f"{name}.csv").read_bytes() == (tmp_path / "two" / f"{name}.csv").read_bytes()


def test_another_seed_makes_other_people(tmp_path):
    write_feed(tmp_path / "one", World(60, 3, OPENED), until=MORNING)
    write_feed(tmp_path / "two", World(60, 4, OPENED), until=MORNING)
    assert read(tmp_path / "one", "customers") != read(tmp_path / "two", "customers")


def test_continuing_day_by_day_says_what_one_feed_would_have_said(tmp_path):
    world = World(150, 3, OPENED)
    folders, before = [], MORNING
    for day in range(0, 40, 4):
        until = MORNING + timedelta(days=day, hours=day % 7)
        write_feed(tmp_path / str(day), world, until=until, since=before if day else None)
        folders.append(tmp_path / str(day))
        before = until
    write_feed(tmp_path / "at-once", world, until=before)
    assert state(*folders) == state(tmp_path / "at-once")


def test_a_feed_of_no_time_has_no_rows(tmp_path):
    counts = write_feed(tmp_path, World(100, 3, OPENED), until=MORNING, since=MORNING)
    assert sum(counts.values()) == 0


def test_life_goes_on_after_the_first_day(tmp_path):
    counts = write_feed(tmp_path, World(1_000, 3, OPENED), until=MORNING + timedelta(14), since=MORNING)
    assert min(counts[name] for name in ("customers", "sales", "appointments", "repair_orders")) > 2


def test_the_averages_are_those_of_the_benchmarks(feed):
    sizes = {name: len(read(feed, name)) / 1_000 for name in COLUMNS}
    assert sizes["vehicles"] == pytest.approx(1.2, abs=0.15)
    assert sizes["appointments"] == pytest.approx(2, abs=0.3)
    assert sizes["repair_orders"] == pytest.approx(3, abs=0.4)
    assert sizes["sales"] == pytest.approx(1, abs=0.15)


def test_telephone_numbers_are_of_the_fictional_range(feed):
    numbers = [row[column] for row in read(feed, "customers") for column in ("mobile", "phone") if row[column]]
    usable = [phonenumbers.parse(number, "CA") for number in numbers if number != "nd"]
    assert all(re.fullmatch(r"\d{3}55501\d\d", str(number.national_number)) for number in usable)
    assert all(map(phonenumbers.is_valid_number, usable))


def test_mail_addresses_are_of_the_example_domains(feed):
    addresses = [row["email"] for row in read(feed, "customers") if row["email"]]
    assert all(re.fullmatch(r"[a-z0-9.]+@example\.(com|org|net)", address) for address in addresses)


def test_a_share_of_people_cannot_be_reached_by_each_channel(feed):
    people = read(feed, "customers")
    assert sum(not row["email"] for row in people) / 1_000 == pytest.approx(0.25, abs=0.05)
    assert sum(not row["mobile"] for row in people) / 1_000 == pytest.approx(0.15, abs=0.05)
    assert any(not (row["email"] or row["mobile"] or row["phone"] or row["address"]) for row in people)


def test_vins_carry_their_check_digit(feed):
    vins = [row["vin"] for row in read(feed, "vehicles") if row["vin"]]
    assert len(set(vins)) == len(vins)
    for vin in vins:
        rest = sum(VIN_VALUES[c] * weight for c, weight in zip(vin, VIN_WEIGHTS, strict=True)) % 11
        assert vin[8] == ("X" if rest == 10 else str(rest))


def test_visits_are_agreed_for_open_hours_and_more_often_soon(feed):
    starts = [datetime.fromisoformat(row["start_at"]) for row in read(feed, "appointments") if row["id"][0] != PLANTED]
    assert {start.weekday() for start in starts} == set(range(6))
    assert all(8 <= start.hour < (13 if start.weekday() == 5 else 18) for start in starts)
    coming = [(start - MORNING).days for start in starts if start > MORNING]
    assert sum(days < 10 for days in coming) / 10 > 1.5 * sum(days >= 10 for days in coming) / 46
    assert max(coming) < 58


def test_every_sort_of_visit_is_there(feed):
    statuses = {row["status"] for row in read(feed, "appointments")}
    assert {"booked", "confirmed", "rescheduled", "completed", "canceled", "no_show"} <= statuses
    past = [r["status"] for r in read(feed, "appointments") if r["id"][0] != PLANTED and r["start_at"] < "2026-03-01"]
    assert {"booked", "confirmed"} & set(past)
    assert {row["status"] for row in read(feed, "repair_orders")} == {"open", "ready", "closed"}


def test_loans_and_leases_end_on_both_sides_of_today(feed):
    ends = [row["term_end_on"] for row in read(feed, "sales") if row["term_end_on"]]
    for first, last in (("2025-03", "2026-03"), ("2026-03", "2026-10"), ("2027-01", "2029-01")):
        assert sum(first <= end < last for end in ends) > 10


def test_nothing_leads_to_a_planted_row(feed):
    known = {row["id"] for name in ("customers", "vehicles", "repair_orders") for row in read(feed, name)}
    for name, column in (("vehicles", "customer_id"), ("sales", "vehicle_id"), ("deferred_work", "repair_order_id")):
        taken = [row for row in read(feed, name) if row["id"][0] != PLANTED]
        assert all(row[column] in known or not row[column] for row in taken)


def test_odometers_never_run_backwards(feed):
    last: dict[str, tuple[str, int]] = {}
    for row in sorted(read(feed, "repair_orders"), key=lambda row: row["opened_at"]):
        if row["odometer"] and row["id"][0] != PLANTED:
            assert int(row["odometer"]) >= last.get(row["vehicle_id"], ("", 0))[1]
            last[row["vehicle_id"]] = row["opened_at"], int(row["odometer"])
