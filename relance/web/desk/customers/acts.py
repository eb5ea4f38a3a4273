"""Turns what the staff does with a customer into rows: a consent, a reminder, a person forgotten."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from relance.exports.person.erase import erase
from relance.exports.person.gather import as_json
from relance.facts.consent import Entry, record
from relance.lib.errors import BadInput
from relance.lib.moments import parse_day, parse_moment
from relance.outbox.hold_back import hold_from_everything, undo
from relance.outbox.models import HoldBack
from relance.outbox.runs.personal import KINDS, Wish, cancel_reminder, remind
from relance.plan.models import PersonalReminder
from relance.web.desk.customers.one import CHANNELS, PURPOSES, customer_named, customer_page
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.taken import file_of, number_in

STATUSES = ("granted", "withdrawn")


@desk_page("customers", changes=True)
def consent(desk: Desk, ref: str) -> HttpResponse:
    """Write down what the customer said, with how we know; staff never undo the customer's own no."""
    one, typed = customer_named(desk, ref), desk.request.POST
    channel, purpose, status = (typed.get(name, "") for name in ("channel", "purpose", "status"))
    if channel not in ("any", *CHANNELS) or purpose not in ("any", *PURPOSES) or status not in STATUSES:
        raise Http404
    proof = typed.get("proof", "").strip()[:2000]
    if status == "granted" and not proof:
        told = _("A consent needs its proof: when, how and with which words it was given.")
        return customer_page(desk, one, told=told, status=422)
    by = "person" if status == "granted" and typed.get("signed") else "staff"  # a signed form is the person's own act
    entry = Entry(
        channel, purpose, status, desk.reader.at, by=by, source=f"desk, {desk.user.email}", proof=proof or None
    )
    record(desk.dealer, [one.pk], entry, recorded_at=desk.reader.at)
    desk.note("consent", f"customer {ref}", after={"channel": channel, "purpose": purpose, "status": status})
    desk.tell(_("What the customer said is recorded."))
    return redirect("desk-customer", slug=desk.dealer.slug, ref=ref)


@desk_page("customers", changes=True)
def reminder(desk: Desk, ref: str) -> HttpResponse:
    """Keep a personal message or reminder for its moment (V18)."""
    one, typed = customer_named(desk, ref), desk.request.POST
    kind = typed.get("kind", "reminder")
    if kind not in KINDS:
        raise Http404
    try:
        moment = parse_moment(typed.get("at", ""), desk.dealer.zone)
        author = desk.membership.reference or desk.user.email
        kept = remind(one, Wish(moment, typed.get("text", ""), author, KINDS[kind]), at=desk.reader.at)
    except BadInput as error:
        words, at = typed.get("text", ""), typed.get("at", "")
        return customer_page(desk, one, told=str(error), typed_text=words, typed_at=at, status=422)
    desk.note("reminder", f"customer {ref}, reminder {kept.pk}")
    desk.tell(_("Kept for {moment}.").format(moment=desk.reader.moment(moment)))
    return redirect("desk-customer", slug=desk.dealer.slug, ref=ref)


@desk_page("customers", changes=True)
def no_reminder(desk: Desk, ref: str) -> HttpResponse:
    """Take a reminder back."""
    one = customer_named(desk, ref)
    rows = PersonalReminder.objects.of(desk.dealer).filter(customer=one).select_related("dealer")
    kept = rows.filter(pk=number_in(desk.request.POST.get("reminder"))).first()
    if kept is None:
        raise Http404
    try:
        cancel_reminder(kept, by=str(desk.user), at=desk.reader.at)
    except BadInput as error:
        return customer_page(desk, one, told=str(error), status=422)
    desk.note("reminder", f"customer {ref}, reminder {kept.pk} canceled")
    desk.tell(_("The reminder was withdrawn."))
    return redirect("desk-customer", slug=desk.dealer.slug, ref=ref)


@desk_page("hold_back", changes=True)
def hold(desk: Desk, ref: str) -> HttpResponse:
    """Hold the customer back from every automation, with the reason, up to a day or for ever."""
    one, typed = customer_named(desk, ref), desk.request.POST
    words, last = typed.get("why", ""), typed.get("until", "")
    try:
        until = parse_day(last) if last else None
        hold_from_everything(desk.dealer, one, until=until, why=words, by=str(desk.user), at=desk.reader.at)
    except BadInput as error:
        return customer_page(desk, one, told=str(error), typed_why=words or " ", typed_until=last, status=422)
    desk.note("held_back", f"everything, customer {ref}", after={"until": until or "forever"})
    desk.tell(_("No automation writes or calls from now on."))
    return redirect("desk-customer", slug=desk.dealer.slug, ref=ref)


@desk_page("hold_back", changes=True)
def let_go(desk: Desk, ref: str) -> HttpResponse:
    """Undo a hold-back."""
    one = customer_named(desk, ref)
    rows = HoldBack.objects.of(desk.dealer).filter(customer=one, undone_at=None)
    held = rows.filter(pk=number_in(desk.request.POST.get("held"))).first()
    if held is None:
        raise Http404
    undo(desk.dealer, held, by=str(desk.user), at=desk.reader.at)
    what = f"automation {held.automation.code}" if held.automation else "everything"
    desk.note("released", f"{what}, customer {ref}")
    desk.tell(_("No longer held back."))
    return redirect("desk-customer", slug=desk.dealer.slug, ref=ref)


@desk_page("erase")
def person_file(desk: Desk, ref: str) -> HttpResponse:
    """Everything that is kept of the customer, as one file."""
    one = customer_named(desk, ref)
    desk.note("person_exported", f"customer {ref}")
    return file_of(as_json(desk.dealer, one, at=desk.reader.at), "person.json", "application/json; charset=utf-8")


@desk_page("erase", changes=True)
def forget(desk: Desk, ref: str) -> HttpResponse:
    """Forget the customer for good, when his id was typed as a confirmation."""
    one = customer_named(desk, ref)
    if desk.request.POST.get("sure", "").strip() != one.ref:
        return customer_page(desk, one, told=_("Nothing was erased: type the customer’s id to confirm."), status=422)
    done = erase(desk.dealer, one, home=Path(settings.HOME), at=desk.reader.at)
    desk.note("person_erased", f"customer {ref}", after={"rows": sum(done.rows.values())})
    desk.tell(_("{ref} was erased, with everything that was stored.").format(ref=ref))
    return redirect("desk-customers", slug=desk.dealer.slug)
