"""`relance schedules`: own maintenance schedules go in and out, and every next service follows."""

from datetime import date

import pytest

from relance.facts.models import MaintenanceSchedule, Vehicle
from tests.builders import a_customer, a_dealer, a_vehicle

pytestmark = pytest.mark.django_db
OWN = "schedule: mazda\nmake: Mazda\noperations:\n- {code: oil, name: {en: Oil}, months: 3, done_by: [oil]}\n"


@pytest.fixture
def dealer():
    dealer = a_dealer()
    a_vehicle(a_customer(dealer), in_service_on="2026-01-10", make="Mazda")
    return dealer


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    return path


def next_service(dealer):
    return Vehicle.objects.of(dealer).get().next_service_on


def test_an_own_schedule_goes_before_the_shipped_one_at_once(dealer, relance, file):
    answer = relance("schedules", "apply", "north", str(file))
    assert answer.err == "1 added, 0 changed, 0 unchanged; the next service of 1 vehicles is another now\n"
    assert next_service(dealer) == date(2026, 4, 10)
    assert relance("schedules", "remove", "north", "mazda").status == 0
    assert next_service(dealer) == date(2026, 7, 10)


def test_what_goes_out_goes_in_again_unchanged(dealer, relance, file, tmp_path):
    relance("schedules", "apply", "north", str(file))
    out = tmp_path / "out.yaml"
    relance("schedules", "export", "north", str(out))
    assert relance("schedules", "apply", "north", str(out)).err.startswith("0 added, 0 changed, 1 unchanged")


def test_the_shipped_ones_are_a_file_to_begin_from(dealer, relance, tmp_path):
    out = tmp_path / "shipped.yaml"
    assert relance("schedules", "export", "north", str(out), "--shipped").status == 0
    assert relance("schedules", "apply", "north", str(out)).err.startswith("5 added")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("schedules: []\n", "expected a schedule"),
        (OWN.replace("months: 3, ", ""), "mazda.operations.oil: say how often"),
        (OWN + "- {code: oil, name: {en: Oil}, months: 6}\n", "operations.oil: is there 2 times"),
        (OWN.replace("make:", "maker:"), "make"),
        (OWN + "years: [2024, 2020]\n", "the first one is the later"),
        ("schedules:\n- {schedule: a, operations: [{code: o, name: {en: O}, months: 1}]}\n"
         + "- {schedule: a, operations: [{code: o, name: {en: O}, months: 1}]}\n", "the schedule a is there 2 times"),
    ],
)  # fmt: skip
def test_a_fault_is_one_line_and_nothing_changes(dealer, relance, file, text, says):
    file.write_text(text)
    answer = relance("schedules", "apply", "north", str(file))
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert says in answer.err
    assert not MaintenanceSchedule.objects.of(dealer).exists()
