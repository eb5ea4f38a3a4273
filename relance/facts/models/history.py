"""What happened and what is agreed: appointments, repair orders, deferred work, sales.

Every record carries customer and vehicle, so that a history is one indexed look-up.
"""

from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, ReferenceField, RowsOf
from relance.facts.models.people import Customer, Vehicle

# Few rows: what proposes a visit, and what was proposed (facts/proposed.py asks for every touched vehicle).
PROPOSING = models.Q(next_visit_on__isnull=False)
PROPOSED = models.Q(proposed_by__isnull=False)


class Record(DealerRow):
    """What every record of a history has."""

    ref = ReferenceField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    vehicle = models.ForeignKey(Vehicle, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=32, default="")

    class Meta:
        abstract = True


class Appointment(Record):
    """A visit that is agreed; `next-…` ones were agreed on a repair order (next_visit_on)."""

    advisor = models.CharField(max_length=64, null=True)
    advisor_folded = models.CharField(max_length=64, null=True)
    created_at = models.DateTimeField(null=True)
    start_at = models.DateTimeField()
    status = models.CharField(max_length=12, null=True)  # canonical, NULL when neither map nor words know the code
    raw_status = models.CharField(max_length=60, null=True)
    raw_status_folded = models.CharField(max_length=60, null=True)
    requested_work = models.TextField(null=True)
    requested_work_folded = models.TextField(null=True)
    proposed_by = models.ForeignKey(
        "facts.RepairOrder", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    meta = models.JSONField(default=dict)
    meta_folded = models.JSONField(default=dict)

    objects: RowsOf["Appointment"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "ref"], name="appointment_once")]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer", "start_at"], name="appointment_start"),
            models.Index(fields=["dealer", "created_at"], name="appointment_created"),
            models.Index(fields=["customer", "start_at"], name="appointment_of_customer"),
            models.Index(fields=["vehicle", "start_at"], name="appointment_of_vehicle"),
            models.Index(fields=["vehicle"], name="appointment_proposed", condition=PROPOSED),
        ]


class RepairOrder(Record):
    """A repair order: open, ready or closed."""

    reference = models.CharField(max_length=64, null=True)
    reference_folded = models.CharField(max_length=64, null=True)
    advisor = models.CharField(max_length=64, null=True)
    advisor_folded = models.CharField(max_length=64, null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    raw_status = models.CharField(max_length=60, null=True)
    raw_status_folded = models.CharField(max_length=60, null=True)
    state = models.CharField(max_length=6)  # open | ready | closed
    odometer = models.DecimalField(max_digits=12, decimal_places=1, null=True)
    customer_sale = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    warranty_sale = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    internal_sale = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    billing = models.CharField(max_length=8, null=True)  # customer | warranty | internal: the first above zero
    packages = models.JSONField(null=True)  # list of titles
    packages_folded = models.TextField(null=True)  # "\noil change\nbrakes\n"
    next_visit_on = models.DateField(null=True)
    meta = models.JSONField(default=dict)
    meta_folded = models.JSONField(default=dict)

    objects: RowsOf["RepairOrder"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "ref"], name="repair_order_once")]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer", "opened_at"], name="repair_order_opened"),
            models.Index(fields=["dealer", "closed_at"], name="repair_order_closed"),
            models.Index(fields=["dealer", "state", "opened_at"], name="repair_order_state"),
            models.Index(fields=["customer", "closed_at"], name="repair_order_of_c_closed"),
            models.Index(fields=["customer", "opened_at"], name="repair_order_of_c_opened"),
            models.Index(fields=["vehicle", "closed_at"], name="repair_order_of_v_closed"),
            models.Index(fields=["vehicle", "opened_at"], name="repair_order_of_v_opened"),
            models.Index(fields=["vehicle"], name="repair_order_proposing", condition=PROPOSING),
        ]


class DeferredWork(Record):
    """Work that was recommended on a repair order and not done."""

    repair_order = models.ForeignKey(RepairOrder, on_delete=models.CASCADE, related_name="+", db_index=False)
    description = models.CharField(max_length=300)
    description_folded = models.CharField(max_length=300)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    status = models.CharField(max_length=10, null=True)
    recommended_at = models.DateTimeField()  # its order's closing, else its opening; kept in step by absorb

    objects: RowsOf["DeferredWork"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "ref"], name="deferred_once")]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer", "recommended_at"], name="deferred_recommended"),
            models.Index(fields=["repair_order"], name="deferred_of_order"),
            models.Index(fields=["customer", "recommended_at"], name="deferred_of_customer"),
            models.Index(fields=["vehicle", "recommended_at"], name="deferred_of_vehicle"),
        ]


class Sale(Record):
    """An order, and the delivery when there was one."""

    salesperson = models.CharField(max_length=64, null=True)
    salesperson_folded = models.CharField(max_length=64, null=True)
    finance_manager = models.CharField(max_length=64, null=True)
    sales_manager = models.CharField(max_length=64, null=True)
    ordered_at = models.DateTimeField(null=True)
    expected_delivery_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    condition = models.CharField(max_length=10, null=True)
    deal = models.CharField(max_length=10, null=True)
    term_end_on = models.DateField(null=True)
    make = models.CharField(max_length=60, null=True)
    make_folded = models.CharField(max_length=60, null=True)
    model = models.CharField(max_length=80, null=True)
    model_folded = models.CharField(max_length=80, null=True)

    objects: RowsOf["Sale"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "ref"], name="sale_once")]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer", "ordered_at"], name="sale_ordered"),
            models.Index(fields=["dealer", "salesperson_folded"], name="sale_salesperson"),
            models.Index(fields=["dealer", "delivered_on"], name="sale_delivered"),
            models.Index(fields=["dealer", "term_end_on"], name="sale_term_end"),
            models.Index(fields=["customer", "ordered_at"], name="sale_of_c_ordered"),
            models.Index(fields=["customer", "delivered_on"], name="sale_of_c_delivered"),
            models.Index(fields=["vehicle", "ordered_at"], name="sale_of_v_ordered"),
            models.Index(fields=["vehicle", "delivered_on"], name="sale_of_v_delivered"),
        ]
