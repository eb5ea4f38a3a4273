"""Every sort that a list of a large table offers is in order already: the database says so itself, by EXPLAIN."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict

from relance.dealers.audit import Deed, Who, note
from relance.dealers.models import Dealer
from relance.facts.models import Suppression
from relance.web.desk.outbox import outbox_list
from relance.web.lists.files import LISTS
from relance.web.lists.listing import Listing
from relance.web.lists.order import Order, read
from relance.web.lists.table import Table, _parts
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_user, an_automation
from tests.contracts.test_lists import at_the_desk, told

pytestmark = pytest.mark.django_db
LARGE = [
    ("customers", {}),
    ("customers", {"only": "visitors"}),
    ("messages", {}),
    ("messages", {"state": "sent"}),
    ("suppressed", {}),
    ("audit", {}),
    ("audit", {"act": "task"}),
    ("audit", {"by": "a@x.example"}),
]
# A part of one moment may be put in order by itself; a whole table may not.
SLOW = {
    "sqlite": re.compile(r"SCAN (?!CONSTANT)|USE TEMP B-TREE FOR ORDER BY"),
    "postgresql": re.compile(r"Seq Scan|(?<!Incremental )Sort  \("),
}


@pytest.fixture
def dealer(monkeypatch: pytest.MonkeyPatch) -> Dealer:
    monkeypatch.setattr(outbox_list, "FEW", 0)
    dealer = a_dealer()
    a_user(dealer)
    automation = an_automation(dealer)
    for number in range(6):
        customer = a_customer(dealer, kind="visitor", created_at=A_DAY + timedelta(days=number // 2))
        a_message(customer, automation, at=A_DAY + timedelta(days=number // 2), state="sent")
        Suppression.objects.create(
            dealer=dealer, channel="email", address=f"{number}@x.example", reason="invalid", at=A_DAY
        )
        note(dealer, Deed("task"), who=Who("a@x.example"), at=A_DAY)
    return dealer


def plan_of(rows: Any) -> str:
    if connection.vendor == "postgresql":  # the tables are small: ask what the indexes can, not what is cheapest
        with connection.cursor() as cursor:
            for way in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
    return str(rows.explain())


def pages_asked_for(dealer: Dealer, listing: Listing[Any], order: Order[Any], asked: dict[str, str]) -> list[Any]:
    """What the first page and the one behind it ask for."""
    source = listing.source
    assert isinstance(source, Table)
    desk = at_the_desk(dealer, listing, sort=order.name, **asked)
    more = QueryDict(told(listing).page(desk).head.more.partition("?")[2])
    place = read(more["cursor"], f"list {listing.name} {order.name}")
    assert place is not None
    fields = [field.lstrip("+") for field in order.key.by]
    both = [*_parts(source.rows(desk), order, None), *_parts(source.rows(desk), order, place)]
    return [rows.values_list("pk", *fields[:-1])[:51] for rows in both]


@pytest.mark.parametrize(("name", "asked"), LARGE, ids=str)
def test_a_sort_of_a_large_table_is_read_from_an_index(dealer: Dealer, name: str, asked: dict[str, str]) -> None:
    listing, slow = LISTS[name], []
    desk = at_the_desk(dealer, listing, **asked)
    for key in [key for key in listing.source.keys if key.offered(desk)]:
        for down in (False, True):
            for rows in pages_asked_for(dealer, listing, Order(key, down), asked):
                plan = plan_of(rows)
                if SLOW[connection.vendor].search(plan):
                    slow.append((key.name, down, plan))
    assert slow == []


def test_who_is_searched_for_is_found_by_name_only(dealer: Dealer) -> None:
    page = LISTS["customers"].page(at_the_desk(dealer, LISTS["customers"], q="a", sort="since"))
    assert list(page.head.sorts) == ["name"]
