"""Turns mailings and groups into one page: what went, what is to come, to whom; and a wish into a message to write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from relance.audience.count import Counted, count
from relance.dealers.hours import Calendar
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.lib.moments import DAY
from relance.outbox import decide
from relance.outbox.models import Message
from relance.plan.apply import definition_of
from relance.plan.models import Automation, CustomerGroup, Sketch
from relance.plan.schedule import RunAt, runs
from relance.plan.switching.sketches import new_sketch
from relance.plan.switching.switch import switch
from relance.web.desk.campaigns.groups import GROUPS
from relance.web.desk.campaigns.wish import Wish, read_wish, usual_moment
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import MAILING_STATES
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory
from relance.web.lists.order import Key

PLACE = "desk-campaigns"
SPAN = 400 * DAY  # the days of a mailing lie closer together
GONE, WAITING = ("sent", "delivered"), ("ready", "approval")


@dataclass(frozen=True)
class Mailing:
    """One mailing: its days, and what became of its messages."""

    automation: Automation
    gone: int  # how many of its days are over
    days: int
    next_at: datetime | None
    sent: int
    waiting: int
    refused: int

    @property
    def state(self) -> str:
        """`off`, `ahead` (nothing has gone), `running`, `over`."""
        if self.automation.status == "off":
            return "off"
        if self.next_at is None:
            return "over"
        return "running" if self.gone else "ahead"

    @property
    def can_be_canceled(self) -> bool:
        """Whether anything is still to come."""
        return self.state in ("ahead", "running") or (self.state == "over" and self.waiting > 0)


@desk_page()
def campaigns(desk: Desk) -> HttpResponse:
    """The mailings, the newest first, and the groups."""
    mailings_page, groups_page = MAILINGS.page(desk), GROUPS.page(desk)
    values = {
        "mailings": mailings_page.rows,
        "head": mailings_page.head,
        "sketches": Sketch.objects.of(desk.dealer)
        .filter(user=desk.user, automation=None, entry__schedule__kind="once")
        .order_by("-updated_at")[:20],
        "groups": groups_page.rows,
        "groups_head": groups_page.head,
        "may_change": desk.may("automations"),
    }
    return show(desk, "desk/campaigns/campaigns.html", values, place=PLACE)


@dataclass(frozen=True)
class Planned:
    """One mailing with its days, of which nothing was counted yet."""

    automation: Automation
    gone: int
    days: int
    first_at: datetime | None
    next_at: datetime | None


def _planned(desk: Desk) -> list[Planned]:
    rows = Automation.objects.of(desk.dealer).filter(definition__schedule__kind="once").select_related("dealer")
    calendar, found = Calendar(desk.dealer), []
    for row in rows.order_by("pk"):
        days = [day.run_at for day in _days(row, calendar)]
        ahead = [run_at for run_at in days if run_at > desk.reader.at]
        first, coming = min(days, default=None), min(ahead, default=None)
        found.append(Planned(row, len(days) - len(ahead), len(days), first, coming))
    return found


def _counted(desk: Desk, planned: Sequence[Planned]) -> list[Mailing]:
    counts: dict[tuple[int, str], int] = {}
    states = Message.objects.of(desk.dealer).filter(automation__in=[one.automation.pk for one in planned])
    for pk, state, number in states.values_list("automation_id", "state").annotate(n=Count("pk")).order_by():
        counts[pk, state] = number
    return [_mailing(one, counts) for one in planned]


def _mailing(one: Planned, counts: Mapping[tuple[int, str], int]) -> Mailing:
    def of(*states: str) -> int:
        return sum(counts.get((one.automation.pk, state), 0) for state in states)

    return Mailing(one.automation, one.gone, one.days, one.next_at, of(*GONE), of(*WAITING), of("refused"))


def _columns(_desk: Desk) -> list[Column[Mailing]]:
    return [
        Column("automation", _("Automation"), lambda row: row.automation.code),
        Column("name", _("Name"), lambda row: row.automation.name),
        Column("state", _("State"), lambda row: MAILING_STATES[row.state]),
        Column("days", _("Days"), lambda row: row.days),
        Column("days_done", _("Days done"), lambda row: row.gone),
        Column("next", _("Next day"), lambda row: row.next_at),
        Column("sent", _("Sent"), lambda row: row.sent),
        Column("waiting", _("Waiting"), lambda row: row.waiting),
        Column("refused", _("Refused"), lambda row: row.refused),
    ]


def _first_day(one: Planned) -> float | None:
    return one.first_at.timestamp() if one.first_at else None


MAILINGS = Listing(
    name="mailings",
    place=PLACE,
    title=_("Mailings"),
    source=Memory(
        keys=(
            Key("made", _("Made"), lambda one: one.automation.pk, down=True),
            Key("name", _("Name"), lambda one: fold(one.automation.name)),
            Key("day", _("First day"), _first_day, down=True, may_lack=True),
        ),
        rows=_planned,
        whole=_counted,
        tie=lambda one: one.automation.pk,
    ),
    columns=_columns,
)


def _days(row: Automation, calendar: Calendar) -> list[RunAt]:
    """Every day of a mailing; none of one whose definition cannot be read."""
    try:
        schedule, zone = definition_of(row).schedule, row.dealer.zone
    except BadInput:
        return []
    assert isinstance(schedule.at, datetime)
    moment = schedule.at if schedule.at.tzinfo else schedule.at.replace(tzinfo=zone)
    return runs(schedule, calendar, zone, after=moment - SPAN, until=moment + SPAN, live_from=moment - SPAN)


@desk_page("automations")
def new_mailing(desk: Desk) -> HttpResponse:
    """Whom it goes to, when, over how many days; and what that would reach."""
    return _new(desk, {"to": desk.request.GET.get("to", "everybody"), "name": "", "days": "1", "at": ""})


def _new(desk: Desk, typed: dict[str, str], *, told: str = "", status: int = 200) -> HttpResponse:
    usual = usual_moment(desk.dealer, desk.reader.at).astimezone(desk.dealer.zone)
    values: dict[str, Any] = {
        "typed": {**typed, "at": typed["at"] or f"{usual:%Y-%m-%dT%H:%M}"},
        "groups": CustomerGroup.objects.of(desk.dealer).order_by("name"),
        "accessories": desk.dealer.preferences.accessories.items(),
        "told": told,
    }
    chosen = typed["to"].removeprefix("group-")
    values["chosen_group"] = int(chosen) if chosen.isdecimal() and len(chosen) < 16 else None
    if not told and "full" in desk.request.GET:  # else it follows as a part
        values |= _reach(desk, typed)
    return show(desk, "desk/campaigns/new_mailing.html", values, place=PLACE, status=status)


@desk_page("automations")
def reach(desk: Desk) -> HttpResponse:
    """What the wish would reach, while it is typed."""
    return show(desk, "desk/campaigns/_reach.html", _reach(desk, desk.request.GET))


def _reach(desk: Desk, typed: Any) -> dict[str, Any]:
    try:
        wish = read_wish(desk.dealer, typed, at=desk.reader.at)
    except BadInput as error:
        return {"fault": str(error)}
    counted = count(wish.question(desk.reader.at), patiently=True)
    return {"counted": counted, "parts": wish.parts(), "a_day": _a_day(counted, wish)}


def _a_day(counted: Counted, wish: Wish) -> int | None:
    """How many hear on one day, about; who hears when hangs on his number alone."""
    return None if counted.exact is None else -(-counted.exact // wish.days)


@desk_page("automations", changes=True)
def write(desk: Desk) -> HttpResponse:
    """Make it a sketch, and lead to the builder: there are its words."""
    typed = {name: desk.request.POST.get(name, "").strip()[:200] for name in ("name", "to", "at", "days")}
    try:
        wish = read_wish(desk.dealer, typed, at=desk.reader.at)
    except BadInput as error:
        return _new(desk, typed, told=str(error), status=422)
    sketch = new_sketch(desk.dealer, desk.user, wish.written(typed["name"]), at=desk.reader.at)
    desk.note("campaign", sketch.entry["code"], after={"to": wish.to, "days": wish.days})
    return redirect("desk-automation", slug=desk.dealer.slug, name=sketch.key)


@desk_page("automations", changes=True)
def cancel(desk: Desk, code: str) -> HttpResponse:
    """Nothing of it goes any more: switched off, and what waits is canceled; what has gone has gone."""
    rows = Automation.objects.of(desk.dealer).filter(code=code, definition__schedule__kind="once")
    automation = rows.select_related("dealer").first()
    if automation is None:
        raise Http404
    switch(desk.dealer, automation, "off", by=str(desk.user), at=desk.reader.at)
    waiting = Message.objects.of(desk.dealer).filter(automation=automation, state__in=WAITING)
    canceled = decide.cancel(desk.dealer, list(waiting.order_by("pk")), at=desk.reader.at, by=str(desk.user))
    desk.note(
        "campaign", code, before={"status": automation.status}, after={"status": "off", "canceled": len(canceled)}
    )
    return redirect(PLACE, slug=desk.dealer.slug)
