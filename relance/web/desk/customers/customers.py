"""Turns a dealer's customers into a list to search, filter, sort and take out as a file."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from relance.facts.models import Customer, Vehicle
from relance.web.desk.customers.search import FILTERS, fitting
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.lists.listing import Column, Listing
from relance.web.lists.order import Key
from relance.web.lists.table import Table, in_order

PLACE = "desk-customers"
NAMES = {
    "no_email": _("without e-mail"),
    "no_mobile": _("without mobile"),
    "do_not_mail": _("want no messages"),
    "visitors": _("visitors"),
}


UNREAD = ("as_typed", "meta", "meta_folded")  # texts that are taken apart for every row, and shown nowhere here


def _fitting(desk: Desk) -> QuerySet[Customer]:
    asked = desk.request.GET
    return fitting(desk.dealer, desk.customers(), asked.get("q", "")[:100], only=asked.get("only", ""))


def _is_no_search(desk: Desk) -> bool:
    """Whoever is searched for is found by the index on names: in any other order everybody would be read."""
    return not desk.request.GET.get("q", "").strip()


def _whole(desk: Desk, keys: Sequence[int]) -> list[Customer]:
    return in_order(Customer.objects.of(desk.dealer).defer(*UNREAD), keys)


def _columns(_desk: Desk) -> list[Column[Customer]]:
    return [
        Column("ref", _("Id"), lambda one: one.ref),
        Column("name", _("Name"), lambda one: one.name),
        Column("email", _("E-mail"), lambda one: one.email),
        Column("mobile", _("Mobile"), lambda one: one.mobile),
        Column("phone", _("Telephone"), lambda one: one.phone),
        Column("address", _("Address"), lambda one: one.address),
        Column("city", _("City"), lambda one: one.city),
        Column("region", _("Region"), lambda one: one.region),
        Column("postal_code", _("Postal code"), lambda one: one.postal_code),
        Column("language", _("Language"), lambda one: one.language),
        Column("created_at", _("Customer since"), lambda one: one.created_at),
    ]


CUSTOMERS = Listing(
    name="customers",
    place=PLACE,
    title=_("Customers"),
    source=Table(
        keys=(
            Key("name", _("Name"), ("name_folded", "pk"), may_lack=True),
            Key("since", _("Customer since"), ("created_at", "pk"), down=True, may_lack=True, offered=_is_no_search),
        ),
        rows=_fitting,
        whole=_whole,
    ),
    columns=_columns,
)


@desk_page()
def customers(desk: Desk) -> HttpResponse:
    """Fifty at a time."""
    asked = desk.request.GET
    page = CUSTOMERS.page(desk)
    vehicles = Vehicle.objects.of(desk.dealer).filter(customer__in=[one.pk for one in page.rows])
    by_customer: dict[int, list[Vehicle]] = {}
    for vehicle in vehicles.exclude(status__in=("sold", "scrapped")).order_by("-last_seen_at", "pk"):
        by_customer.setdefault(vehicle.customer_id, []).append(vehicle)
    only = asked.get("only", "")
    values: dict[str, Any] = {
        "people": [(one, by_customer.get(one.pk, [])) for one in page.rows],
        "head": page.head,
        "search": asked.get("q", "")[:100],
        "only": only if only in FILTERS else "",
        "filters": NAMES.items(),
    }
    is_more = desk.is_fragment and "cursor" in asked
    template = "desk/customers/_rows.html" if is_more else "desk/customers/customers.html"
    return show(desk, template, values, place=PLACE)
