"""The consent ledger, which is only ever appended to, and the addresses that a provider told us not to use."""

from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, RowsOf
from relance.facts.models.people import Customer


class ConsentEntry(DealerRow):
    """One change of consent: who, what, when, how, with which proof. The state on a day is read from all of them."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=10)  # any | sms | email | postcard | letter | phone
    purpose = models.CharField(max_length=10)  # any | service | marketing
    status = models.CharField(max_length=10)  # granted | implied | withdrawn
    at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=200, null=True)
    proof = models.TextField(null=True)
    by = models.CharField(max_length=10, default="feed")  # feed | person | staff: only the person undoes the person's
    words = models.TextField(null=True)  # the words shown or said
    recorded_at = models.DateTimeField()

    objects: RowsOf["ConsentEntry"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["dealer", "customer", "channel", "purpose", "status", "at", "by"], name="consent_once"
            )
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["customer", "at"], name="consent_of_customer")]


class Suppression(DealerRow):
    """An address that must not be used: a hard bounce, a complaint, a number that is no mobile."""

    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=254)  # as compared: E.164, or the folded e-mail address
    reason = models.CharField(max_length=40)
    at = models.DateTimeField()

    objects: RowsOf["Suppression"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "channel", "address"], name="suppression_once")
        ]
