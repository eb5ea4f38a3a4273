"""Guards of an import: too many rejects, a complete feed that is far too short; each can be overruled."""

import pytest

from relance.facts.models import Appointment, Customer, Vehicle
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, counts, taken_in

pytestmark = pytest.mark.django_db


def mostly_good(bad, good):
    return "id,birth_date\n" + "".join(f"b{n},soon\n" for n in range(bad)) + "".join(f"g{n},\n" for n in range(good))


def test_a_file_with_many_rejects_is_not_applied_and_says_so(tmp_path):
    dealer = a_dealer(guards="on")
    feed = a_feed(tmp_path, customers=mostly_good(6, 94))
    run = taken_in(dealer, feed)
    assert run.files[0]["stopped"]
    assert "6 of 100 rows were rejected" in run.notes[0]
    assert not Customer.objects.of(dealer).exists()
    assert counts(taken_in(dealer, feed, force=True)) == {"customers": (94, 0, 0, 6)}


@pytest.mark.parametrize(("bad", "good"), [(5, 95), (6, 93)])
def test_few_rejects_or_few_rows_are_no_reason_to_stop(tmp_path, bad, good):
    run = taken_in(a_dealer(guards="on"), a_feed(tmp_path, customers=mostly_good(bad, good)))
    assert not run.files[0]["stopped"]


def test_a_complete_feed_that_is_far_shorter_than_the_last_is_not_applied(tmp_path):
    dealer = a_dealer(guards="on")
    taken_in(dealer, a_feed(tmp_path, customers=mostly_good(0, 10)), full=True)
    short = a_feed(tmp_path, customers=mostly_good(0, 6), staff="reference,name\nA,Ada\n")
    run = taken_in(dealer, short, full=True)
    assert all(line["stopped"] for line in run.files)
    assert not any(line["stopped"] for line in taken_in(dealer, short, full=True, force=True).files)


def test_a_complete_feed_sells_absent_vehicles_and_cancels_absent_coming_visits(tmp_path):
    dealer = a_dealer()
    vehicles = "id,customer_id,status\nV1,1,active\nV2,1,active\n"
    visits = "id,customer_id,start_at\nA1,1,2026-06-01\nA2,1,2026-06-01\nA3,1,2026-04-01\n"
    first = a_feed(tmp_path, "first", customers="id\n1\n", vehicles=vehicles, appointments=visits)
    taken_in(dealer, first, full=True)
    second = a_feed(
        tmp_path,
        "second",
        vehicles="id,customer_id,status\nV1,1,active\n",
        appointments="id,customer_id,start_at\nA1,1,2026-06-01\n",
    )
    taken_in(dealer, second, full=True)
    assert set(Vehicle.objects.of(dealer).values_list("ref", "status")) == {("V1", "active"), ("V2", "sold")}
    assert set(Appointment.objects.of(dealer).values_list("ref", "status")) == {
        ("A1", None),
        ("A2", "canceled"),
        ("A3", None),
    }
    taken_in(dealer, first, full=True)  # what comes back is there again
    assert Vehicle.objects.of(dealer).get(ref="V2").status == "active"
