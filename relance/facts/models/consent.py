"""The consent ledger, which is only ever appended to, and the addresses that a provider told us not to use."""

from typing import Any, ClassVar, NoReturn

from django.db import models

from relance.dealers.access import DealerRow, RowsOf
from relance.facts.models.people import Customer


class OnlyAppended(RuntimeError):
    """Somebody wanted to change or take back an entry of the ledger: say the opposite in a new one."""


class ConsentEntry(DealerRow):
    """One change of consent: who, what, when, how, with which proof. The state on a day is read from all of them.

    It speaks for a customer, or (without one) for whoever has an address: a STOP holds for the number. The database
    itself refuses to change an entry (migration 0006); it goes only with the person who is erased.
    """

    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    address = models.CharField(max_length=254, null=True)  # as compared: E.164, or the folded e-mail address
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
            ),
            models.UniqueConstraint(
                fields=["dealer", "address", "channel", "purpose", "status", "at", "by"],
                condition=models.Q(customer=None),
                name="consent_of_address_once",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["customer", "at"], name="consent_of_customer"),
            models.Index(fields=["dealer", "address"], name="consent_of_address", condition=models.Q(customer=None)),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only ever a new one."""
        if not self._state.adding:
            raise OnlyAppended("an entry of the consent ledger is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise OnlyAppended("an entry of the consent ledger is never taken back")


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
        indexes: ClassVar[list[Any]] = [models.Index(fields=["dealer", "at"], name="suppression_since")]
