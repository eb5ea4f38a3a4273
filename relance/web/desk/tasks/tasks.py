"""Turns a task into its panel: what to say, to whom, what was before, and the buttons that say what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from relance.dealers.hours import Calendar
from relance.dealers.models import Staff
from relance.delivery.safety.resolve import may_be_taken_back
from relance.facts.models import Touch
from relance.lib.addresses import said_number
from relance.lib.fold import fold
from relance.lib.moments import DAY, local
from relance.outbox.models import Task
from relance.outbox.recheck import Refusal, recheck
from relance.replies.calls import number_of, outcomes_by_task, outcomes_of
from relance.replies.doubt import OPT_OUT, wish_of
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.tasks.task_list import CALLS, CALLS_TO_MAKE, calls_of, chosen, of_which, tasks_of
from relance.web.desk.words import CALL_OUTCOMES, Word, reason_of

HISTORY = 8
FOR_GOOD = ("do_not_call", OPT_OUT)  # outcomes that only the customer himself undoes
SOON = time(10)  # the hour that a later day is offered at
IN_A_FIELD = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Call:
    """A task that is a call, as its card and its panel show it."""

    task: Task
    number: str | None  # as it is dialled
    said_number: str
    tries: list[Touch]
    no_longer: Word | None = None  # why it would not be made today any more

    @property
    def target(self) -> str:
        """Its card in the call list, as a selector."""
        return f"#call-{self.task.key}"

    @property
    def last_outcome(self) -> str:
        """What was said of it last."""
        return (self.tries[-1].text or "") if self.tries else ""

    @property
    def seen(self) -> int:
        """How many outcomes the reader saw."""
        return len(self.tries)


@desk_page()
def tasks(desk: Desk) -> HttpResponse:
    """The list."""
    is_more = desk.is_fragment and "cursor" in desk.request.GET
    template = "desk/tasks/_rows.html" if is_more else "desk/tasks/tasks.html"
    return show(desk, template, {"list": chosen(desk)}, place="desk-tasks")


@desk_page()
def task(desk: Desk, key: UUID) -> HttpResponse:
    """One task, in the panel."""
    return panel(desk, key)


def panel(desk: Desk, key: UUID, *, slow: bool = False) -> HttpResponse:
    """The panel alone for htmx, the page with it open otherwise; `slow`: somebody was quicker than the reader."""
    values = task_values(desk, the_task(desk, key)) | {"slow": slow}
    if desk.is_fragment:
        return show(desk, "desk/tasks/_task.html", values)
    values |= {"list": chosen(desk), "panel": "desk/tasks/_task.html"}
    return show(desk, "desk/tasks/tasks.html", values, place="desk-tasks")


def task_values(desk: Desk, found: Task) -> dict[str, Any]:
    """What stands in the panel."""
    touches = Touch.objects.of(desk.dealer).filter(customer=found.customer).order_by("-happened_at", "-pk")
    may = desk.may("tasks")
    return {
        "task": found,
        "call": call_of(desk, found) if found.kind in CALLS else None,
        "outcomes": CALL_OUTCOMES,
        "no_longer": no_longer(desk, [found]).get(found.pk),
        "history": list(touches[:HISTORY]) if found.customer_id else [],
        "may_work": may and found.state == "open",
        "may_undo": may and found.state == "done" and may_be_undone(desk, found),
        "wish": wish_of(desk.dealer, found),
        "mine": my_staff(desk),
        "later": later(desk).strftime(IN_A_FIELD),
    }


def may_be_undone(desk: Desk, found: Task) -> bool:
    """Whether the last thing that was said of a task can be taken back."""
    if found.kind == "unsure":
        return found.message is not None and may_be_taken_back(desk.dealer, found.message)
    return found.outcome not in FOR_GOOD


@desk_page()
def call_list(desk: Desk) -> HttpResponse:
    """Today's calls, or those of one automation or run: for a telephone in the hand, and for paper."""
    code, run = of_which(desk)
    page, total = CALLS_TO_MAKE.page(desk), calls_of(desk).count()
    refused = no_longer(desk, page.rows)
    tries = outcomes_by_task(desk.dealer, page.rows)
    calls = [replace(call_of(desk, found, tries[found.pk]), no_longer=refused.get(found.pk)) for found in page.rows]
    values = {
        "calls": calls,
        "head": page.head,
        "total": total,
        "code": code,
        "run": run,
        "may_work": desk.may("tasks"),
        "outcomes": CALL_OUTCOMES,
    }
    values["later"] = later(desk).strftime(IN_A_FIELD)
    is_more = desk.is_fragment and "cursor" in desk.request.GET
    template = "desk/tasks/_calls.html" if is_more else "desk/tasks/call_list.html"
    return show(desk, template, values, place="desk-call-list")


def call_of(desk: Desk, found: Task, tries: list[Touch] | None = None) -> Call:
    """A call with its number as it is dialled and as it is said."""
    number = number_of(found)
    said = said_number(number, desk.dealer.country) if number else ""
    return Call(found, number, said, outcomes_of(desk.dealer, found) if tries is None else tries)


def no_longer(desk: Desk, listed: Sequence[Task]) -> dict[int, Word]:
    """Of the calls that would not be made today any more (he has booked, or opted out): why."""
    asked = [(t, t.message) for t in listed if t.state == "open" and t.kind == "call" and t.message is not None]
    answers = recheck(desk.dealer, [message for _, message in asked], at=desk.reader.at) if asked else {}
    found = ((task, answers.get(message.pk)) for task, message in asked)
    return {task.pk: reason_of(a.reason, a.detail)[0] for task, a in found if isinstance(a, Refusal)}


def my_staff(desk: Desk) -> Staff | None:
    """The member of the staff whose reference the reader has."""
    own = fold(desk.membership.reference)
    return Staff.objects.of(desk.dealer).filter(ref_folded=own).first() if own else None


def later(desk: Desk) -> datetime:
    """Ten o'clock on the next open day, at the dealer's."""
    tomorrow = desk.reader.today + DAY
    day = Calendar(desk.dealer).next_open_day(tomorrow) or tomorrow
    return local(day, SOON, desk.dealer.zone).astimezone(desk.dealer.zone)


def the_task(desk: Desk, key: UUID) -> Task:
    """The task of an address; 404 for a foreign one and for none alike."""
    found = tasks_of(desk).filter(key=key).first()
    if found is None:
        raise Http404
    return found
