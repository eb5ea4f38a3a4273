"""Turns one customer into a page: what is between us, what is ahead, what he agreed to, and why he heard or did not."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy

from relance.facts.consent import ledger_of, ledger_of_addresses, state_of
from relance.facts.models import Appointment, ConsentEntry, Customer, DeferredWork, Suppression, Vehicle
from relance.lib.errors import BadInput
from relance.lib.moments import parse_moment
from relance.measures.timeline import AT_ONCE, timeline
from relance.measures.why import why
from relance.measures.why_in_words import why_in_words
from relance.measures.words import CHANNELS as CHANNEL_WORDS
from relance.measures.words import SUPPRESSED
from relance.outbox.hold_back import standing_of
from relance.outbox.models import Task
from relance.outbox.runs.answers import CODE as ANSWERS
from relance.plan.models import Automation, PersonalReminder
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import Word, word

PLACE = "desk-customers"
CHANNELS = ("sms", "email", "phone", "postcard", "letter")
PURPOSES = ("service", "marketing")
STATES = {
    "granted": gettext_lazy("agreed"),
    "implied": gettext_lazy("implied"),
    "withdrawn": gettext_lazy("said no"),
    "unknown": gettext_lazy("not asked"),
}
OVER = ("canceled", "no_show", "completed")


def customer_named(desk: Desk, ref: str) -> Customer:
    """The customer of this id whom the reader may see, or 404."""
    found = desk.customers().filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


@desk_page()
def customer(desk: Desk, ref: str) -> HttpResponse:
    """Everything about one customer."""
    return customer_page(desk, customer_named(desk, ref))


def customer_page(desk: Desk, one: Customer, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page; `more` for what was just asked or went wrong."""
    dealer, at = desk.dealer, desk.reader.at
    vehicles = Vehicle.objects.of(dealer).filter(customer=one).order_by("status", "-last_seen_at", "pk")
    ahead = Appointment.objects.of(dealer).filter(customer=one, start_at__gt=at).exclude(status__in=OVER)
    values = {
        "one": one,
        "vehicles": vehicles,
        "ahead": ahead.select_related("vehicle").order_by("start_at")[:10],
        "deferred": DeferredWork.objects.of(dealer)
        .filter(customer=one, status="open")
        .order_by("-recommended_at")[:10],
        "tasks": Task.objects.of(dealer).filter(customer=one, state="open").order_by("due_at")[:10],
        "held": standing_of(dealer, one, at=at),
        "reminders": PersonalReminder.objects.of(dealer).filter(customer=one).order_by("-at")[:20],
        "consents": _consents(desk, one),
        "unused": _unused(desk, one),
        "automations": Automation.objects.of(dealer).exclude(code=ANSWERS).order_by("code"),
        **_time(desk, one),
        "told": "",
        **more,
    }
    return show(desk, "desk/customers/customer.html", values, place=PLACE, status=status)


def _time(desk: Desk, one: Customer) -> dict[str, Any]:
    before = desk.request.GET.get("before", "")
    try:
        until = parse_moment(before, desk.dealer.zone) if before else None
    except BadInput:
        raise Http404 from None
    happened = timeline(desk.dealer, one, before=until)
    return {"happened": happened, "earlier": happened[-1].at if len(happened) == AT_ONCE else None}


def _unused(desk: Desk, one: Customer) -> list[tuple[str, Word, Word]]:
    """His addresses to which nothing is sent: the address, its channel, why."""
    addresses = [text for text in (one.mobile, one.phone, one.email_folded) if text]
    rows = Suppression.objects.of(desk.dealer).filter(address__in=addresses).order_by("at", "pk")
    return [(row.address, word(CHANNEL_WORDS, row.channel), word(SUPPRESSED, row.reason)) for row in rows]


def _consents(desk: Desk, one: Customer) -> dict[str, Any]:
    """The state per channel and purpose today, and the ledger with its proofs."""
    dealer, at = desk.dealer, desk.reader.at
    addresses = [text for text in (one.mobile, one.phone, one.email_folded) if text]
    entries = list(ledger_of(dealer, [one.pk]).get(one.pk, []))
    for theirs in ledger_of_addresses(dealer, addresses).values():
        entries += theirs
    entries.sort(key=lambda entry: entry.at)
    table = [
        (channel, [STATES[state_of(entries, channel=channel, purpose=purpose, at=at)] for purpose in PURPOSES])
        for channel in CHANNELS
    ]
    return {"table": table, "ledger": ConsentEntry.objects.of(dealer).filter(customer=one).order_by("-at", "-pk")[:30]}


@desk_page()
def why_or_not(desk: Desk, ref: str) -> HttpResponse:
    """Why this customer hears, or does not hear, from an automation at a moment."""
    one = customer_named(desk, ref)
    asked = desk.request.GET
    automation = Automation.objects.of(desk.dealer).filter(code=asked.get("automation", "")).first()
    if automation is None:
        raise Http404
    values: dict[str, Any] = {"one": one, "automation": automation, "asked_at": asked.get("at", "")}
    try:
        at = parse_moment(asked["at"], desk.dealer.zone) if asked.get("at") else desk.reader.at
        found = why(desk.dealer, automation, one, at=at)
        words = why_in_words(desk.dealer, automation, found, language=desk.reader.speech.language)
        values |= {"found": found, "words": words, "at": at}
    except BadInput as error:
        values["told"] = str(error)
    if desk.is_fragment:
        return show(desk, "desk/customers/_why.html", values)
    del values["one"]
    return customer_page(desk, one, **values)


@desk_page()
def vehicle(desk: Desk, ref: str) -> HttpResponse:
    """One vehicle: what it is, what is due, what was done."""
    found = Vehicle.objects.of(desk.dealer).filter(ref=ref).first()
    if found is None or not desk.customers().filter(pk=found.customer_id).exists():
        raise Http404
    return show(desk, "desk/customers/vehicle.html", {"vehicle": found, **_history(desk, found)}, place=PLACE)


def _history(desk: Desk, found: Vehicle) -> dict[str, Any]:
    events = [one for one in timeline(desk.dealer, found.customer) if getattr(one.row, "vehicle_id", None) == found.pk]
    work = DeferredWork.objects.of(desk.dealer).filter(vehicle=found, status="open").order_by("-recommended_at")
    return {"one": found.customer, "happened": events, "deferred": work[:20]}
