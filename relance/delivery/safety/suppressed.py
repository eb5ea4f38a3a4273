"""Turns addresses that are not used any more into what people see of them, and one that is good again into a used one.

What a reader said himself (a complaint, a STOP that only the carrier has) nobody takes back for him (decision 213).
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from relance.dealers.models import Dealer
from relance.facts.models import ConsentEntry, Customer, Suppression
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.outbox.forecast import KEPT

HIS_OWN = frozenset({"complaint", "opted_out"})
LONGEST = 300


def suppressed_of(dealer: Dealer, search: str = "") -> QuerySet[Suppression]:
    """The addresses that are not used; those that begin with what is searched for."""
    rows = Suppression.objects.of(dealer)
    return rows.filter(address__startswith=fold(search)) if search else rows


def owners_of(dealer: Dealer, rows: Iterable[Suppression]) -> dict[int, list[Customer]]:
    """Who has each of these addresses today, by the row's key."""
    listed = list(rows)
    addresses = {row.address for row in listed}
    has = Q(email_folded__in=addresses) | Q(mobile__in=addresses) | Q(phone__in=addresses)
    people = list(Customer.objects.of(dealer).filter(has).order_by("pk")) if listed else []
    return {
        row.pk: [one for one in people if row.address in (one.email_folded, one.mobile, one.phone)] for row in listed
    }


def may_be_lifted(dealer: Dealer, row: Suppression) -> bool:
    """Whether a person may take it back: always, but for what the reader said himself and has not agreed to since."""
    if row.reason not in HIS_OWN:
        return True
    people = [one.pk for one in owners_of(dealer, [row])[row.pk]]
    agreed = ConsentEntry.objects.of(dealer).filter(status="granted", by="person", at__gt=row.at)
    agreed = agreed.filter(channel__in=("any", row.channel)).filter(Q(customer__in=people) | Q(address=row.address))
    return agreed.exists()


def lift(dealer: Dealer, row: Suppression, *, why: str) -> None:
    """Use the address again; BadInput without a reason, and where only the reader himself may say so."""
    if not why.strip():
        raise BadInput(gettext("Say why the address is good again."))
    if not may_be_lifted(dealer, row):
        told = gettext(
            "Only the customer can undo this: record what he signed, or let him write START or use his own page."
        )
        raise BadInput(told)
    row.delete()
    KEPT.forget(dealer.pk)
