"""Turns a person's decision about a cell into what happens: a person held back, a run let go, kept back, or moved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from relance.facts.models import Customer
from relance.lib.errors import BadInput
from relance.outbox.decide import approve_run, bring_back_run, reject_run
from relance.outbox.hold_back import hold_back, undo
from relance.outbox.models import HoldBack, Message
from relance.outbox.runs.late import send_late
from relance.plan.draft import RunOf
from relance.plan.models import Automation, Run
from relance.plan.switching.moved_runs import move_runs, put_back
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.programmes.decisions import kept_back_runs, late_of, waiting_for, waiting_runs
from relance.web.desk.programmes.people import automation_of, cell_of
from relance.web.desk.taken import number_in


@dataclass(frozen=True)
class Decision:
    """What can be pressed in a cell."""

    noted: str  # the word of the audit log
    runs: Callable[[Desk, Automation, date], list[Any]]  # with which it is done
    act: Callable[..., list[Message]]


def _waiting(desk: Desk, automation: Automation, day: date) -> list[Run]:
    return list(Run.objects.of(desk.dealer).filter(pk__in=waiting_runs(desk, automation, day)).order_by("pk"))


def _late(desk: Desk, automation: Automation, day: date) -> list[RunOf]:
    return [late.run for late in late_of(desk, automation, day)]


DECISIONS = {
    "approve": Decision("approved", _waiting, approve_run),
    "reject": Decision("rejected", _waiting, reject_run),
    "bring_back": Decision("brought_back", kept_back_runs, bring_back_run),
    "send_late": Decision("sent_late", _late, send_late),
}


@desk_page("hold_back", changes=True)
def hold(desk: Desk, code: str, day: date) -> HttpResponse:
    """Hold one person back from this run, or for ever."""
    automation = _to_decide(desk, code, "hold_back")
    customer = _customer(desk)
    reference_on = _day(desk.request.POST.get("reference_on")) if desk.request.POST.get("how") == "once" else None
    hold_back(desk.dealer, automation, customer, reference_on=reference_on, by=str(desk.user), at=desk.reader.at)
    after = {"only_on": reference_on} if reference_on else {"for_ever": True}
    desk.note("held_back", f"automation {code}, customer {customer.ref}", after=after)
    return _after_change(desk, automation, day)


@desk_page("hold_back", changes=True)
def release(desk: Desk, code: str, day: date) -> HttpResponse:
    """Undo a hold-back."""
    automation = _to_decide(desk, code, "hold_back")
    held = HoldBack.objects.of(desk.dealer).filter(
        automation=automation,
        pk=number_in(desk.request.POST.get("held")),
        undone_at=None,
        customer__in=desk.customers(),
    )
    for row in held.select_related("customer"):
        undo(desk.dealer, row, by=str(desk.user), at=desk.reader.at)
        desk.note("released", f"automation {code}, customer {row.customer.ref}")
    return _after_change(desk, automation, day)


@desk_page("approve", changes=True)
def decide(desk: Desk, code: str, day: date) -> HttpResponse:
    """Let everybody of a run go who waits for approval, keep them back, or undo that; send to whoever came late."""
    automation = _to_decide(desk, code, "approve")
    how = desk.request.POST.get("how", "")
    if how not in DECISIONS:
        return cell_of(desk, automation, day, told=_("Approve them or hold them back."))
    if how == "approve" and waiting_for(desk, automation, day).is_unusual and not desk.request.POST.get("sure"):
        return cell_of(desk, automation, day, told=_("Unusually many would hear this: tick that you want it."))
    decision = DECISIONS[how]
    runs = decision.runs(desk, automation, day)
    moved = sum(len(decision.act(desk.dealer, run, by=str(desk.user), at=desk.reader.at)) for run in runs)
    desk.note(decision.noted, f"automation {code}, {day}", after={"messages": moved})
    return _after_change(desk, automation, day)


@desk_page("approve", changes=True)
def move(desk: Desk, code: str, day: date) -> HttpResponse:
    """Move the run to another day, or (`to=own`) what was moved here back to its own."""
    automation = _to_decide(desk, code, "approve")
    typed = desk.request.POST.get("to", "")
    try:
        if typed == "own":
            put_back(desk.dealer, automation, day, at=desk.reader.at)
            desk.note("run_moved", f"automation {code}, {day}", after={"to": "its own day"})
            return _after_change(desk, automation, day)
        to = date.fromisoformat(typed)
        move_runs(desk.dealer, automation, day, to, by=str(desk.user), at=desk.reader.at)
    except BadInput as error:
        return cell_of(desk, automation, day, told=str(error))
    except ValueError:
        return cell_of(desk, automation, day, told=_("Choose a day."))
    desk.note("run_moved", f"automation {code}, {day}", after={"to": to.isoformat()})
    return _after_change(desk, automation, to)


def _after_change(desk: Desk, automation: Automation, day: date) -> HttpResponse:
    """The panel again, as it is now; the sheet behind it hears of the change."""
    if not desk.is_fragment:
        here = redirect("desk-cell", slug=desk.dealer.slug, code=automation.code, day=day)
        here["Location"] += "?full=1"
        return here
    response = cell_of(desk, automation, day)
    response["HX-Trigger"] = "sheet-changed"
    return response


def _to_decide(desk: Desk, code: str, act: str) -> Automation:
    """The automation, when the reader decides about its subject."""
    found = automation_of(desk, code)
    desk.must(act, found.subject)
    return found


def _customer(desk: Desk) -> Customer:
    found = desk.customers().filter(ref=desk.request.POST.get("customer", "")).first()
    if found is None:
        raise Http404
    return found


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Http404 from None
