"""A live count is exact when there is time, else "more than", and never runs away."""

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, transaction

from relance.audience.compile import Question
from relance.audience.count import count, explain_slowness
from relance.audience.tree import read_tree
from relance.facts.models import Customer
from relance.lib.database.time_limit import TooLong, as_many_as_come, time_limit
from tests.builders import a_customer, a_dealer, a_repair_order, an_automation

AT = datetime(2026, 5, 4, 14, tzinfo=UTC)
ENDLESS = {
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n",
    "postgresql": "select pg_sleep(30)",
}
KNOWN = {"category": "customer", "attribute": "name", "operator": "is_known"}
VISITED = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 30}

pytestmark = pytest.mark.django_db


def asked(dealer, *rules, subject="customer"):
    return Question(dealer, read_tree(list(rules)), subject, "customer", AT)


def run_away():
    with connection.cursor() as cursor:
        cursor.execute(ENDLESS[connection.vendor])
        cursor.fetchall()


def test_a_small_question_is_counted_exactly():
    dealer = a_dealer()
    people = [a_customer(dealer) for _ in range(7)]
    found = count(asked(dealer, KNOWN))
    assert (found.exact, found.more_than, found.explained) == (7, None, None)
    assert len(found.first) == 5
    assert set(found.first) <= {person.pk for person in people}


def test_nobody_is_zero_and_not_unknown():
    assert count(asked(a_dealer(), KNOWN)).exact == 0


def test_other_dealers_customers_do_not_count():
    a_customer(a_dealer("south"))
    assert count(asked(a_dealer())).exact == 0


def test_a_question_that_never_ends_is_stopped():
    with pytest.raises(TooLong), time_limit(30):
        run_away()


def test_after_a_stop_the_database_answers_as_before():
    dealer = a_dealer()
    with pytest.raises(TooLong), time_limit(30):
        run_away()
    assert Customer.objects.of(dealer).count() == 0


def test_a_stop_does_not_spoil_what_stands_around_it():
    with transaction.atomic():
        dealer = a_dealer()
        with pytest.raises(TooLong), time_limit(30):
            run_away()
        a_customer(dealer)
    assert Customer.objects.of(dealer).count() == 1


def test_without_time_for_all_it_says_more_than(monkeypatch):
    dealer = a_dealer()
    for _ in range(5):
        a_customer(dealer)
    monkeypatch.setattr("relance.audience.count._exactly", lambda rows, limit: None)
    found = count(asked(dealer, KNOWN))
    assert (found.exact, found.more_than) == (None, 4)


def test_what_came_up_in_time_is_said_in_one_figure(monkeypatch):
    dealer = a_dealer()
    rows = [Customer(dealer=dealer, ref=f"X{number}", name="X", name_folded="x") for number in range(234)]
    Customer.objects.of(dealer).bulk_create(rows)
    monkeypatch.setattr("relance.audience.count._exactly", lambda rows, limit: None)
    found = count(asked(dealer, KNOWN), soft_ms=5_000)
    assert (found.exact, found.more_than, len(found.first)) == (None, 200, 5)


def test_a_question_that_comes_slowly_keeps_what_has_come():
    def slowly():
        yield 1
        yield 2
        run_away()
        yield 3

    assert as_many_as_come(slowly(), 30) == [1, 2]


def test_what_takes_too_long_is_explained(monkeypatch):
    dealer = a_dealer()
    a_customer(dealer)
    monkeypatch.setattr("relance.audience.count._exactly", lambda rows, limit: None)
    found = count(asked(dealer, KNOWN), patiently=True)
    assert found.explained is not None
    assert "every customer" in found.explained
    assert "customer: name is known" in found.explained


def test_a_rule_about_a_day_is_where_a_search_can_begin():
    dealer = a_dealer()
    a_repair_order(a_customer(dealer), "2026-04-04T15:00")
    assert "fewer days" in explain_slowness(asked(dealer, VISITED, subject="repair_order"))
    assert "every repair order" in explain_slowness(asked(dealer, subject="repair_order"))


def test_other_faults_of_the_database_are_not_taken_for_a_stop():
    with pytest.raises(OperationalError) as fault, transaction.atomic(), time_limit(1000):
        raise OperationalError("disk I/O error")
    assert "disk" in str(fault.value)


def test_the_command_says_how_many(relance):
    dealer = a_dealer()
    customer = a_customer(dealer, first_name="Ann")
    from_file = {"category": "customer", "attribute": "first_name", "operator": "is", "value": "ann"}
    an_automation(dealer, "WHO", audience=[from_file])
    answer = relance("count", dealer.slug, "WHO", "--json")
    assert answer.status == 0
    assert '"exact": 1' in answer.out
    assert customer.ref in answer.out
