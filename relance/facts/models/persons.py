"""What people decided about customers: these two are one, these two are not, this one is to be forgotten."""

from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, ReferenceField, RowsOf
from relance.facts.models.people import Customer


class Merge(DealerRow):
    """A customer who is another one: his id still leads to the one that was kept."""

    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    gone_ref = ReferenceField()
    digest = models.CharField(max_length=32, default="")  # of the gone one's feed row, so that it counts as unchanged
    gone = models.JSONField()  # his row as it was
    moved = models.JSONField(default=dict)  # how many rows of each table went over
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    objects: RowsOf["Merge"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "gone_ref"], name="merge_once")]


class Erased(DealerRow):
    """What would bring back a person who is to be forgotten, as a keyed hash: an id of his, an address of his."""

    what = models.CharField(max_length=16)  # customers | vehicles | repair_orders | email | mobile | phone
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects: RowsOf["Erased"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "what", "digest"], name="erased_once")
        ]


class Apart(DealerRow):
    """Two customers who look like one and are not: they are not offered again. `first` has the smaller key."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    objects: RowsOf["Apart"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "first", "second"], name="apart_once")
        ]
