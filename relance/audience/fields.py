"""Categories and attributes as one table: what rules can ask about, and the column or expression that answers.

*Record* attributes describe one record; *pick* attributes (★) choose or count records of a history (docs/rules.md).
A column is a path from the record; `prefix` leads from the subject to the record ("" when they are the same).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    Model,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relance.audience.operators import ACCESSORY, COUNT, DAYS, FLAG, MOMENT, NUMBER, PICK, TEXT, TITLES
from relance.dealers.models import Dealer
from relance.facts.models import Appointment, Customer, DeferredWork, Recall, RepairOrder, Sale, Touch, Vehicle
from relance.facts.recalls import open_recalls

EPOCH = date(1970, 1, 1)
IN_SHOP = ("open", "ready")  # states of a repair order whose vehicle is here


@dataclass(frozen=True)
class Asked:
    """What an expression may need to know: whose rows, the way to the record, and values of the reference moment.

    `value(recipe, output_field)` is what the recipe makes of the clock (audience/reference).
    """

    dealer: Dealer
    value: Callable[..., Any]
    prefix: str

    def key(self, relation: str) -> str:
        """The column that holds the primary key of the record (or of what `relation` names from it)."""
        if relation == "pk":
            return f"{self.prefix.removesuffix('__')}_id" if self.prefix else "pk"
        return f"{self.prefix}{relation}_id"


Expression = Callable[[Asked], Any]


@dataclass(frozen=True)
class Attribute:
    """One row of the table: its kind decides which operators it understands."""

    name: str
    kind: str
    label: Promise | str
    column: str | Expression = ""  # as compared
    shown: str = ""  # as shown to a person, when that is another column
    pick: str = ""  # last | next | times
    among: Callable[["Asked"], Q] | None = None  # where it can be known at all: a way in for an index


@dataclass(frozen=True)
class Category:
    """One row of the table: a record type, the moment its history is ordered by, and its attributes."""

    name: str
    label: Promise | str
    model: type[Model]
    record: str  # the record type; categories of one type are one history seen from different moments
    moment: str = ""
    moment_is_day: bool = False
    listed: Q = field(default_factory=Q)  # which records its history lists
    not_last: Q | None = None  # records that ★last and ★times overlook
    not_next: Q | None = None
    attributes: dict[str, Attribute] = field(default_factory=dict)
    has_meta: bool = False
    has_of: bool = False


def _odometer_today(asked: Asked) -> Any:
    days = asked.value(lambda clock: float((clock.day - EPOCH).days), FloatField())
    along = ExpressionWrapper(
        F(f"{asked.prefix}odometer_start") + F(f"{asked.prefix}odometer_per_day") * days,
        output_field=FloatField(),
    )
    return Greatest(along, F(f"{asked.prefix}odometer_last"))


def _age_years(asked: Asked) -> Any:
    year = asked.value(lambda clock: clock.day.year, IntegerField())
    return ExpressionWrapper(year - F(f"{asked.prefix}year"), output_field=IntegerField())


def _in_shop(asked: Asked) -> Any:
    orders = RepairOrder.objects.of(asked.dealer).filter(vehicle=OuterRef(asked.key("pk")), state__in=IN_SHOP)
    return Exists(orders)


def _has_an_open_order(asked: Asked) -> Q:
    # State by state: of two together SQLite believes that they are most of the table, and walks it.
    each = [RepairOrder.objects.of(asked.dealer).filter(state=state).values("vehicle_id") for state in IN_SHOP]
    return Q(**{f"{asked.key('pk')}__in": each[0].union(*each[1:])})


def _open_recall(asked: Asked) -> Any:
    recalls = open_recalls(asked.dealer, vehicle=asked.key("pk"), vin=f"{asked.prefix}vin_folded")
    return Subquery(recalls.order_by("campaign_folded").values("campaign_folded")[:1])


def _has_a_recall(asked: Asked) -> Q:
    return Q(**{f"{asked.prefix}vin_folded__in": Recall.objects.of(asked.dealer).values("vin_folded")})


def _of_sale_or_vehicle(column: str) -> Expression:
    return lambda asked: Coalesce(F(f"{asked.prefix}{column}"), F(f"{asked.prefix}vehicle__{column}"))


class _MetaText(Func):
    """The text under a key; unlike Django's own look-up also when the key is a number (`meta_2024`)."""

    function = "JSON_EXTRACT"
    output_field = TextField()

    def __init__(self, column: F, key: str) -> None:
        super().__init__(column, Value(f"$.{json.dumps(key)}"))
        self.key = key

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} ->> %s::text)", (*params, self.key)


def meta(name: str) -> Attribute:
    """The attribute of a custom column of the feed, `meta_club`."""
    key = name.removeprefix("meta_")
    return Attribute(
        name, TEXT, key.replace("_", " "), lambda asked: _MetaText(F(f"{asked.prefix}meta_folded"), key), shown="meta"
    )


def _table(*rows: Attribute) -> dict[str, Attribute]:
    return {row.name: row for row in rows}


def _text(name: str, label: Promise | str, column: str = "") -> Attribute:
    """A text as typed, compared by its folded twin."""
    column = column or name
    return Attribute(name, TEXT, label, f"{column}_folded", shown=column)


def _word(name: str, label: Promise | str, column: str = "") -> Attribute:
    """A word out of a fixed list, stored as compared."""
    return Attribute(name, TEXT, label, column or name)


def _picks(last: Promise | str, times: Promise | str) -> tuple[Attribute, ...]:
    return (Attribute("last_time", PICK, last, pick="last"), Attribute("times", COUNT, times, pick="times"))


_CUSTOMER = _table(
    _text("name", _("name")),
    _text("first_name", _("first name")),
    _text("last_name", _("last name")),
    _text("company", _("company")),
    _word("language", _("language")),
    _text("email", _("e-mail address")),
    _word("mobile", _("mobile number")),
    _word("phone", _("telephone number")),
    _text("city", _("city")),
    _text("region", _("province or state")),
    _text("postal_code", _("postal code")),
    _word("kind", _("customer or visitor")),
    _word("preferred_channel", _("preferred channel")),
    Attribute("birth_date", DAYS, _("birth date"), "birth_date"),
    Attribute("created_at", MOMENT, _("first entered"), "created_at"),
    _text("salesperson", _("salesperson")),
    Attribute("do_not_mail", FLAG, _("do not mail"), "do_not_mail"),
)
_VEHICLE = _table(
    _text("vin", _("VIN")),
    _text("plate", _("plate")),
    _text("plate_region", _("plate region")),
    Attribute("year", NUMBER, _("model year"), "year"),
    _text("make", _("make")),
    _text("model", _("model")),
    _text("sub_model", _("sub-model")),
    _text("engine", _("engine")),
    _word("kind", _("kind of vehicle")),
    Attribute("odometer", NUMBER, _("odometer today"), _odometer_today),
    Attribute("age_years", NUMBER, _("age in years"), _age_years),
    Attribute("in_service_on", DAYS, _("in service since"), "in_service_on"),
    Attribute("warranty_end_on", DAYS, _("end of warranty"), "warranty_end_on"),
    Attribute("extended_warranty_end_on", DAYS, _("end of extended warranty"), "extended_warranty_end_on"),
    Attribute("next_service_on", DAYS, _("next service"), "next_service_on"),
    Attribute("accessory", ACCESSORY, _("accessory"), "accessories_folded", shown="accessories"),
    Attribute("in_shop", FLAG, _("in the shop now"), _in_shop, among=_has_an_open_order),
    Attribute("open_recall", TEXT, _("open safety recall"), _open_recall, among=_has_a_recall),
    _word("status", _("status")),
)
_APPOINTMENT = _table(
    Attribute("created_at", MOMENT, _("booked"), "created_at"),
    Attribute("date", MOMENT, _("day of the visit"), "start_at"),
    Attribute("time", MOMENT, _("time of the visit"), "start_at"),
    _word("status", _("status")),
    _text("raw_status", _("status code")),
    _text("requested_work", _("requested work")),
    _text("advisor", _("advisor")),
    _text("make", _("make"), "vehicle__make"),
    _text("model", _("model"), "vehicle__model"),
    Attribute("next_one", PICK, _("the next appointment"), pick="next"),
    Attribute("last_one", PICK, _("the last appointment"), pick="last"),
    *_picks(_("the last appointment"), _("number of appointments")),
)


def _order(moment: str, last: Promise | str) -> dict[str, Attribute]:
    return _table(
        Attribute("happened_at", MOMENT, _("moment"), moment),
        _text("status", _("status code"), "raw_status"),
        _word("state", _("state")),
        _text("reference", _("reference")),
        Attribute("customer_sale", NUMBER, _("customer amount"), "customer_sale"),
        Attribute("warranty_sale", NUMBER, _("warranty amount"), "warranty_sale"),
        Attribute("internal_sale", NUMBER, _("internal amount"), "internal_sale"),
        _word("billing", _("billed to")),
        Attribute("odometer", NUMBER, _("odometer"), "odometer"),
        Attribute("package", TITLES, _("package"), "packages_folded", shown="packages"),
        _text("advisor", _("advisor")),
        *_picks(last, _("number of repair orders")),
    )


_SALE = (
    Attribute("happened_at", MOMENT, _("day of the order"), "ordered_at"),
    Attribute("expected_delivery_on", DAYS, _("expected delivery"), "expected_delivery_on"),
    Attribute("delivered_on", DAYS, _("delivery"), "delivered_on"),
    Attribute("vehicle_delivery_date", DAYS, _("delivery"), "delivered_on"),
    _word("condition", _("new or used")),
    _word("deal", _("cash, loan or lease")),
    Attribute("term_end_on", DAYS, _("end of the term"), "term_end_on"),
    Attribute("make", TEXT, _("make"), _of_sale_or_vehicle("make_folded"), shown="make"),
    Attribute("model", TEXT, _("model"), _of_sale_or_vehicle("model_folded"), shown="model"),
    _text("salesperson", _("salesperson")),
    *_picks(_("the last one"), _("how many")),
)
_MESSAGE = (
    Attribute("happened_at", MOMENT, _("moment"), "happened_at"),
    _word("channel", _("channel")),
)
_CANCELED = Q(status="canceled")
_OVER = Q(status__in=("canceled", "no_show", "completed"))

_ROWS = (
    Category("customer", _("customer"), Customer, "customer", attributes=_CUSTOMER, has_meta=True),
    Category("vehicle", _("vehicle"), Vehicle, "vehicle", attributes=_VEHICLE, has_meta=True),
    Category(
        "appointment",
        _("appointment"),
        Appointment,
        "appointment",
        "start_at",
        not_last=_CANCELED,
        not_next=_OVER,
        attributes=_APPOINTMENT,
        has_meta=True,
    ),
    Category(
        "repair_order_opened",
        _("repair order (opened)"),
        RepairOrder,
        "repair_order",
        "opened_at",
        attributes=_order("opened_at", _("the last repair order")),
        has_meta=True,
    ),
    Category(
        "repair_order_closed",
        _("repair order (closed)"),
        RepairOrder,
        "repair_order",
        "closed_at",
        listed=Q(closed_at__isnull=False),
        attributes=_order("closed_at", _("the last visit")),
        has_meta=True,
    ),
    Category(
        "order",
        _("order"),
        Sale,
        "sale",
        "ordered_at",
        listed=Q(ordered_at__isnull=False),
        attributes=_table(*_SALE),
    ),
    Category(
        "sale",
        _("sale"),
        Sale,
        "sale",
        "delivered_on",
        moment_is_day=True,
        listed=Q(delivered_on__isnull=False),
        attributes=_table(*_SALE),
    ),
    Category(
        "deferred_work",
        _("deferred work"),
        DeferredWork,
        "deferred_work",
        "recommended_at",
        attributes=_table(
            Attribute("recommended_at", MOMENT, _("recommended"), "recommended_at"),
            _text("description", _("description")),
            Attribute("amount", NUMBER, _("amount"), "amount"),
            _word("status", _("status")),
            *_picks(_("the last recommendation"), _("number of recommendations")),
        ),
    ),
    Category(
        "message_sent",
        _("message sent"),
        Touch,
        "touch",
        "happened_at",
        listed=Q(kind="sent"),
        has_of=True,
        attributes=_table(*_MESSAGE, *_picks(_("the last message"), _("number of messages"))),
    ),
    Category(
        "message_received",
        _("reply"),
        Touch,
        "touch",
        "happened_at",
        listed=Q(kind="received"),
        has_of=True,
        attributes=_table(
            *_MESSAGE,
            Attribute("text", TEXT, _("text"), "text_folded", shown="text"),
            _word("sentiment", _("sentiment")),
            *_picks(_("the last reply"), _("number of replies")),
        ),
    ),
    Category(
        "call",
        _("call"),
        Touch,
        "touch",
        "happened_at",
        listed=Q(kind="call"),
        attributes=_table(
            Attribute("happened_at", MOMENT, _("happened"), "happened_at"),
            _text("outcome", _("outcome"), "text"),
            *_picks(_("the last call"), _("number of calls")),
        ),
    ),
    Category(
        "survey",
        _("survey"),
        Touch,
        "touch",
        "happened_at",
        listed=Q(kind="survey"),
        attributes=_table(
            Attribute("answered_at", MOMENT, _("answered"), "happened_at"),
            Attribute("score", NUMBER, _("score"), "score"),
            _word("department", _("department")),
            *_picks(_("the last answer"), _("number of answers")),
        ),
    ),
)
CATEGORIES: dict[str, Category] = {row.name: row for row in _ROWS}
ALIASES = {"work_order": "repair_order_opened"}  # another name of the same category

# What an automation can be about: the record type, and the category that lists it.
SUBJECTS: dict[str, type[Model]] = {
    "customer": Customer,
    "vehicle": Vehicle,
    "appointment": Appointment,
    "repair_order": RepairOrder,
    "sale": Sale,
    "deferred_work": DeferredWork,
}
GONE = ("sold", "scrapped")
