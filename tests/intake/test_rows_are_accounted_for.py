"""Every row is inserted, updated, unchanged or rejected; the same feed again changes nothing."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.facts.models import Customer, Vehicle
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, counts, reasons, taken_in

pytestmark = pytest.mark.django_db
IDS = st.sampled_from(["1", "2", "3", "", " 1", "4711"])
CELLS = st.text(st.characters(codec="utf-8"), max_size=8)
NAMES = st.sampled_from(["ANN", "Bob", "", "o'neil"])
DAYS = st.sampled_from(["1980-01-01", "", "31/12/1980"])
CUSTOMERS = st.lists(st.tuples(IDS, NAMES, DAYS, CELLS), max_size=12)
VEHICLES = st.lists(st.tuples(IDS, IDS, st.sampled_from(["2021", "", "twenty"]), CELLS), max_size=12)


def written(header, rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header.split(","), *rows])
    return text.getvalue()


def hostile_feed(folder, customers, vehicles):
    return a_feed(
        folder,
        customers=written("id,first_name,birth_date,mobile", customers),
        vehicles=written("id,customer_id,year,vin", vehicles),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(customers=CUSTOMERS, vehicles=VEHICLES)
def test_every_row_is_counted_once_and_the_same_feed_again_changes_nothing(tmp_path, customers, vehicles):
    dealer = a_dealer(
        f"d{Customer.objects.across_dealers('a new slug each time').count()}-{tmp_path.stat().st_mtime_ns}"
    )
    feed = hostile_feed(tmp_path, customers, vehicles)
    first, rows = taken_in(dealer, feed), list(Vehicle.objects.of(dealer).values())
    again = taken_in(dealer, feed)
    for run in (first, again):
        for line in run.files:
            parts = ("inserted", "updated", "unchanged", "rejected")
            assert line["read"] == sum(line[part] for part in parts)
    assert all(line["inserted"] == line["updated"] == 0 for line in again.files)
    assert list(Vehicle.objects.of(dealer).values()) == rows
    dealer.delete()


def test_a_changed_cell_updates_its_row_alone(tmp_path):
    dealer = a_dealer()
    taken_in(dealer, a_feed(tmp_path, customers="id,city\n1,Laval\n2,Laval\n"))
    run = taken_in(dealer, a_feed(tmp_path, customers="id,city\n1,Laval\n2,Montréal\n"))
    assert counts(run) == {"customers": (0, 1, 1, 0)}


def test_other_columns_or_another_order_of_columns_change_nothing_by_themselves(tmp_path):
    dealer = a_dealer()
    taken_in(dealer, a_feed(tmp_path, customers="id,first_name,city\n1,ANN,Laval\n"))
    assert counts(taken_in(dealer, a_feed(tmp_path, customers="city,id\nLaval,1\n"))) == {"customers": (0, 0, 1, 0)}


def test_an_absent_column_stays_and_an_empty_cell_makes_unknown(tmp_path):
    dealer = a_dealer()
    taken_in(dealer, a_feed(tmp_path, customers="id,first_name,city,meta_club\n1,Ann,Laval,gold\n"))
    taken_in(dealer, a_feed(tmp_path, customers="id,city\n1,\n"))
    customer = Customer.objects.of(dealer).get()
    assert (customer.first_name, customer.city, customer.meta) == ("Ann", None, {"club": "gold"})


def test_the_later_of_two_rows_with_one_id_wins(tmp_path):
    dealer = a_dealer()
    feed = a_feed(tmp_path, customers="id,city\n1,Laval\n1,Québec\n")
    assert counts(taken_in(dealer, feed)) == {"customers": (1, 0, 1, 0)}
    assert Customer.objects.of(dealer).get().city == "Québec"
    assert counts(taken_in(dealer, feed)) == {"customers": (0, 0, 2, 0)}


def test_a_later_row_that_is_known_already_wins_over_an_earlier_changed_one(tmp_path):
    dealer = a_dealer()
    taken_in(dealer, a_feed(tmp_path, customers="id,city\n1,Laval\n"))
    run = taken_in(dealer, a_feed(tmp_path, customers="id,city\n1,Québec\n1,Laval\n"))
    assert counts(run) == {"customers": (0, 0, 2, 0)}
    assert Customer.objects.of(dealer).get().city == "Laval"


def test_references_resolve_whatever_file_comes_first_and_to_rows_that_are_there_already(tmp_path):
    dealer = a_dealer()
    taken_in(dealer, a_feed(tmp_path, customers="id\n1\n", vehicles="id,customer_id\nV1,1\n"))
    run = taken_in(dealer, a_feed(tmp_path, "later", vehicles="id,customer_id\nV2,1\nV3,4711\n"))
    assert counts(run) == {"vehicles": (1, 0, 0, 1)}
    assert reasons(run) == ["unknown customer 4711"]


def test_what_hangs_on_a_rejected_row_is_rejected(tmp_path):
    feed = a_feed(
        tmp_path,
        customers="id,birth_date\n1,soon\n",
        vehicles="id,customer_id\nV1,1\n",
        repair_orders="id,customer_id,vehicle_id,opened_at\nR1,1,V1,2026-01-01\n",
        deferred_work="id,repair_order_id,description\nW1,R1,Brakes\n",
    )
    run = taken_in(a_dealer(), feed)
    assert reasons(run)[1:] == ["unknown customer 1", "unknown customer 1", "unknown repair order R1"]


def test_rejects_come_in_again_when_they_are_put_right(tmp_path):
    dealer = a_dealer()
    run = taken_in(dealer, a_feed(tmp_path, customers='id,birth_date,city\n1,1980-01-01,A\n2,soon,"Saint, Jean"\n'))
    mended = tmp_path / "mended.csv"
    with open(run.rejects, encoding="utf-8") as rejects:
        mended.write_text(rejects.read().replace(",soon,", ",1990-02-02,"), encoding="utf-8")
    assert counts(taken_in(dealer, mended)) == {"customers": (1, 0, 0, 0)}
    assert Customer.objects.of(dealer).get(ref="2").city == "Saint, Jean"


def test_any_column_that_begins_with_meta_is_kept(tmp_path):
    dealer = a_dealer()
    run = taken_in(dealer, a_feed(tmp_path, customers="id,Meta_Club Level,meta_e-mail.2\n1,Gold,x\n"))
    assert run.notes == []
    assert Customer.objects.of(dealer).get().meta == {"club level": "Gold", "e-mail.2": "x"}


def test_columns_that_nobody_knows_are_said_once(tmp_path):
    run = taken_in(a_dealer(), a_feed(tmp_path, customers="id,fist_name,meta_club\n1,a,b\n2,a,b\n"))
    assert run.notes == ["customers.csv: column 'fist_name' is not known, ignored (did you mean first_name?)"]
