"""Turns a dealer into the query set of that dealer's rows; there is no other way to a row.

`Customer.objects.of(dealer)` works, `Customer.objects.all()` raises `UnscopedQuery`. `across_dealers(reason)` is the
door of the clockwork and of the sign-in, where no dealer is known yet: every use says why.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

if TYPE_CHECKING:
    from relance.dealers.models import Dealer

Row = TypeVar("Row", bound=models.Model, covariant=True)


class UnscopedQuery(RuntimeError):
    """Somebody asked for rows without saying whose: a programming error, never a user's."""


class RowsOf(models.Manager[Row]):
    """The manager of every row that belongs to a dealer."""

    def get_queryset(self) -> models.QuerySet[Row]:
        raise UnscopedQuery(f"{self.model.__name__}: say whose rows, .objects.of(dealer)")

    def of(self, dealer: "Dealer") -> models.QuerySet[Row]:
        """The rows of one dealer."""
        return models.QuerySet(self.model, using=self._db).filter(dealer_id=dealer.pk)

    def across_dealers(self, reason: str) -> models.QuerySet[Row]:
        """The rows of every dealer; `reason` is there for the reader."""
        if not reason:
            raise UnscopedQuery("across_dealers needs a reason")
        return models.QuerySet(self.model, using=self._db)

    def create(self, **values: Any) -> Row:
        """A new row; it must name its dealer."""
        if "dealer" not in values and "dealer_id" not in values:
            raise UnscopedQuery(f"a new {self.model.__name__} needs its dealer")
        row: Row = self.model(**values)
        row.save(using=self._db, force_insert=True)
        return row


class DealerRow(models.Model):
    """A row that belongs to one dealer. Indexes begin with the dealer, the sharding key."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.CASCADE, related_name="+", db_index=False)

    objects: RowsOf["DealerRow"] = RowsOf()

    class Meta:
        abstract = True


class ReferenceField(models.CharField):  # type: ignore[type-arg]
    """An id of the business system: text that every database orders by code point ("the greater id, as text")."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters
