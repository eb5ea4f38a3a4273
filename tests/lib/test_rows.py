"""Many rows written at once say the same as rows written one by one, also where some are there already."""

from decimal import Decimal

import pytest

from relance.facts.models import Customer, Vehicle
from relance.lib.rows import MANY, insert, is_one_of, select, update
from tests.builders import a_customer, a_dealer, a_vehicle

NEW = {"name": "New", "digest": "", "meta": {"colour": 'a "red" \\ one\n'}, "meta_folded": {}, "as_typed": {}}
pytestmark = pytest.mark.django_db


def rows(dealer, size):
    return [{"dealer": dealer.pk, "ref": f"C{number}", **NEW} for number in range(size)]


@pytest.mark.parametrize("size", [3, MANY * 2])
def test_new_rows_are_inserted_as_they_are(size):
    dealer = a_dealer()
    insert(Customer, rows(dealer, size), match=("dealer", "ref"), change=())
    assert Customer.objects.of(dealer).filter(name="New").count() == size
    assert Customer.objects.of(dealer).get(ref="C2").meta == NEW["meta"]


@pytest.mark.parametrize("size", [3, MANY * 2])
@pytest.mark.parametrize(("change", "kept"), [((), "Old"), (("name",), "New")])
def test_a_row_that_is_there_stays_or_changes_and_the_others_are_inserted(size, change, kept):
    dealer = a_dealer()
    old = a_customer(dealer, ref="C1", name="Old")
    insert(Customer, rows(dealer, size), match=("dealer", "ref"), change=change)
    found = Customer.objects.of(dealer)
    assert (found.count(), found.get(ref="C1").pk, found.get(ref="C1").name) == (size, old.pk, kept)


@pytest.mark.parametrize("size", [3, MANY * 2])
def test_rows_are_changed_by_their_id_and_no_others(size):
    customer = a_customer(a_dealer())
    cars = [a_vehicle(customer, ref=f"V{number}") for number in range(size)]
    changed = [{"id": car.pk, "odometer": Decimal(car.pk), "meta": {"n": car.pk}, "kind": None} for car in cars[1:]]
    update(Vehicle, changed, ("odometer", "meta", "kind"))
    left, first, *_ = Vehicle.objects.of(customer.dealer).order_by("pk")
    assert (left.odometer, left.meta) == (cars[0].odometer, cars[0].meta)
    assert (first.odometer, first.meta, first.kind) == (Decimal(first.pk), {"n": first.pk}, None)


def test_texts_of_any_kind_are_found_among_many():
    dealer = a_dealer()
    refs = ["plain", 'a "quote"', "back\\slash", "{1,2}", "NULL", "it's", "100 %s", "tab\there", " outer ", "ève"]
    for ref in refs:
        a_customer(dealer, ref=ref)
    test, values = is_one_of("ref", [*refs[::2], "nobody"])
    assert {ref for (ref,) in select(("ref",), Customer, test, values)} == set(refs[::2])
    assert select(("ref",), Customer, *is_one_of("id", [-1])) == []
