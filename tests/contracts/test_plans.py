"""No entry of the library walks through a whole table when its day comes: the database says so itself, by EXPLAIN.

The tables hold enough rows, spread over four years, that the database knows what a day's share of them is.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from relance.audience.compile import Question, subjects
from relance.audience.count import EVERYBODY
from relance.audience.reference import Clock, Ref, _stored
from relance.audience.tree import read_tree
from relance.facts.models import Appointment, Customer, DeferredWork, Recall, RepairOrder, Sale, Vehicle
from relance.lib.database.statistics import refresh_statistics
from relance.lib.fold import fold
from relance.lib.rows import insert
from relance.plan.definition import read_definition
from relance.plan.draft import RunOf, occurrence_key
from relance.plan.due import asked_of, question_of
from relance.plan.models import Automation, Occurrence, Run
from relance.plan.shipped import definition_of, entries
from tests.builders import a_dealer, an_automation

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 17, 15, tzinfo=UTC)
TODAY = date(2026, 11, 17)
PEOPLE = 3_000
FEW = "facts_recall"  # recalls of a dealer's own vehicles: read as a whole
BY_HAND = "started by hand, for all who have or lack an accessory"
LOOKS_AT_EVERYBODY = {
    "V07": "an event: everybody, started by hand",
    **{f"V{number:02}": BY_HAND for number in range(8, 18)},
    "V18": "reminders: started by hand",
    "L_HOLIDAY": "season's greetings: once a year",
    "L_NEWS": "the newsletter: once a month",
}


@pytest.fixture(scope="module")
def dealership(django_db_setup, django_db_blocker):
    """A dealer with thousands of rows in every big table, and fresh statistics; taken away at the end."""
    with django_db_blocker.unblock():
        dealer = a_dealer("plans")
        fill(dealer)
        refresh_statistics()
        yield dealer
        for model in (
            Occurrence,
            Run,
            Automation,
            Appointment,
            DeferredWork,
            RepairOrder,
            Sale,
            Recall,
            Vehicle,
            Customer,
        ):
            model.objects.of(dealer).delete()
        dealer.delete()
        refresh_statistics()


def fill(dealer):
    """A customer, a vehicle, a visit before and ahead, an order, a sale and a once-key each, on scattered days."""
    automation = an_automation(dealer, "PLANS")
    run = Run(dealer=dealer, automation=automation, reference_at=AT, run_at=AT, state="done", planned_at=AT)
    run.save()
    first = (
        Customer.objects.across_dealers("the next free key").order_by("-pk").values_list("pk", flat=True).first() or 0
    ) + 1
    put: dict[type[Any], list[dict[str, Any]]] = {}
    for number in range(PEOPLE):
        for model, row in rows_of(dealer, number, first + number):
            put.setdefault(model, []).append(row)
        key = {
            "automation_id": automation.pk,
            "subject_type": "customer",
            "subject_id": first + number,
            "run_id": run.pk,
        }
        key |= {"recipient": "customer", "key": "", "reference_on": TODAY}
        put.setdefault(Occurrence, []).append(key)
    for model, found in put.items():
        fields = [f for f in model._meta.concrete_fields if not f.null and f.has_default() and f.attname != "id"]
        usual = {f.attname: f.get_default() for f in fields}
        insert(model, [{**usual, "dealer_id": dealer.pk, **row} for row in found], match=("id",), change=())


def rows_of(dealer, number, pk):
    past = AT - timedelta(days=number * 7919 % 1460, hours=number % 9)
    ahead = AT + timedelta(days=number * 104729 % 120 - 60)
    ref, vin = f"X{number}", f"VIN{number:014}"
    yield Customer, {"id": pk, "ref": ref, "created_at": past, "birth_date": (past - timedelta(days=9000)).date()}
    service = (ahead + timedelta(days=number % 400)).date()
    vehicle = {"id": pk, "ref": ref, "customer_id": pk, "vin_folded": vin, "in_service_on": past.date()}
    vehicle |= {"warranty_end_on": (past + timedelta(days=1100)).date(), "next_service_on": service}
    yield Vehicle, vehicle | {"extended_warranty_end_on": None, "last_seen_at": past, "make_folded": "mazda"}
    theirs = {"ref": ref, "customer_id": pk, "vehicle_id": pk}
    order = {
        "opened_at": past,
        "closed_at": past if number % 50 > 1 else None,
        "state": {0: "open", 1: "ready"}.get(number % 50, "closed"),
    }
    yield RepairOrder, {"id": pk, **theirs, **order}
    yield Appointment, {**theirs, "start_at": ahead, "created_at": ahead - timedelta(days=9), "status": "booked"}
    sale = {"ordered_at": past, "delivered_on": past.date(), "deal": "lease", "condition": "new"}
    yield Sale, {**theirs, **sale, "term_end_on": (past + timedelta(days=1400)).date()}
    work = {"repair_order_id": pk, "recommended_at": past, "description": "Brakes", "description_folded": "brakes"}
    yield DeferredWork, {**theirs, **work, "status": "open"}
    if number % 300 == 0:
        yield Recall, {"vin": vin, "vin_folded": vin, "campaign": "R", "campaign_folded": fold("R")}


def plan_of(dealer, code):
    """The lines of the database's plan for the entry's question."""
    written = definition_of(code)
    definition = read_definition(written, code)
    automation = Automation(pk=1, dealer=dealer, code=code, version=1, definition=written)
    run = RunOf(automation, definition, AT, AT, TODAY, occurrence_key(definition, TODAY))
    asked = asked_of(definition, question_of(dealer, run), leaves_out=definition.recipients == ["customer"])
    clock = Clock(AT, dealer.zone, {"automation": 1, "key": run.key, "after": TODAY})
    values = [_stored(p.recipe(clock)) if isinstance(p, Ref) else p for p in asked.parameters]
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # these tables are small: ask what the indexes can, not what is cheapest
            for way in ("seqscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"{explain} {asked.sql}", values)
        return [row[-1] for row in cursor.fetchall()]


WALKS = {  # a whole table; on SQLite also all that a dealer has in it (PostgreSQL's choice among small tables wavers)
    "sqlite": re.compile(r"^SCAN (?!CONSTANT).*|.*\(dealer_id=\?\).*|.*AUTOMATIC.*", re.MULTILINE),
    "postgresql": re.compile(
        r"Seq Scan on (?:facts|plan|outbox)_.*"
        r"|(?:Index Scan|Index Only Scan) using .*\n(?! *Index Cond:)",
        re.MULTILINE,
    ),
}


def walks(lines):
    found = WALKS[connection.vendor].finditer("\n".join(lines))
    return [walk.group() for walk in found if FEW not in walk.group()]


@pytest.mark.parametrize("code", [e.code for e in entries() if e.code not in LOOKS_AT_EVERYBODY])
def test_an_entry_asks_an_index(dealership, code):
    assert walks(plan_of(dealership, code)) == []


@pytest.mark.parametrize("code", LOOKS_AT_EVERYBODY)
def test_who_looks_at_everybody_is_known_and_rare(dealership, code):
    assert walks(plan_of(dealership, code)) or connection.vendor != "sqlite"
    assert definition_of(code)["schedule"]["kind"] in ("manual", "once", "monthly", "yearly")


def test_who_counts_everybody_walks_them_as_they_lie_on_the_disk(dealership):
    """By an index of another order a million customers, and their histories, are read at random: seconds, not one."""
    known = {"category": "customer", "attribute": "email", "operator": "is_known"}
    bought = {"category": "sale", "attribute": "times", "operator": "at_least", "value": 1}
    question = Question(dealership, read_tree([bought, known]), "customer", "customer", AT)
    rows = subjects(question).order_by("pk")[:EVERYBODY]
    plan = rows.explain()
    if connection.vendor == "sqlite":  # PostgreSQL joins whole tables
        assert "INDEX customer_of_dealer (dealer_id=?)" in plan and "TEMP B-TREE" not in plan
