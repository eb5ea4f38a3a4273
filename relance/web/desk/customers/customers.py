"""Turns a dealer's customers into a list to search, filter and take out as a file."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.exports.lists.cells import Column, Sheet
from relance.facts.models import Vehicle
from relance.web.desk.customers.search import FILTERS, fitting, found
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.taken import sheet_file

PLACE = "desk-customers"
NAMES = {
    "no_email": gettext_lazy("without e-mail"),
    "no_mobile": gettext_lazy("without mobile"),
    "do_not_mail": gettext_lazy("want no messages"),
    "visitors": gettext_lazy("visitors"),
}
COLUMNS = ("ref", "name", "email", "mobile", "phone", "address", "city", "region", "postal_code", "language")


@desk_page()
def customers(desk: Desk) -> HttpResponse:
    """By name, fifty at a time."""
    asked = desk.request.GET
    words, only = asked.get("q", "")[:100], asked.get("only", "")
    shown = found(desk.dealer, desk.customers(), words, only=only, cursor=asked.get("cursor", ""))
    vehicles = Vehicle.objects.of(desk.dealer).filter(customer__in=[one.pk for one in shown.customers])
    by_customer: dict[int, list[Vehicle]] = {}
    for vehicle in vehicles.exclude(status__in=("sold", "scrapped")).order_by("-last_seen_at", "pk"):
        by_customer.setdefault(vehicle.customer_id, []).append(vehicle)
    values = {
        "people": [(one, by_customer.get(one.pk, [])) for one in shown.customers],
        "next_cursor": shown.next_cursor,
        "search": words,
        "only": only if only in FILTERS else "",
        "filters": NAMES.items(),
        "may_export": desk.may("export"),
    }
    template = (
        "desk/customers/_rows.html" if desk.is_fragment and "cursor" in asked else "desk/customers/customers.html"
    )
    return show(desk, template, values, place=PLACE)


@desk_page("export")
def customers_file(desk: Desk, form: str) -> HttpResponse:
    """The customers that fit, as CSV or as an Excel workbook."""
    asked = desk.request.GET
    rows = fitting(desk.dealer, desk.customers(), asked.get("q", "")[:100], only=asked.get("only", ""))
    taken = rows.order_by("name_folded", "pk").values_list(*COLUMNS).iterator(chunk_size=2_000)
    sheet = Sheet(_("Customers"), [Column(name, name) for name in COLUMNS], taken)
    answer = sheet_file(sheet, f"{desk.dealer.slug}-customers", form)
    desk.note("export", "customers")
    return answer
