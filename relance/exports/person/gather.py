"""Turns a customer into everything that is kept of him: rows of every table that leads to him, by its foreign keys.

A vehicle that changed hands leads to other people's visits: those are not his.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from relance.dealers.models import Dealer
from relance.facts.models import ConsentEntry, Customer, Recall, Suppression, Touch, Vehicle
from relance.facts.persons.erased import ADDRESSES
from relance.facts.persons.merge import pointing, snapshot
from relance.lib.moments import iso
from relance.replies.models import Inbound

Model = type[models.Model]
AT_ONCE = 500


def everything_of(dealer: Dealer, customer: Customer) -> dict[Model, list[models.Model]]:
    """Every row that is his, by table."""
    keys: defaultdict[Model, set[int]] = defaultdict(set, {Customer: {customer.pk}})
    coming: list[tuple[Model, set[int]]] = [(Customer, {customer.pk})]
    while coming:
        to, of_these = coming.pop()
        if to is Vehicle:
            continue
        for model, name in pointing(to):
            found = set(_keys(dealer, model, name, sorted(of_these))) - keys[model]
            if found:
                keys[model] |= found
                coming.append((model, found))
    rows = {model: list(model._base_manager.filter(pk__in=sorted(found))) for model, found in keys.items() if found}
    for row in _by_what_they_say(dealer, customer, rows.get(Vehicle, [])):
        rows.setdefault(type(row), []).append(row)
    return rows


def _by_what_they_say(dealer: Dealer, customer: Customer, vehicles: list[Any]) -> Iterator[models.Model]:
    """Rows that lead to him by an address or a VIN."""
    addresses = addresses_of(customer)
    numbers = [vehicle.vin_folded for vehicle in vehicles if vehicle.vin_folded]
    yield from Recall.objects.of(dealer).filter(vin_folded__in=numbers)
    yield from Suppression.objects.of(dealer).filter(address__in=addresses)
    yield from Touch.objects.of(dealer).filter(customer=None, address__in=addresses)
    yield from ConsentEntry.objects.of(dealer).filter(customer=None, address__in=addresses)
    yield from Inbound.objects.of(dealer).filter(sender__in=addresses)


def _keys(dealer: Dealer, model: Model, name: str, of_these: list[int]) -> Iterator[int]:
    for first in range(0, len(of_these), AT_ONCE):
        some = {f"{name}__in": of_these[first : first + AT_ONCE]}
        yield from model._base_manager.filter(dealer_id=dealer.pk, **some).values_list("pk", flat=True)


def addresses_of(customer: Customer) -> list[str]:
    """The addresses that are his alone, as compared: what was said for one that others have too is theirs."""
    own = [(column, address) for column in ADDRESSES.values() if (address := getattr(customer, column))]
    others = Customer.objects.of(customer.dealer).exclude(pk=customer.pk)
    return [address for column, address in own if not others.filter(**{column: address}).exists()]


def as_json(dealer: Dealer, customer: Customer, *, at: datetime) -> str:
    """Everything as one text that a person can read and a program too."""
    tables = {model._meta.label: list(map(snapshot, rows)) for model, rows in everything_of(dealer, customer).items()}
    said = {"dealer": dealer.name, "customer": customer.ref, "at": iso(at, dealer.zone), "kept": tables}
    return json.dumps(said, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)
