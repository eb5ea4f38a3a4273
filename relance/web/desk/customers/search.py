"""Turns a few typed words into the customers they may mean: by name, telephone, e-mail, id, plate or VIN."""

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from relance.dealers.models import Dealer
from relance.facts.models import Customer, Merge, Vehicle
from relance.lib.addresses import read_phone
from relance.lib.fold import fold

MOST_BY_KEY = 200
LEAST_DIGITS = 4
LAST = "\U0010ffff"  # behind every sign
FILTERS = {
    "no_email": Q(email_usable=None) | Q(email_usable=False),
    "no_mobile": Q(mobile_usable=None) | Q(mobile_usable=False),
    "do_not_mail": Q(do_not_mail=True),
    "visitors": Q(kind="visitor"),
}


def fitting(dealer: Dealer, rows: QuerySet[Customer], words: str, *, only: str = "") -> QuerySet[Customer]:
    """Those of `rows` that fit the words and the filter."""
    if words.strip():
        rows = rows.filter(_fits(dealer, words.strip()))
    return rows.filter(FILTERS[only]) if only in FILTERS else rows


def _fits(dealer: Dealer, words: str) -> Q:
    """A word of the name begins so; or one of the keys, each of which has an index and is asked on its own."""
    folded = fold(words)
    customers, vehicles = Customer.objects.of(dealer), Vehicle.objects.of(dealer)
    merged = Merge.objects.of(dealer).filter(gone_ref=words).order_by().values_list("kept_id", flat=True)
    keys: list[QuerySet[Any, Any]] = [customers.filter(ref=words).order_by().values_list("pk", flat=True).union(merged)]
    if "@" in words:
        keys.append(customers.filter(_begins("email_folded", folded)).values_list("pk", flat=True))
    digits = "".join(sign for sign in words if sign.isdigit())
    if len(digits) >= LEAST_DIGITS and not any(sign.isalpha() for sign in words):
        number = read_phone(words, dealer.country).text
        keys += [customers.filter(**{kind: number}).values_list("pk", flat=True) for kind in ("mobile", "phone")]
    if len(folded) >= LEAST_DIGITS - 1:
        plates = Q(plate_folded__in=(folded, folded.replace(" ", "")))
        for its in (plates, _begins("vin_folded", folded)):
            keys.append(vehicles.filter(its).values_list("customer_id", flat=True))
    by_key = {pk for each in keys for pk in each[:MOST_BY_KEY]}
    return _begins("name_folded", folded) | Q(name_folded__contains=f" {folded}") | Q(pk__in=by_key)


def _begins(field: str, text: str) -> Q:
    """Whether a folded text begins so, as a range: SQLite reads a whole index for LIKE. PostgreSQL does not."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text, f"{field}__lt": f"{text}{LAST}"})
