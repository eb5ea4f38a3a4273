"""Everything said or answered, as a fact that rules can ask about: the loop closes here, in data."""

from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, RowsOf
from relance.facts.models.people import Customer, Vehicle


class Touch(DealerRow):
    """A message handed over (sent), a reply (received), a survey answer (survey) or what came of a call (call)."""

    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    # sent | received | survey | call; of a message that was sent: delivered | failed | opened | clicked | complained
    kind = models.CharField(max_length=10)
    vehicle = models.ForeignKey(Vehicle, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    ref = models.CharField(max_length=64)  # the message's key, or the provider's id of an inbound one
    happened_at = models.DateTimeField()
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=254, null=True)
    code = models.CharField(max_length=24, null=True)  # the automation it belongs to
    text = models.TextField(null=True)
    text_folded = models.TextField(null=True)
    sentiment = models.CharField(max_length=10, null=True)
    score = models.IntegerField(null=True)
    department = models.CharField(max_length=20, null=True)

    objects: RowsOf["Touch"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "kind", "ref"], name="touch_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["customer", "kind", "happened_at"], name="touch_of_customer"),
            models.Index(fields=["dealer", "kind", "happened_at"], name="touch_happened"),
            models.Index(fields=["dealer", "address", "happened_at"], name="touch_of_address"),
        ]
