"""Turns a dealer's customers into a list to search, filter and take out as a file."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.exports.lists.cells import Cell, Column, Sheet
from relance.exports.lists.comma import csv_lines
from relance.exports.lists.workbook import xlsx_of
from relance.facts.models import Vehicle
from relance.web.desk.customers.search import FILTERS, found
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page

PLACE = "desk-customers"
NAMES = {
    "no_email": gettext_lazy("without e-mail"),
    "no_mobile": gettext_lazy("without mobile"),
    "do_not_mail": gettext_lazy("want no messages"),
    "visitors": gettext_lazy("visitors"),
}
COLUMNS = ("ref", "name", "email", "mobile", "phone", "address", "city", "region", "postal_code", "language")
MOST_IN_A_FILE = 100_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    if form not in ("csv", "xlsx"):
        raise Http404
    asked = desk.request.GET
    sheet = Sheet(_("Customers"), [Column(name, name) for name in COLUMNS], _rows(desk, asked))
    desk.note("export", "customers")
    headers = {"Content-Disposition": f'attachment; filename="{desk.dealer.slug}-customers.{form}"'}
    if form == "csv":
        return HttpResponse(b"".join(csv_lines(sheet)), content_type="text/csv; charset=utf-8", headers=headers)
    return HttpResponse(xlsx_of(sheet), content_type=EXCEL, headers=headers)


def _rows(desk: Desk, asked: dict[str, str]) -> Iterator[list[Cell]]:
    cursor: str | None = ""
    rows, number = desk.customers(), 0
    while cursor is not None and number < MOST_IN_A_FILE:
        part = found(desk.dealer, rows, asked.get("q", "")[:100], only=asked.get("only", ""), cursor=cursor)
        for one in part.customers:
            number += 1
            yield [getattr(one, name) for name in COLUMNS]
        cursor = part.next_cursor
