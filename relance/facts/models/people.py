"""Customers and vehicles as rows.

Empty is NULL: unknown, never zero and never an empty text. A `…_folded` column is the same text as rules compare it
(lib/fold). `digest` marks the feed row last taken in, so that the same row again costs nothing.
"""

from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, ReferenceField, RowsOf


class Customer(DealerRow):
    """A person or company, as the business system knows it."""

    ref = ReferenceField()
    first_name = models.CharField(max_length=200, null=True)
    first_name_folded = models.CharField(max_length=200, null=True)
    last_name = models.CharField(max_length=200, null=True)
    last_name_folded = models.CharField(max_length=200, null=True)
    company = models.CharField(max_length=200, null=True)
    company_folded = models.CharField(max_length=200, null=True)
    mailing_name = models.CharField(max_length=200, null=True)
    name = models.CharField(max_length=400, null=True)  # derived: mailing name, else first and last, else company
    name_folded = models.CharField(max_length=400, null=True)
    as_typed = models.JSONField(default=dict)  # the original of every name, phone and address that was tidied
    language = models.CharField(max_length=8, null=True)
    email = models.CharField(max_length=254, null=True)
    email_folded = models.CharField(max_length=254, null=True)
    email_usable = models.BooleanField(null=True)  # NULL when there is none
    mobile = models.CharField(max_length=40, null=True)
    mobile_usable = models.BooleanField(null=True)
    mobile_zones = models.CharField(max_length=400, null=True)  # time zone names of the number, space-separated
    phone = models.CharField(max_length=40, null=True)
    phone_usable = models.BooleanField(null=True)
    phone_zones = models.CharField(max_length=400, null=True)
    address = models.CharField(max_length=300, null=True)
    city = models.CharField(max_length=120, null=True)
    city_folded = models.CharField(max_length=120, null=True)
    region = models.CharField(max_length=60, null=True)
    region_folded = models.CharField(max_length=60, null=True)
    postal_code = models.CharField(max_length=20, null=True)
    postal_code_folded = models.CharField(max_length=20, null=True)
    country = models.CharField(max_length=60, null=True)
    birth_date = models.DateField(null=True)
    kind = models.CharField(max_length=12, null=True)
    preferred_channel = models.CharField(max_length=12, null=True)
    do_not_mail = models.BooleanField(null=True)
    status = models.CharField(max_length=12, null=True)
    salesperson = models.CharField(max_length=64, null=True)
    salesperson_folded = models.CharField(max_length=64, null=True)
    created_at = models.DateTimeField(null=True)
    meta = models.JSONField(default=dict)  # {name without meta_: text}
    meta_folded = models.JSONField(default=dict)
    digest = models.CharField(max_length=32, default="")

    objects: RowsOf["Customer"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "ref"], name="customer_once")]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer"], name="customer_of_dealer"),  # everybody, as they lie
            models.Index(fields=["dealer", "birth_date"], name="customer_birth"),
            models.Index(fields=["dealer", "created_at"], name="customer_created"),
            models.Index(fields=["dealer", "mobile"], name="customer_mobile"),
            models.Index(fields=["dealer", "phone"], name="customer_phone"),
            models.Index(fields=["dealer", "email_folded"], name="customer_email"),
            models.Index(fields=["dealer", "name_folded"], name="customer_name"),
            models.Index(fields=["dealer", "salesperson_folded"], name="customer_salesperson"),
        ]


class Vehicle(DealerRow):
    """A car, truck, motorcycle, RV or golf cart, with what is derived for it at import."""

    ref = ReferenceField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    vin = models.CharField(max_length=40, null=True)
    vin_folded = models.CharField(max_length=40, null=True)
    vin_usable = models.BooleanField(null=True)
    plate = models.CharField(max_length=20, null=True)
    plate_folded = models.CharField(max_length=20, null=True)
    plate_region = models.CharField(max_length=20, null=True)
    plate_region_folded = models.CharField(max_length=20, null=True)
    year = models.IntegerField(null=True)
    make = models.CharField(max_length=60, null=True)
    make_folded = models.CharField(max_length=60, null=True)
    model = models.CharField(max_length=80, null=True)
    model_folded = models.CharField(max_length=80, null=True)
    sub_model = models.CharField(max_length=80, null=True)
    sub_model_folded = models.CharField(max_length=80, null=True)
    engine = models.CharField(max_length=80, null=True)
    engine_folded = models.CharField(max_length=80, null=True)
    decoded = models.JSONField(default=list)  # the names of the columns that the VIN filled, not the feed
    vin_waits = models.BooleanField(null=True)  # True: the VIN is still to be asked for what the feed left empty
    kind = models.CharField(max_length=12, null=True)
    odometer = models.DecimalField(max_digits=12, decimal_places=1, null=True)
    odometer_unit = models.CharField(max_length=6, null=True)
    odometer_on = models.DateField(null=True)
    in_service_on = models.DateField(null=True)
    warranty_end_on = models.DateField(null=True)
    warranty_end_odometer = models.DecimalField(max_digits=12, decimal_places=1, null=True)
    extended_warranty_end_on = models.DateField(null=True)
    accessories = models.JSONField(null=True)  # list of codes
    accessories_folded = models.CharField(max_length=400, null=True)  # ";tow;roof;"
    status = models.CharField(max_length=10, null=True)
    meta = models.JSONField(default=dict)
    meta_folded = models.JSONField(default=dict)
    digest = models.CharField(max_length=32, default="")
    # Derived (facts/odometer.py, facts/next_service.py). Odometer on day D, with n = days from 1970-01-01 to D:
    # odometer_start + odometer_per_day * n, never below odometer_last.
    odometer_last = models.FloatField(null=True)
    odometer_start = models.FloatField(null=True)
    odometer_per_day = models.FloatField(null=True)
    next_service_on = models.DateField(null=True)
    next_service_odometer = models.FloatField(null=True)
    next_service_operations = models.JSONField(default=list)  # codes of the operations due then
    last_seen_at = models.DateTimeField(null=True)  # the latest RO, appointment or sale of this vehicle

    objects: RowsOf["Vehicle"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "ref"], name="vehicle_once")]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["customer"], name="vehicle_customer"),
            models.Index(fields=["dealer", "warranty_end_on"], name="vehicle_warranty"),
            models.Index(fields=["dealer", "extended_warranty_end_on"], name="vehicle_ext_warranty"),
            models.Index(fields=["dealer", "next_service_on"], name="vehicle_next_service"),
            models.Index(fields=["dealer", "in_service_on"], name="vehicle_in_service"),
            models.Index(fields=["dealer", "vin_folded"], name="vehicle_vin"),
            models.Index(fields=["dealer", "plate_folded"], name="vehicle_plate"),
            models.Index(fields=["dealer"], name="vehicle_vin_waits", condition=models.Q(vin_waits__isnull=False)),
        ]


class Recall(DealerRow):
    """A safety recall of one VIN, open until a repair order's package names the campaign."""

    vin = models.CharField(max_length=40)
    vin_folded = models.CharField(max_length=40)
    campaign = models.CharField(max_length=64)
    campaign_folded = models.CharField(max_length=64)
    title = models.CharField(max_length=300, null=True)
    announced_on = models.DateField(null=True)
    digest = models.CharField(max_length=32, default="")

    objects: RowsOf["Recall"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "vin_folded", "campaign_folded"], name="recall_once")
        ]


class MaintenanceSchedule(DealerRow):
    """A dealer's own maintenance schedule, which goes before the shipped ones (docs/facts.md)."""

    code = models.CharField(max_length=60)
    definition = models.JSONField()
    taken_back_at = models.DateTimeField(null=True)  # no vehicle follows it; it can be brought back
    waits_since = models.DateTimeField(null=True)  # its last change, until every next service has followed it

    objects: RowsOf["MaintenanceSchedule"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "code"], name="schedule_once")]
