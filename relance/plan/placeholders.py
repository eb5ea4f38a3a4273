"""The table of merge fields: each declared once, with what it needs, who may have it, how it is said, and a sample.

Help, preview, checks and docs/merge-fields.md come from here. Adding a field is adding a row (and a line of the test).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relance.dealers.models import Dealer
from relance.lib.errors import BadInput, unknown_word
from relance.plan.saying import shown
from relance.plan.saying.samples import sample_values, sample_voice
from relance.plan.saying.shown import Shown, Values
from relance.plan.saying.voice import Voice

SUBJECTS = ("customer", "vehicle", "appointment", "repair_order", "sale", "deferred_work")
META = "customer.meta_"
VEHICLE = ("vehicle.year", "vehicle.make", "vehicle.model")
WARRANTY = ("vehicle.warranty_end_on", "vehicle.extended_warranty_end_on", "at")


@dataclass(frozen=True)
class Field:
    """One merge field."""

    name: str
    label: str | Promise
    needs: tuple[str, ...]  # fact keys, see gather
    shown: Shown
    subjects: frozenset[str] | None = None  # None: every subject may have it
    always: bool = False  # never empty, so it needs no fallback
    setting: str | None = None  # the dealer's preference that it says
    missing: str | Promise | None = None  # why nobody can use it yet
    several: bool = False  # names one thing after the other, or is a text of the dealer's own: it may be long

    def render(self, values: Values, voice: Voice) -> str | None:
        """The field in words; None when it is unknown."""
        return self.shown(values, voice)

    @property
    def always_known(self) -> bool:
        """Whether it says something as soon as the first fact that it needs is there: a visit's day, its time."""
        return self.always and self.available and self.setting is None and bool(self.needs)

    @property
    def available(self) -> bool:
        """Whether what it says exists at all yet."""
        return self.missing is None

    @property
    def sample(self) -> dict[str, str]:
        """What it may look like, per language."""
        return {language: self.sample_in(language) for language in ("en", "fr", "es", "et")}

    def sample_in(self, language: str) -> str:
        """What it may look like in one language."""
        return self.render(sample_values(language), sample_voice(language)) or ""

    def unavailable_at(self, dealer: Dealer | None) -> str | None:
        """Why this dealer cannot use it: its page is not there yet, or his setting is empty."""
        if self.missing is not None:
            return f"{{ {self.name} }}: {self.missing}"
        if dealer is not None and self.setting and not getattr(dealer.preferences, self.setting):
            told = gettext("the setting '{setting}' is empty, fill it in first").format(setting=self.setting)
            return f"{{ {self.name} }}: {told}"
        return None


def _customer() -> Iterator[Field]:
    for name, label in (
        ("name", _("Customer's name")),
        ("first_name", _("First name")),
        ("last_name", _("Last name")),
        ("mailing_name", _("Name on an envelope")),
        ("company", _("Customer's company")),
        ("email", _("Customer's e-mail address")),
    ):
        yield Field(f"customer.{name}", label, (f"customer.{name}",), shown.text(f"customer.{name}"))
    number = shown.telephone("customer.mobile")
    yield Field("customer.mobile", _("Customer's mobile number"), ("customer.mobile",), number)
    needs = (*VEHICLE, "sale.make", "sale.model", "last_seen.year", "last_seen.make", "last_seen.model")
    yield Field("customer.vehicle", _("Year, make and model"), needs, shown.vehicle)


def _vehicle() -> Iterator[Field]:
    named = {
        "year": (_("Model year"), ("vehicle.year",)),
        "make": (_("Make"), ("vehicle.make", "sale.make")),
        "model": (_("Model"), ("vehicle.model", "sale.model")),
    }
    for name, (label, needs) in named.items():
        yield Field(f"vehicle.{name}", label, needs, shown.text(*needs))
        yield Field(f"customer.meta_vehicle_{name}", label, needs, shown.text(*needs))
    for name, label in (("sub_model", _("Sub-model")), ("plate", _("Licence plate")), ("vin", _("VIN"))):
        yield Field(f"vehicle.{name}", label, (f"vehicle.{name}",), shown.text(f"vehicle.{name}"))
    reading = ("vehicle.odometer", "vehicle.odometer_unit")
    yield Field("vehicle.odometer", _("Last odometer reading"), reading, shown.reading(*reading))
    yield Field("warranty.end_date", _("Day on which the warranty ends"), WARRANTY, shown.warranty_end)
    yield Field("warranty.name", _("Which warranty"), WARRANTY, shown.warranty_name)
    yield Field("vehicles.list", _("All the customer's vehicles"), ("vehicles.list",), shown.vehicles, several=True)


def _visits() -> Iterator[Field]:
    visit, order = frozenset({"appointment"}), frozenset({"repair_order", "deferred_work"})
    start, work, number = "appointment.start_at", "appointment.requested_work", "repair_order.reference"
    billed = "repair_order.customer_sale"
    yield Field("appointment.start_at_date", _("Day of the visit"), (start, "at"), shown.near_day(start), visit, True)
    yield Field("appointment.start_at_time", _("Time of the visit"), (start,), shown.clock(start), visit, True)
    yield Field("appointment.requested_work", _("Work asked for"), (work,), shown.text(work), visit)
    yield Field("repair_order.reference", _("Repair order number"), (number,), shown.text(number), order)
    opened, closed = "repair_order.opened_at", "repair_order.closed_at"
    yield Field("repair_order.opened_date", _("Day it was opened"), (opened,), shown.day(opened), order, True)
    yield Field("repair_order.closed_date", _("Day it was closed"), (closed,), shown.day(closed), order)
    yield Field("repair_order.total", _("What the customer was billed"), (billed,), shown.money(billed), order)


def _service() -> Iterator[Field]:
    last, upcoming, lines = "last_service.at", "vehicle.next_service_on", ("deferred.items",)
    read = ("last_service.odometer", "vehicle.odometer_unit")
    due = ("vehicle.next_service_odometer", "vehicle.odometer_unit")
    yield Field("last_service.date", _("Day of the last visit"), (last,), shown.day(last))
    yield Field("last_service.odometer", _("Odometer at the last visit"), read, shown.reading(*read))
    yield Field("next_service.date", _("Day of the next service"), (upcoming,), shown.day(upcoming))
    yield Field("next_service.odometer", _("Odometer at the next service"), due, shown.reading(*due))
    operations = ("next_service.operations",)
    yield Field("next_service.operations", _("What is due then"), operations, shown.operations, several=True)
    yield Field(
        "deferred.items", _("Deferred work: three, then how many more"), lines, shown.deferred_items, several=True
    )
    for number in (1, 2, 3):
        label = format_lazy(_("Deferred work, item {number}"), number=number)
        yield Field(f"deferred.item_{number}", label, lines, shown.deferred_item(number))
    yield Field("deferred.count", _("How many deferred items"), lines, shown.deferred_count, always=True)
    yield Field("deferred.total", _("What the deferred items come to"), lines, shown.deferred_total)


def _sale() -> Iterator[Field]:
    only = frozenset({"sale"})
    for name, label, key in (
        ("delivered_date", _("Day of delivery"), "sale.delivered_on"),
        ("ordered_date", _("Day of the order"), "sale.ordered_at"),
        ("expected_delivery", _("Expected day of delivery"), "sale.expected_delivery_on"),
        ("term_end", _("End of lease or loan"), "sale.term_end_on"),
    ):
        yield Field(f"sale.{name}", label, (key,), shown.day(key), only)
    yield Field("sale.condition", _("New or used"), ("sale.condition",), shown.word("sale.condition"), only)


def _dealer() -> Iterator[Field]:
    for name, label, key in (
        ("name", _("Name of the advisor or salesperson"), "staff.name"),
        ("email", _("E-mail of the advisor or salesperson"), "staff.email"),
    ):
        yield Field(f"referenced_user.{name}", label, (key,), shown.text(key))
    number = shown.telephone("staff.mobile")
    yield Field("referenced_user.phone", _("Number of the advisor or salesperson"), ("staff.mobile",), number)
    yield Field("company.name", _("Your name"), (), shown.company("name"), always=True)
    for name, label in (
        ("owner", _("Name signed under messages")),
        ("phone", _("Your number")),
        ("email", _("Your e-mail address")),
        ("address", _("Your postal address")),
        ("website", _("Your site")),
        ("feedback", _("Your feedback form")),
    ):
        yield Field(f"company.{name}", label, (), shown.company(name), always=True, setting=name)
    yield Field("promotion.text", _("Current promotion"), ("at",), shown.promotion, several=True)


def _links() -> Iterator[Field]:
    soon = _("this page is not there yet")
    yield Field(
        "link.feedback", _("Link to the feedback form"), (), shown.company("feedback"), always=True, setting="feedback"
    )
    yield Field(
        "link.review", _("Link to your reviews"), (), shown.company("review"), always=True, setting="review_links"
    )
    by_itself = _("relance puts this link into every message that needs it, leave it out")
    yield Field("link.unsubscribe", _("Link to unsubscribe"), (), _nothing, always=True, missing=by_itself)
    for name, label in (
        ("portal", _("Link to the customer's page")),
        ("booking", _("Link to book a visit")),
        ("confirm", _("Link to confirm the visit")),
    ):
        yield Field(f"link.{name}", label, (), _nothing, always=True, missing=soon)
    yield Field("link.preferences", _("Link to the customer's choices"), (), shown.choices_link, always=True)


def _nothing(_values: Values, _voice: Voice) -> str | None:
    return None


GROUPS = (_customer, _vehicle, _visits, _service, _sale, _dealer, _links)
FIELDS: Mapping[str, Field] = {field.name: field for group in GROUPS for field in group()}


def field_named(name: str) -> Field:
    """The field of this name, whatever its case; BadInput offers the nearest one."""
    wanted = name.strip().lower()
    known = FIELDS.get(wanted)
    if known is not None:
        return known
    if wanted.startswith(META) and len(wanted) > len(META):
        return _meta(wanted)
    raise BadInput(unknown_word(gettext("field"), name, FIELDS))


@lru_cache(maxsize=1000)
def _meta(name: str) -> Field:
    """A column of the feed that begins with meta_."""
    return Field(name, name.removeprefix(META), (name,), shown.text(name))


def fields_for(subject: str) -> list[Field]:
    """The fields that a wording for this subject may use."""
    return [field for field in FIELDS.values() if field.subjects is None or subject in field.subjects]
