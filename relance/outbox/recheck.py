"""Asks rules and gate again at hand-over: the same reference moment, today's facts (docs/outbox.md)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from relance.audience.compile import Question, holding
from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.consent import ledger_of, ledger_of_addresses, opt_outs_of, standing_withdrawal
from relance.facts.models import Suppression
from relance.lib.fold import fold
from relance.lib.moments import day_of
from relance.lib.rows import Among
from relance.outbox.gate import GONE_VEHICLE, Gate, Handover, needs_of
from relance.outbox.gate.known import LEFT
from relance.outbox.gate.terms import SURVEYS
from relance.outbox.law.regimes import purpose_under
from relance.outbox.models import Message
from relance.outbox.runs.answers import PURPOSE
from relance.outbox.runs.merged import said_already
from relance.outbox.sending_time import SendingTime
from relance.plan.apply import definition_of
from relance.plan.definition import Definition
from relance.plan.draft import BY_HAND, Draft, RunOf
from relance.plan.gather import gather
from relance.plan.models import Automation, Occurrence
from relance.plan.recipients import Roster

ONE_PERSON = "two customers became one, who has heard it"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The message must not go any more."""

    reason: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """The message may go, but not at this hour."""

    send_at: datetime
    detail: str | None = None  # what holds it


@dataclass(frozen=True, slots=True)
class Go:
    """The message may go, and must have arrived by then, at the address that its reader has today."""

    until: datetime | None = None
    address: str | None = None  # another one than when it was planned


Answer = Refusal | Later | Go | None


def recheck(dealer: Dealer, messages: Sequence[Message], *, at: datetime) -> dict[int, Answer]:
    """For each message (by primary key): a Refusal, Later, Go with its end, or None for "go" without one."""
    answers: dict[int, Answer] = _answers(dealer, messages)  # they answer what was just said: no rule is asked
    messages = [message for message in messages if message.id not in answers]
    answers |= {pk: Refusal("no_longer_true", ONE_PERSON) for pk in said_already(dealer, messages)}
    messages = [message for message in messages if message.id not in answers]
    calendar = Calendar(dealer)
    gate = Gate(dealer, at, calendar=calendar, sending_time=SendingTime(dealer, calendar))
    roster = Roster(dealer)
    by_hand = _by_hand(dealer, messages)
    together: dict[tuple[int, datetime, datetime, str, str], list[Message]] = defaultdict(list)
    for message in messages:
        key = by_hand.get(message.occurrence_id, "")
        together[message.automation_id, message.reference_at, message.run_at, message.subject_type, key].append(message)
    automations = Automation.objects.of(dealer).in_bulk({key[0] for key in together})
    for (automation, *_, key), group in together.items():
        answers |= _recheck_run(_Again(dealer, gate, roster, at, key), automations[automation], group)
    return answers


class Readers:
    """Those to whom messages go that were taken up a while ago: asked again and again whether they have opted out.

    It asks less than the gate, never something else: what it stops, the gate refuses when it is asked again.
    """

    def __init__(self, dealer: Dealer, messages: Sequence[Message]) -> None:
        self.dealer = dealer
        self._asked = [m for m in messages if m.recipient == "customer" and m.purpose != PURPOSE]
        self._people = {m.customer_id or 0 for m in self._asked}
        self._addresses = {_compared(m) for m in self._asked}
        self._opt_outs = opt_outs_of(dealer, self._people, self._addresses)
        self._weighed: set[int] = set()  # the opt-outs that were looked at: only new ones are

    def stopped(self, at: datetime) -> set[int]:
        """The messages, by primary key, whose readers want to hear no more of their kind."""
        found = self._opt_outs() if self._asked else set()
        if found <= self._weighed:
            return set()
        of_people = ledger_of(self.dealer, self._people)
        of_addresses = ledger_of_addresses(self.dealer, self._addresses)
        if all(e.at <= at for own in (*of_people.values(), *of_addresses.values()) for e in own):
            self._weighed |= found  # what a clock that runs ahead has dated later is looked at again
        stopped = set()
        for message in self._asked:
            survey = message.automation.programme in SURVEYS
            purpose = purpose_under(self.dealer.regime, message.purpose, is_survey=survey)
            said = of_people.get(message.customer_id or 0, []), of_addresses.get(_compared(message), [])
            if any(standing_withdrawal(own, channel=message.channel or "", purpose=purpose, at=at) for own in said):
                stopped.add(message.id)
        return stopped


def _compared(message: Message) -> str:
    return fold(message.address or "") if message.channel == "email" else message.address or ""


def _answers(dealer: Dealer, messages: Sequence[Message]) -> dict[int, Answer]:
    """The answers to customers among the messages: they go, unless the address is dead."""
    found = [message for message in messages if message.purpose == PURPOSE]
    if not found:
        return {}
    dead = Suppression.objects.of(dealer).filter(address__in={m.address for m in found if m.address})
    suppressed = set(dead.values_list("channel", "address"))
    return {
        m.id: Refusal("no_channel", f"{m.channel}: suppressed") if (m.channel, m.address) in suppressed else None
        for m in found
    }


def _by_hand(dealer: Dealer, messages: Sequence[Message]) -> dict[int, str]:
    """The keys of the occurrences that a person made by hand."""
    mine = Among("pk", [m.occurrence_id for m in messages])
    keys = Occurrence.objects.of(dealer).filter(mine, key__startswith=BY_HAND)
    return dict(keys.values_list("pk", "key"))


@dataclass(frozen=True)
class _Again:
    dealer: Dealer
    gate: Gate
    roster: Roster
    at: datetime
    key: str  # of what a person sent by hand: he was asked in the rules' place


def _recheck_run(again: _Again, automation: Automation, messages: list[Message]) -> dict[int, Answer]:
    dealer, definition, first = again.dealer, definition_of(automation), messages[0]
    if definition.subject != first.subject_type:
        return {m.id: Refusal("no_longer_true") for m in messages}
    joined = _joined(dealer, definition, messages)
    ids = [subject for m in messages for subject in (m.subject_id, *joined[m.id])]
    reference_on = day_of(first.reference_at, dealer.zone)
    run = RunOf(automation, definition, first.reference_at, first.run_at, reference_on, again.key)
    question = Question(dealer, definition.tree, definition.subject, definition.scope, first.reference_at)
    still = set(ids if run.is_by_hand else holding(question).filter(Among("pk", ids)).values_list("pk", flat=True))
    wanted = needs_of(definition, *{m.channel for m in messages if m.channel})
    facts = gather(dealer, definition.subject, ids, wanted, at=first.reference_at)
    answers: dict[int, Answer] = {}
    asked: list[tuple[Message, Draft]] = []
    for message in messages:
        own = message.customer_id if message.recipient == "customer" else None
        known = [s for s in (message.subject_id, *joined[message.id]) if s in still and s in facts]
        true = [s for s in known if own in (None, facts[s]["customer.id"])]  # it may be somebody else's by now
        subject = next((s for s in true if facts[s]["vehicle.status"] not in GONE_VEHICLE), true[0] if true else None)
        if subject is None:
            answers[message.id] = Refusal("no_longer_true")
            continue
        staff = again.roster.by_ref.get(message.recipient.removeprefix("staff:"))
        asked.append((message, Draft(run, subject, message.recipient, staff, facts[subject])))
    return answers | _stand_again(again, asked)


def _joined(dealer: Dealer, definition: Definition, messages: list[Message]) -> dict[int, list[int]]:
    """The other subjects that a message speaks of: those of its run and customer that have a key and no message."""
    found: dict[int, list[int]] = {message.id: [] for message in messages}
    asked = [m for m in messages if m.recipient == "customer"] if definition.speaks_of_all_vehicles else []
    keys = Occurrence.objects.of(dealer).filter(run__in={m.run_id for m in asked}, recipient="customer")
    spoken = Message.objects.of(dealer).filter(occurrence=OuterRef("pk"))
    alone = keys.exclude(Exists(spoken)) if asked else keys.none()
    subjects = dict(alone.values_list("subject_id", "run_id"))
    owners = gather(dealer, definition.subject, subjects, (), at=messages[0].reference_at) if subjects else {}
    for message in asked:
        found[message.id] = [
            pk
            for pk, run in subjects.items()
            if run == message.run_id and pk in owners and owners[pk]["customer.id"] == message.customer_id
        ]
    return found


def _stand_again(again: _Again, asked: list[tuple[Message, Draft]]) -> dict[int, Answer]:
    """The gate a second time, for those whose rules still hold."""
    handovers = [
        Handover(m.channel, m.id, m.send_at or again.at, m.purpose == "marketing", m.state in LEFT)  # type: ignore[arg-type]
        for m, _ in asked
    ]
    verdicts = again.gate.judge([draft for _, draft in asked], handovers)
    answers: dict[int, Answer] = {}
    for (message, _), verdict in zip(asked, verdicts, strict=True):
        if verdict.reason:
            answers[message.id] = Refusal(verdict.reason, verdict.detail)
        elif verdict.send_at is not None and verdict.send_at > again.at:
            answers[message.id] = Later(verdict.send_at, verdict.detail)
        else:
            moved = message.recipient == "customer" and verdict.address not in (None, message.address)
            address = verdict.address if moved else None
            answers[message.id] = Go(verdict.until, address) if verdict.until is not None or address else None
    return answers
