"""A next visit agreed on a repair order stands as a proposed appointment until something real replaces it."""

import pytest

from relance.facts.models import Appointment
from relance.lib.moments import iso
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, taken_in

pytestmark = pytest.mark.django_db
ORDER = "R1,1,V1,2026-05-11T08:30,2026-05-11T16:30,2026-05-27\n"
HEAD = "id,customer_id,vehicle_id,opened_at,closed_at,next_visit_on\n"
VISITS = "id,customer_id,vehicle_id,start_at,status\n"


@pytest.fixture
def dealer(tmp_path):
    made = a_dealer(opening_hours={"wed": ["07:30", "17:00"]})
    taken_in(made, a_feed(tmp_path, "before", customers="id\n1\n2\n", vehicles="id,customer_id\nV1,1\nV2,1\n"))
    return made


def proposed(dealer):
    """The proposed visits and their states."""
    rows = Appointment.objects.of(dealer).exclude(proposed_by=None)
    return dict(rows.values_list("ref", "status"))


def test_it_starts_at_the_opening_time_and_was_made_at_the_closing(dealer, tmp_path):
    taken_in(dealer, a_feed(tmp_path, repair_orders=HEAD + ORDER))
    visit = Appointment.objects.of(dealer).get(ref="next-R1")
    assert iso(visit.start_at, dealer.zone) == "2026-05-27T07:30:00-04:00"
    assert iso(visit.created_at, dealer.zone) == "2026-05-11T16:30:00-04:00"
    assert visit.status == "proposed"


@pytest.mark.parametrize(
    ("visit", "stands"),
    [
        ("A1,1,V1,2026-05-20T10:00,booked\n", False),
        ("A1,1,V1,2026-05-11T16:30,\n", False),
        ("A1,1,V1,2026-05-20T10:00,canceled\n", True),
        ("A1,1,V1,2026-05-11T10:00,completed\n", True),  # before the closing: the visit itself
        ("A1,1,V2,2026-05-20T10:00,booked\n", True),
        ("A1,1,,2026-05-20T10:00,booked\n", True),
    ],
)
def test_a_real_visit_of_that_vehicle_after_the_closing_replaces_it(dealer, tmp_path, visit, stands):
    taken_in(dealer, a_feed(tmp_path, repair_orders=HEAD + ORDER, appointments=VISITS + visit))
    assert proposed(dealer) == {"next-R1": "proposed" if stands else "canceled"}


def test_it_comes_back_when_the_real_visit_is_canceled(dealer, tmp_path):
    visit = "A1,1,V1,2026-05-20T10:00,booked\n"
    taken_in(dealer, a_feed(tmp_path, repair_orders=HEAD + ORDER, appointments=VISITS + visit))
    taken_in(dealer, a_feed(tmp_path, "later", appointments=VISITS + visit.replace("booked", "canceled")))
    assert proposed(dealer) == {"next-R1": "proposed"}


def test_a_later_order_with_a_next_visit_of_its_own_replaces_it(dealer, tmp_path):
    later = "R2,1,V1,2026-05-13T08:30,2026-05-13T09:00,2026-06-10\n"
    taken_in(dealer, a_feed(tmp_path, repair_orders=HEAD + ORDER + later))
    assert proposed(dealer) == {"next-R1": "canceled", "next-R2": "proposed"}
    taken_in(dealer, a_feed(tmp_path, "undone", repair_orders=HEAD + later.replace("2026-06-10", "")))
    assert proposed(dealer) == {"next-R1": "proposed", "next-R2": "canceled"}


def test_it_follows_its_order_to_another_vehicle_and_goes_with_its_day(dealer, tmp_path):
    taken_in(dealer, a_feed(tmp_path, repair_orders=HEAD + ORDER))
    taken_in(dealer, a_feed(tmp_path, repair_orders=HEAD + ORDER.replace("V1", "V2")))
    assert Appointment.objects.of(dealer).get(vehicle__ref="V2").ref == "next-R1"
    taken_in(dealer, a_feed(tmp_path, repair_orders=HEAD + ORDER.replace("2026-05-27", "")))
    assert proposed(dealer) == {"next-R1": "canceled"}


def test_without_a_vehicle_the_customers_visits_without_vehicle_count(dealer, tmp_path):
    order = ORDER.replace("V1", "")
    taken_in(dealer, a_feed(tmp_path, repair_orders=HEAD + order))
    assert proposed(dealer) == {"next-R1": "proposed"}
    taken_in(dealer, a_feed(tmp_path, "later", appointments=VISITS + "A1,1,,2026-05-20T10:00,booked\n"))
    assert proposed(dealer) == {"next-R1": "canceled"}


def test_an_id_that_begins_like_a_proposed_visit_is_refused(dealer, tmp_path):
    run = taken_in(dealer, a_feed(tmp_path, appointments=VISITS + "next-R1,1,V1,2026-05-20T10:00,booked\n"))
    assert run.files[0]["rejected"] == 1
