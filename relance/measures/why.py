"""Turns a customer, an automation and a moment into the reasons: each rule with the value found, then each gate.

Reads what planning reads: the same compiled question, the same gate. Nothing is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from relance.audience.compile import Question
from relance.audience.explain import Explained, explain
from relance.audience.fields import SUBJECTS
from relance.audience.sentence import sentence
from relance.audience.tree import Rule
from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib.moments import day_of, iso
from relance.outbox.gate import Gate, Verdict, needs_of
from relance.outbox.models import Message
from relance.outbox.sending_time import SendingTime
from relance.plan.apply import SWITCHED_ON, definition_of
from relance.plan.draft import Draft, RunOf, occurrence_key
from relance.plan.due import drafts, spoken_to
from relance.plan.models import Automation
from relance.plan.recipients import Roster

LATEST = 50  # of a customer's subjects the latest ones are looked at
GATES = (
    "do_not_mail",
    "customer_gone",
    "vehicle_gone",
    "no_recipient",
    "no_channel",
    "text_incomplete",
    "held_back",
    "open_complaint",
    "person_ceiling",
    "frequency_cap",
    "holdout",
    "too_late",
)


@dataclass(frozen=True)
class RuleFound:
    """One rule: how it reads, what was found, whether it holds. Rules of one `any` share their entry."""

    entry: int
    sentence: str
    value: Any
    holds: bool
    rule: Rule
    raw: Any = None  # the value before it was made fit for JSON


@dataclass(frozen=True)
class Step:
    """One gate: `ok`, `stops` with its detail, or `not_reached`."""

    step: str
    result: str
    detail: str | None = None


@dataclass(frozen=True)
class Why:
    """The answer for one subject. `verdict`: ready | refused | not_due | spoken_to | off | no_subject."""

    verdict: str
    subject: str | None
    rules: list[RuleFound] = field(default_factory=list)
    gate: list[Step] = field(default_factory=list)
    message: Message | None = None
    ready: Verdict | None = None  # the channel, the address and the moment, when nothing stands against it


def why(dealer: Dealer, automation: Automation, customer: Customer, *, at: datetime, subject: str | None = None) -> Why:
    """Why this customer does or does not hear from this automation, its run's reference moment being `at`.

    Without `subject` the answer is about the customer's subject that comes nearest to being due.
    """
    definition = definition_of(automation)
    question = Question(dealer, definition.tree, definition.subject, definition.scope, at)
    found = explain(question, _subjects(dealer, definition.subject, customer, subject))
    if not found:
        return Why("no_subject", subject)
    reference_on = day_of(at, dealer.zone)
    run = RunOf(automation, definition, at, at, reference_on, occurrence_key(definition, reference_on))
    nearest = max(found.values(), key=lambda e: (e.holds, sum(f.holds for f in e.findings), e.subject_id))
    return _answer(dealer, run, nearest)


def _subjects(dealer: Dealer, kind: str, customer: Customer, ref: str | None) -> list[int]:
    rows = SUBJECTS[kind].objects.of(dealer)  # type: ignore[attr-defined]
    rows = rows.filter(pk=customer.pk) if kind == "customer" else rows.filter(customer=customer)
    if ref is not None:
        rows = rows.filter(ref=ref)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:LATEST])


def _answer(dealer: Dealer, run: RunOf, explained: Explained) -> Why:
    rules = [
        RuleFound(f.entry, sentence(f.rule), _shown(dealer, f.value), f.holds, f.rule, f.value)
        for f in explained.findings
    ]
    draft, verdict = _at_the_gate(dealer, run, explained.subject_id)
    ref = draft.values["subject.ref"] if draft else None
    said = Message.objects.of(dealer).filter(
        automation=run.automation, subject_type=run.definition.subject, subject_id=explained.subject_id
    )
    of_this_run = said.filter(occurrence__key=draft.key) if draft else said.none()
    message = of_this_run.order_by("-pk").first() or said.order_by("-reference_at", "-pk").first()
    return Why(_verdict(dealer, run, explained, verdict), ref, rules, steps(verdict), message, _open(verdict))


def _at_the_gate(dealer: Dealer, run: RunOf, subject_id: int) -> tuple[Draft | None, Verdict | None]:
    """The first recipient's draft and what the gate says of it, whatever the rules say."""
    made = next(
        drafts(dealer, run, [subject_id], roster=Roster(dealer), needs=needs_of(run.definition), spoken=True), None
    )
    if made is None:
        return None, None
    calendar = Calendar(dealer)
    gate = Gate(dealer, run.run_at, calendar=calendar, sending_time=SendingTime(dealer, calendar))
    return made, gate.judge([made])[0]


def _verdict(dealer: Dealer, run: RunOf, explained: Explained, verdict: Verdict | None) -> str:
    if not explained.holds:
        return "not_due"
    if spoken_to(dealer, run).filter(subject_id=explained.subject_id).exists():
        return "spoken_to"
    if run.automation.status not in SWITCHED_ON or run.reference_at < run.automation.live_from:
        return "off"
    return "refused" if verdict is None or verdict.reason else "ready"


def _open(verdict: Verdict | None) -> Verdict | None:
    return verdict if verdict is not None and verdict.reason is None else None


def steps(verdict: Verdict | None) -> list[Step]:
    """The gates in their order, as far as the draft came."""
    if verdict is None:
        return []
    if verdict.reason is None:
        return [Step(gate, "ok") for gate in GATES]
    place = GATES.index(verdict.reason)
    passed = [Step(gate, "ok") for gate in GATES[:place]]
    return [
        *passed,
        Step(verdict.reason, "stops", verdict.detail),
        *[Step(g, "not_reached") for g in GATES[place + 1 :]],
    ]


def _shown(dealer: Dealer, value: Any) -> Any:
    """A value as JSON can hold it; moments with the dealer's offset."""
    if isinstance(value, datetime):
        return iso(value, dealer.zone)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_shown(dealer, part) for part in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
