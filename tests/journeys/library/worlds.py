"""Small worlds, one row or two each: whom an entry of the library is for, and who must be left alone and why.

It is Tuesday 5 May 2026, 10:00 in Toronto. A reason is the attribute of the one rule that
fails, or the gate that stops.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from relance.dealers.models import Dealer
from relance.facts.models import Recall
from tests.builders import (
    a_customer,
    a_dealer,
    a_repair_order,
    a_row,
    a_sale,
    a_staff_member,
    a_vehicle,
    an_appointment,
    deferred_work,
)

AT = datetime(2026, 5, 5, 14, tzinfo=UTC)
VIN = "JM3KFBCM1M0123456"
World = Callable[[Dealer], Any]


class Case(NamedTuple):
    """One entry: a world in which it speaks, and worlds in which it does not, by the reason."""

    hears: World
    silent: dict[str, World]
    numbers: dict[str, Any] = {}  # noqa: RUF012 never changed


def the_dealer() -> Dealer:
    """A dealer who has filled in what the library's texts ask for, with one person for every list."""
    dealer = a_dealer(
        review_links=["https://reviews.example/us"], feedback="https://dealer.example/feedback", owner="Robin Keeper"
    )
    a_staff_member(dealer, "S1", roles=("sales_manager", "renewals_director", "finance_manager", "salesperson"))
    return dealer


def somebody(dealer, **values):
    """A customer of many years."""
    return a_customer(dealer, **{"created_at": "2020-01-01T10:00", "kind": "customer", **values})


def by_post(dealer, **values):
    """Somebody without an e-mail address."""
    home = {"address": "12 Elm Street", "city": "Ottawa", "postal_code": "K1A 0A1"}
    return somebody(dealer, **{"email": None, "email_usable": None, **home, **values})


def order(customer, closed_at, **values):
    """A visit that is over."""
    return a_repair_order(customer, closed_at, **{"vehicle": a_vehicle(customer), **values})


def opened(customer, at, **values):
    """A vehicle that is in the shop."""
    return a_repair_order(customer, None, opened_at=at, **values)


def visit(customer, at="2026-05-19T09:00", **values):
    """An agreed visit."""
    return an_appointment(customer, at, **values)


def with_open_work(customer, **values):
    """A visit of 30 days ago after which something was left undone."""
    done = order(customer, "2026-04-05T16:00")
    deferred_work(done, **values)
    return done


def came_again(customer, closed_at):
    """An older visit of somebody who has been there since."""
    return and_came_again(order(customer, closed_at))


def and_came_again(old):
    """An older visit, and one of today."""
    order(old.customer, "2026-05-05T09:00")
    return old


def recalled(dealer, **values):
    """A vehicle with an open safety recall."""
    a_row(Recall, dealer, vin=VIN, campaign="R-77", title="Airbag")
    return a_vehicle(somebody(dealer, **values), vin=VIN)


def missed(customer, came_at=None, **values):
    """Yesterday's visit to which nobody came, unless he did."""
    if came_at:
        opened(customer, came_at)
    return an_appointment(customer, "2026-05-04T09:00", **values)


def due(dealer, day="2026-06-01", **values):
    """A vehicle whose next service is known."""
    return a_vehicle(somebody(dealer), next_service_on=day, **values)


def with_a_visit(vehicle):
    """The same, and a visit is agreed already."""
    an_appointment(vehicle.customer, "2026-05-20T09:00", vehicle=vehicle)
    return vehicle


def in_the_shop(vehicle):
    """The same, and it is in the shop."""
    opened(vehicle.customer, "2026-05-04T09:00", vehicle=vehicle)
    return vehicle


def serviced(vehicle, closed_at="2026-04-20T10:00"):
    """The same, and it was served since."""
    a_repair_order(vehicle.customer, closed_at, vehicle=vehicle)
    return vehicle


def bought(dealer, day, **values):
    """A delivered vehicle."""
    customer = somebody(dealer, **values.pop("customer", {}))
    return a_sale(customer, day, vehicle=a_vehicle(customer), **values)


def ordered(dealer, at, **values):
    """A vehicle that is ordered and not delivered."""
    return a_sale(somebody(dealer), values.pop("delivered_on", None), ordered_at=at, **values)


def booked(dealer, at="2026-05-08T09:00", **values):
    """A visit that was booked this morning."""
    return an_appointment(somebody(dealer), at, **{"created_at": "2026-05-05T09:30", **values})


def a_lease(dealer, **values):
    """A lease that ends in three months."""
    return a_sale(somebody(dealer), "2023-05-05", **{"deal": "lease", "term_end_on": "2026-08-05", **values})
