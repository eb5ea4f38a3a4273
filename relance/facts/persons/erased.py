"""Turns ids and addresses of a person who is to be forgotten into keyed hashes, and recognises them in later feeds.

The key is the server's secret, which is in no database and no backup: without it a hash tells nothing, not even to
somebody who tries all telephone numbers.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from relance.dealers.models import Dealer
from relance.facts.consent import Entry, record
from relance.facts.models import Erased
from relance.lib.signing import keyed_hash

ADDRESSES = {"email": "email_folded", "mobile": "mobile", "phone": "phone"}  # what: the column as compared
SOURCE = "erased before"
Mark = tuple[str, str]  # what it is, and the id or address


class Forgotten:
    """The ids and addresses of a dealer that nobody is to be known by."""

    def __init__(self, dealer: Dealer) -> None:
        self._dealer = dealer
        self._digests = set(Erased.objects.of(dealer).values_list("what", "digest"))

    def __bool__(self) -> bool:
        return bool(self._digests)

    def among(self, what: str, values: Iterable[str]) -> set[str]:
        """Those of the ids, or addresses, that are to be forgotten."""
        if not self._digests:
            return set()
        return {value for value in values if (what, _digest(self._dealer, what, value)) in self._digests}

    def has_address_of(self, row: dict[str, Any]) -> bool:
        """Whether a customer's row has an address that somebody had erased."""
        return any(row.get(column) and self.among(what, [row[column]]) for what, column in ADDRESSES.items())


def remember(dealer: Dealer, marks: Iterable[Mark], *, at: datetime) -> None:
    """Keep the marks, as hashes."""
    rows = [Erased(dealer=dealer, what=what, digest=_digest(dealer, what, value), at=at) for what, value in marks]
    Erased.objects.of(dealer).bulk_create(rows, ignore_conflicts=True)


def refuse(dealer: Dealer, customer_ids: list[int], *, at: datetime) -> None:
    """Customers who come back under another id are not spoken to: only their own word opens a channel again."""
    entry = Entry(channel="any", purpose="any", status="withdrawn", at=at, by="person", source=SOURCE)
    record(dealer, customer_ids, entry, recorded_at=at)


def _digest(dealer: Dealer, what: str, value: str) -> str:
    return keyed_hash(f"{dealer.pk} {what} {value}", purpose="erased", secret=settings.SECRET_KEY)
