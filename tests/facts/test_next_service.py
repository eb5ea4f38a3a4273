"""Odometer today and next service, from readings, history and the schedule that fits best."""

from datetime import UTC, date, datetime

import pytest

from relance.dealers.models import Dealer
from relance.facts.models import MaintenanceSchedule, Vehicle
from relance.facts.next_service import recompute
from relance.facts.odometer import Reading, day_number, line_through
from relance.facts.schedules import shipped
from relance.lib.errors import BadInput
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, taken_in

DAY = day_number(date(2026, 5, 4))
OWN = {
    "schedule": "own",
    "make": "Mazda",
    "operations": [{"code": "x", "name": {"en": "X"}, "months": 3, "done_by": ["special"]}],
}


def test_the_line_goes_through_the_last_reading_and_one_thirty_days_before():
    line = line_through([Reading(DAY, 13_000), Reading(DAY - 10, 12_900), Reading(DAY - 100, 10_000)], unit="km")
    assert line is not None
    assert (line.on(DAY), round(line.on(DAY + 100)), line.last) == (13_000, 16_000, 13_000)


@pytest.mark.parametrize(("unit", "a_year"), [("km", 20_000), ("mi", 12_000), ("hours", 200)])
@pytest.mark.parametrize("earlier", [None, DAY - 29])
def test_without_a_usable_earlier_reading_it_rises_by_what_is_usual(unit, a_year, earlier):
    readings = [Reading(DAY, 1_000)] + ([Reading(earlier, 500)] if earlier else [])
    line = line_through(readings, unit=unit)
    assert line is not None
    assert line.per_day * 365.25 == pytest.approx(a_year, rel=1e-3)


@pytest.mark.parametrize("earlier", [1_000, 1_500])
def test_a_vehicle_that_stood_still_or_shows_less_stays_at_its_last_reading(earlier):
    line = line_through([Reading(DAY - 400, earlier), Reading(DAY, 1_000)], unit="km")
    assert line is not None
    assert (line.on(DAY), line.on(DAY + 500)) == (1_000, 1_000)


def test_a_reading_without_its_day_only_says_not_below():
    assert line_through([], unit="km", undated=5_000) == (5_000, 5_000, 0)
    assert line_through([], unit="km") is None


def served(dealer: Dealer, folder, vehicle="car,2024-01-10", orders="") -> Vehicle:
    """The one vehicle after an import."""
    feed = a_feed(
        folder,
        customers="id\n1\n",
        vehicles=f"id,customer_id,make,kind,in_service_on\nV1,1,Mazda,{vehicle}\n",
        repair_orders="id,customer_id,vehicle_id,opened_at,closed_at,odometer,packages\n" + orders,
    )
    taken_in(dealer, feed)
    return Vehicle.objects.of(dealer).get()


@pytest.mark.django_db
class TestNextService:
    def test_counts_from_the_in_service_date(self, tmp_path):
        vehicle = served(a_dealer(), tmp_path)
        assert (vehicle.next_service_on, vehicle.next_service_operations) == (date(2024, 7, 10), ["oil", "tires"])

    def test_starts_again_with_the_order_that_did_the_work(self, tmp_path):
        order = "R1,1,V1,2026-01-05,2026-01-06,,Vidange d'huile;Rotation des pneus;Freins;Filtre d'habitacle\n"
        vehicle = served(a_dealer(), tmp_path, orders=order)
        assert vehicle.next_service_on == date(2026, 1, 10)  # the air filter, two years after in-service

    def test_comes_by_distance_when_that_is_first(self, tmp_path):
        orders = "R1,1,V1,2026-01-01,2026-01-01,10000,Oil;Tire rotation;Brakes;Cabin filter;Air filter\n"
        orders += "R2,1,V1,2026-02-10,2026-02-10,14000,\n"  # 100 km a day
        vehicle = served(a_dealer(), tmp_path, "car,2025-12-01", orders)
        assert (vehicle.next_service_on, vehicle.next_service_odometer) == (date(2026, 3, 22), 18_000)

    def test_is_unknown_without_any_history_and_for_a_sold_vehicle(self, tmp_path):
        dealer = a_dealer()
        assert served(dealer, tmp_path, "car,").next_service_on is None
        assert served(dealer, tmp_path, "car,2024-01-10").next_service_on is not None
        feed = a_feed(tmp_path, "sold", vehicles="id,customer_id,status\nV1,1,sold\n")
        taken_in(dealer, feed)
        assert Vehicle.objects.of(dealer).get().next_service_on is None

    def test_a_schedule_of_the_dealer_goes_before_the_shipped_ones(self, tmp_path):
        dealer = a_dealer()
        served(dealer, tmp_path)
        MaintenanceSchedule.objects.create(dealer=dealer, code="own", definition=OWN)
        assert recompute(dealer) == 1
        assert recompute(dealer) == 0
        assert Vehicle.objects.of(dealer).get().next_service_on == date(2024, 4, 10)

    def test_a_fault_in_a_schedule_is_named(self, tmp_path):
        dealer = a_dealer()
        served(dealer, tmp_path)
        wrong = {"schedule": "own", "operations": [{"code": "x", "name": {}, "moths": 3}]}
        MaintenanceSchedule.objects.create(dealer=dealer, code="own", definition=wrong)
        with pytest.raises(BadInput, match="did you mean 'months'"):
            recompute(dealer)

    def test_the_last_visit_is_kept(self, tmp_path):
        vehicle = served(a_dealer(), tmp_path, orders="R1,1,V1,2026-01-05T10:00-05:00,2026-01-06T10:00-05:00,,\n")
        assert vehicle.last_seen_at == datetime(2026, 1, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize("plan", shipped(), ids=lambda plan: plan.schedule.schedule)
def test_a_shipped_schedule_is_named_in_four_languages_and_finds_its_own_work(plan):
    for operation in plan.operations:
        assert set(operation.name) == {"en", "fr", "es", "et"}
        assert operation.months or operation.km or operation.hours
        assert operation.done_by
