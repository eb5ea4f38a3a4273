"""Turns an automation and a past period into what it would have sent, month by month. Writes nothing.

From today's facts: what a record was at the time is not kept. Once-keys count inside the dry run only, messages that
were really sent do not count; consent is asked as of each moment.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from relance.audience.operators import PICK
from relance.audience.tree import Rule
from relance.dealers.models import Dealer
from relance.lib.errors import BadInput
from relance.lib.moments import DAY, MINUTE, day_start
from relance.outbox.outlook.ahead import Due, Once, Outlook, foreseen
from relance.outbox.outlook.crowd import Foreseen
from relance.plan.definition import Definition
from relance.plan.draft import Draft
from relance.plan.due import run_of
from relance.plan.models import Automation
from relance.plan.schedule import RunAt

EXAMPLES = 3
MOST_MINUTES = 20_000  # of a real-time automation: so many are asked in about half a minute
LONGEST = 800  # days


@dataclass(frozen=True)
class Example:
    """One message that would have been sent, or refused."""

    customer: str
    subject: str
    recipient: str
    channel: str | None
    send_at: datetime | None
    reason: str | None
    body: str | None


@dataclass
class Month:
    """What one month would have brought."""

    month: date
    people: int = 0
    messages: Counter[str] = field(default_factory=Counter)  # by channel
    refused: Counter[str] = field(default_factory=Counter)  # by reason
    examples: list[Example] = field(default_factory=list)
    reached: set[int] = field(default_factory=set, repr=False)

    def count(self, draft: Draft, seen: Foreseen) -> None:
        """One draft more."""
        if seen.reason or seen.channel is None:
            self.refused[seen.reason or "no_channel"] += 1
            return
        self.messages[seen.channel] += 1
        self.reached.add(draft.customer_id)
        self.people = len(self.reached)


@dataclass
class DryRun:
    """The months in their order, and what is only approximate, in words."""

    months: list[Month]
    notes: list[str]


def dry_run(dealer: Dealer, definition: Definition, *, first: date, last: date) -> DryRun:
    """What this automation would have sent from `first` to `last`, both included."""
    if last < first or (last - first).days > LONGEST:
        told = _("from {first} to {last} is no period: at most {most} days, the first day first")
        raise BadInput(told.format(first=first, last=last, most=LONGEST))
    begin, end = day_start(first, dealer.zone), day_start(last + DAY, dealer.zone) - timedelta(microseconds=1)
    outlook = Outlook(dealer, begin, forgets=True)
    automation = as_automation(dealer, definition, live_from=begin)
    notes = [_("Based on today's data: earlier states of a record are not kept.")]
    if definition.schedule.kind == "realtime":
        waiting = _minutes(outlook, automation, (begin, end), notes)
    else:
        waiting = outlook.runs_of(automation, after=begin - timedelta(microseconds=1), until=end)
    months: dict[date, Month] = {}
    once = Once(definition)
    for due in waiting:
        _count(outlook, due, once, months)
    return DryRun([months[month] for month in sorted(months)], notes)


def as_automation(dealer: Dealer, definition: Definition, *, live_from: datetime) -> Automation:
    """The definition as an automation that is not stored; the stored one of its code lends it its once-keys."""
    stored = Automation.objects.of(dealer).filter(code=definition.code).values_list("pk", flat=True).first()
    return Automation(
        pk=stored or 0,
        dealer=dealer,
        code=definition.code,
        status="on",
        version=0,
        live_from=live_from,
        definition=definition.model_dump(mode="json", exclude_unset=True),
    )


def _count(outlook: Outlook, due: Due, once: Once, months: dict[date, Month]) -> None:
    gate = outlook.gate
    gate.at = due.run.run_at  # consent, relations and sending time as of then
    drafts = outlook.drafts([due], whole=True)
    if due.run.definition.recipients != ["customer"] or due.run.definition.schedule.kind == "realtime":
        drafts = [draft for draft in drafts if once.is_new(due.run, (draft.subject_id, draft.recipient))]
    for draft, verdict in zip(drafts, gate.judge(drafts), strict=True):
        if verdict.is_joined:
            continue
        seen = foreseen(draft, verdict, outlook.dealer)
        month = months.setdefault(seen.day.replace(day=1), Month(seen.day.replace(day=1)))
        month.count(draft, seen)
        if len(month.examples) < EXAMPLES:
            month.examples.append(_example(outlook, draft, seen))


def _example(outlook: Outlook, draft: Draft, seen: Foreseen) -> Example:
    body = outlook.gate.words_for(draft, seen.channel).body if seen.channel and not seen.reason else None
    values = draft.values
    return Example(
        values["customer.ref"], values["subject.ref"], draft.recipient, seen.channel, seen.send_at, seen.reason, body
    )


# Real-time automations: only minutes that can matter are asked.


def _minutes(
    outlook: Outlook, automation: Automation, span: tuple[datetime, datetime], notes: list[str]
) -> Iterator[Due]:
    """The runs at the first whole minute at which the time rules of some record can hold."""
    definition = run_of(outlook.dealer, automation, RunAt(span[0], span[0])).definition
    rules = [e for e in definition.tree if isinstance(e, Rule) and e.does.minutes]
    narrow = next((rule for rule in rules if rule.does.bounded), None)
    if narrow is None:
        notes.append(_("No rule says at which minute it is met, so a real-time dry run would be a guess."))
        return
    notes.append(_("Real time: checked at the first minute at which its time rules can be met, not at every minute."))
    moments = _first_minutes(outlook.dealer, narrow, rules, span)
    if len(moments) > MOST_MINUTES:
        notes.append(_("Only the first {number} minutes were asked: choose a shorter period.").format(
            number=f"{MOST_MINUTES:,}"))  # fmt: skip
    for at in moments[:MOST_MINUTES]:
        run = run_of(outlook.dealer, automation, RunAt(at, at))
        if ids := outlook.due(run):
            yield Due(run, ids)


def _first_minutes(dealer: Dealer, narrow: Rule, rules: list[Rule], span: tuple[datetime, datetime]) -> list[datetime]:
    column = _column(narrow)
    together = [rule for rule in rules if rule.about.record == narrow.about.record and _column(rule) == column]
    opens = max(_opens(rule) for rule in together)  # after the record's moment
    rows = narrow.about.model.objects.of(dealer)  # type: ignore[attr-defined]
    found = rows.filter(**{f"{column}__gte": span[0] - opens, f"{column}__lte": span[1] - opens})
    moments = found.values_list(column, flat=True).distinct().order_by(column)[: 2 * MOST_MINUTES]
    return [minute for minute, _same in groupby(_next_minute(moment + opens) for moment in moments)]


def _column(rule: Rule) -> str:
    return rule.about.moment if rule.asks.kind == PICK else str(rule.asks.column)


def _opens(rule: Rule) -> timedelta:
    """How long after a record's moment a minute rule begins to hold."""
    minutes = timedelta(minutes=int(rule.value))
    if rule.operator.startswith("in_"):
        return -minutes
    return minutes if rule.operator in ("at_least_minutes_ago", "more_than_minutes_ago") else timedelta()


def _next_minute(moment: datetime) -> datetime:
    whole = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return whole if whole == moment else whole + MINUTE
