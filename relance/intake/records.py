"""The record files of a feed, one table: file, columns, type of each, which are required, where ids lead.

To add a column: one line here, one line in facts/applying/shapes.py.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

ANY_ROLE = (
    "salesperson",
    "advisor",
    "service_advisor",
    "finance_manager",
    "sales_manager",
    "renewals_director",
    "service_manager",
    "general_manager",
    "crm_manager",
)
CHANNELS = ("sms", "email", "postcard", "letter", "phone")


@dataclass(frozen=True)
class Column:
    """One column: its type (intake/cells.py), whether it must be there, and the file that its id leads to."""

    name: str
    kind: str = "text"
    required: bool = False
    to: str | None = None
    longest: int = 200
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """One file: its columns, the columns that make its key, and whether it takes meta_ columns."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    meta: bool = False

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.csv"

    def column(self, name: str) -> Column | None:
        """The column of this name, if the record has it."""
        return next((column for column in self.columns if column.name == name), None)


def _id(name: str = "id") -> Column:
    return Column(name, "ref", required=True, longest=64)


def _to(name: str, to: str, *, required: bool = False) -> Column:
    return Column(name, "ref", required=required, to=to, longest=64)


def _text(name: str, longest: int = 200, *, required: bool = False) -> Column:
    return Column(name, "text", required=required, longest=longest)


def _list(name: str, longest: int, words: tuple[str, ...] = ()) -> Column:
    return Column(name, "list", longest=longest, words=words)


def _one_of(name: str, *words: str, required: bool = False) -> Column:
    return Column(name, "choice", required=required, words=words)


# In this order, so that what an id leads to has been read before; the files of a feed may come in any order.
RECORDS = (
    Record(
        "staff",
        ("reference",),
        (
            _id("reference"),
            _text("name", required=True),
            _list("role", 300, ANY_ROLE),
            _text("email", 254),
            _text("mobile", 32),
            _text("language", 60),
        ),
    ),
    Record(
        "customers",
        ("id",),
        (
            _id(),
            _text("first_name"),
            _text("last_name"),
            _text("company"),
            _text("mailing_name"),
            _text("language", 60),
            _text("email", 254),
            _text("mobile", 40),
            _text("phone", 40),
            _text("address", 300),
            _text("city", 120),
            _text("region", 60),
            _text("postal_code", 20),
            _text("country", 60),
            Column("birth_date", "date"),
            _one_of("kind", "customer", "visitor"),
            _one_of("preferred_channel", *CHANNELS),
            Column("do_not_mail", "flag"),
            _one_of("status", "active", "moved", "deceased"),
            _text("salesperson", 64),
            Column("created_at", "moment"),
        ),
        meta=True,
    ),
    Record(
        "consents",
        ("customer_id", "channel", "purpose", "status", "at"),
        (
            _to("customer_id", "customers", required=True),
            _one_of("channel", "any", *CHANNELS, required=True),
            _one_of("purpose", "any", "service", "marketing", required=True),
            _one_of("status", "granted", "implied", "withdrawn", required=True),
            Column("at", "moment", required=True),
            Column("expires_at", "moment"),
            _text("source"),
            _text("proof", 4000),
        ),
    ),
    Record(
        "vehicles",
        ("id",),
        (
            _id(),
            _to("customer_id", "customers", required=True),
            _text("vin", 40),
            _text("plate", 20),
            _text("plate_region", 20),
            Column("year", "year"),
            _text("make", 60),
            _text("model", 80),
            _text("sub_model", 80),
            _text("engine", 80),
            _one_of("kind", "car", "truck", "motorcycle", "rv", "golf_cart", "other"),
            Column("odometer", "distance"),
            _one_of("odometer_unit", "km", "mi", "hours"),
            Column("odometer_on", "date"),
            Column("in_service_on", "date"),
            Column("warranty_end_on", "date"),
            Column("warranty_end_odometer", "distance"),
            Column("extended_warranty_end_on", "date"),
            _list("accessories", 380),
            _one_of("status", "active", "sold", "scrapped"),
        ),
        meta=True,
    ),
    Record(
        "sales",
        ("id",),
        (
            _id(),
            _to("customer_id", "customers", required=True),
            _to("vehicle_id", "vehicles"),
            _text("salesperson", 64),
            _text("finance_manager", 64),
            _text("sales_manager", 64),
            Column("ordered_at", "moment"),
            Column("expected_delivery_on", "date"),
            Column("delivered_on", "date"),
            _one_of("condition", "new", "used"),
            _one_of("deal", "cash", "loan", "lease"),
            Column("term_end_on", "date"),
            _text("make", 60),
            _text("model", 80),
        ),
    ),
    Record(
        "appointments",
        ("id",),
        (
            _id(),
            _to("customer_id", "customers", required=True),
            _to("vehicle_id", "vehicles"),
            _text("advisor", 64),
            Column("created_at", "moment"),
            Column("start_at", "moment", required=True),
            _text("status", 60),
            _text("requested_work", 4000),
        ),
        meta=True,
    ),
    Record(
        "repair_orders",
        ("id",),
        (
            _id(),
            _to("customer_id", "customers", required=True),
            _to("vehicle_id", "vehicles"),
            _text("reference", 64),
            _text("advisor", 64),
            Column("opened_at", "moment", required=True),
            Column("closed_at", "moment"),
            _text("status", 60),
            Column("odometer", "distance"),
            Column("customer_sale", "money"),
            Column("warranty_sale", "money"),
            Column("internal_sale", "money"),
            _list("packages", 20_000),
            Column("next_visit_on", "date"),
        ),
        meta=True,
    ),
    Record(
        "deferred_work",
        ("id",),
        (
            _id(),
            _to("repair_order_id", "repair_orders", required=True),
            _text("description", 300, required=True),
            Column("amount", "money"),
            _one_of("status", "open", "done", "declined"),
        ),
    ),
    Record(
        "recalls",
        ("vin", "campaign"),
        (
            _text("vin", 40, required=True),
            _text("campaign", 64, required=True),
            _text("title", 300),
            Column("announced_on", "date"),
        ),
    ),
)
# How an id that leads nowhere is told.
CALLED = {
    "customers": _("unknown customer {ref}"),
    "vehicles": _("unknown vehicle {ref}"),
    "repair_orders": _("unknown repair order {ref}"),
}
