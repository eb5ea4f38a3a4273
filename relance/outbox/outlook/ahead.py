"""Turns the runs of a span of time into who will be due at each, and into what the gate will say. Writes nothing.

The same question, facts and gate as planning. What makes it quick: people are found as ids first, once-keys leave out
on ids, facts are read once for all runs of an automation, and of a text only what could be missing is looked at.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, cast

from relance.audience.compile import Question
from relance.audience.reference import Clock, Ref
from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.consent import Entry, Relation, ledger_of_all, relations_of_all
from relance.facts.models import Customer
from relance.lib.moments import DAY
from relance.outbox.address import ADDRESS_OF, has_post
from relance.outbox.gate import Gate, Handover, Verdict, needs_of
from relance.outbox.gate.known import Known, day_at
from relance.outbox.gate.terms import Terms
from relance.outbox.gate.too_much import CEILING_HOURS
from relance.outbox.outlook.crowd import Foreseen
from relance.outbox.sending_time import SendingTime
from relance.plan.apply import definition_of
from relance.plan.definition import Channel, Definition, Language
from relance.plan.draft import Draft, RunOf
from relance.plan.due import (
    asked_of,
    due_ids,
    due_ids_of_all,
    of_its_part,
    question_of,
    run_of,
    spoken_to,
    spoken_to_of_all,
)
from relance.plan.gather import gather
from relance.plan.models import Automation
from relance.plan.recipients import NEEDS as RECIPIENT_NEEDS
from relance.plan.recipients import Roster
from relance.plan.render import Slot, parse
from relance.plan.switching.moved_runs import Moves, moves_of, runs_of
from relance.plan.wording import Spoken, words_of
from relance.plan.wording import needs_of as words_need

AT_ONCE = 8_000  # drafts whose facts are in memory together: about 25 MB
CROWD = 2_000  # people of whom it is quicker to read what is known of everybody
SMALL = 50_000  # customers of a dealer of whom that much fits into memory
ONE_BY_ONE = "last_service."  # facts that depend on the moment of the run


@dataclass(frozen=True, slots=True)
class Due:
    """One run and the subjects that are due at it."""

    run: RunOf
    ids: Sequence[int]


@dataclass
class Outlook:
    """What runs ahead share: one dealer, seen from one moment. `forgets`: as if nothing had ever been said."""

    dealer: Dealer
    at: datetime
    forgets: bool = False
    calendar: Calendar = field(init=False)
    roster: Roster = field(init=False)
    moves: Moves = field(init=False)
    gate: "ForesightGate" = field(init=False)

    def __post_init__(self) -> None:
        self.calendar, self.roster = Calendar(self.dealer), Roster(self.dealer)
        self.moves = moves_of(self.dealer)
        sending_time = SendingTime(self.dealer, self.calendar)
        kind = GateOfThePast if self.forgets else ForesightGate
        self.gate = kind(self.dealer, self.at, calendar=self.calendar, sending_time=sending_time)

    def ahead(self, automations: Iterable[Automation], *, after: datetime, until: datetime) -> Iterator[Foreseen]:
        """Everybody due at the runs in (after, until], in the order of the runs."""
        waiting: list[Due] = []
        for automation in automations:
            waiting += self.runs_of(automation, after=after, until=until)
        yield from self.judged(waiting)

    def runs_of(self, automation: Automation, *, after: datetime, until: datetime) -> Iterator[Due]:
        """The runs of one automation at which anybody is due; for the customer himself once-keys have left out."""
        dealer, definition = self.dealer, definition_of(automation)
        if definition.schedule.kind == "realtime":
            return
        schedule = definition.schedule
        found = runs_of(automation, schedule, self.calendar, after=after, until=until, moves=self.moves)
        question = Question(dealer, definition.tree, definition.subject, definition.scope, until)
        once = Once(definition)
        always = self._always_the_same(definition, question) if len(found) > 1 else None
        coming = [run_of(dealer, automation, each, definition) for each in found]
        if always is None:
            due = self._due_at(coming)
        else:
            due = [of_its_part(dealer, run, ids) for run, ids in self._not_spoken_to(coming, always)]
        for run, ids in zip(coming, due, strict=True):
            if definition.recipients == ["customer"]:
                ids = [pk for pk in ids if once.is_new(run, (pk, "customer"))]
            if ids:
                yield Due(run, array("q", ids))

    def due(self, run: RunOf) -> Sequence[int]:
        """Who is due at a run."""
        if not self.forgets:
            return due_ids(self.dealer, run)
        asked = asked_of(run.definition, question_of(self.dealer, run), leaves_out=False)
        return asked.ids(Clock(run.reference_at, self.dealer.zone))

    def _due_at(self, coming: Sequence[RunOf]) -> list[list[int]]:
        """Who is due at each of the runs."""
        if not self.forgets:
            return due_ids_of_all(self.dealer, coming)
        return [of_its_part(self.dealer, run, [*self.due(run)]) for run in coming]

    def _not_spoken_to(self, coming: Sequence[RunOf], ids: list[int]) -> Iterator[tuple[RunOf, list[int]]]:
        """Each run with those of them to whom nobody has spoken yet; the once-keys of all runs are read together."""
        if self.forgets or not ids or not coming or coming[0].definition.recipients != ["customer"]:
            yield from ((run, ids) for run in coming)
            return
        for run, theirs in zip(coming, spoken_to_of_all(self.dealer, coming), strict=True):
            yield run, [pk for pk in ids if pk not in theirs] if theirs else ids

    def _always_the_same(self, definition: Definition, question: Question) -> list[int] | None:
        """Whom a question finds that says nothing of the reference moment; None when it does."""
        asked = asked_of(definition, question, leaves_out=False)
        if any(isinstance(parameter, Ref) for parameter in asked.parameters):
            return None
        return asked.ids(Clock(question.at, self.dealer.zone))

    def judged(self, waiting: Sequence[Due]) -> Iterator[Foreseen]:
        """What the gate says of them, in the order in which they would run."""
        once: dict[int, Once] = {}
        for part in _parts(sorted(waiting, key=lambda due: _order(due.run))):
            drafts = [draft for draft in self.drafts(part) if _is_new(draft, once)]
            for draft, verdict in zip(drafts, self.gate.judge(drafts), strict=True):
                if not verdict.is_joined:
                    yield foreseen(draft, verdict, self.dealer)

    def drafts(self, waiting: Sequence[Due], *, whole: bool = False) -> list[Draft]:
        """The drafts of these runs, in their order; the facts of an automation are read together.

        `whole`: with all the facts of their words, not only those that could be missing.
        """
        read = whole_needs if whole else needs
        facts: dict[tuple[int, datetime | None], dict[int, Any]] = {}
        wanted: dict[tuple[int, datetime | None], tuple[RunOf, dict[int, None]]] = {}
        for due in waiting:
            _, ids = wanted.setdefault(_together(due.run), (due.run, {}))
            ids.update(dict.fromkeys(due.ids))
        for key, (run, ids) in wanted.items():
            facts[key] = gather(self.dealer, run.definition.subject, ids, read(run.definition), at=run.reference_at)
        found = []
        for due in waiting:
            values_of, run = facts[_together(due.run)], due.run
            if run.definition.recipients == ["customer"]:
                found += [Draft(run, pk, "customer", None, values_of[pk]) for pk in due.ids if pk in values_of]
                continue
            used = self._used(due)
            for subject_id in due.ids:
                values = values_of.get(subject_id)
                if values is None:
                    continue
                for recipient, staff in self.roster.recipients(run.definition.recipients, values):
                    if (subject_id, recipient) not in used:
                        found.append(Draft(run, subject_id, recipient, staff, values))
        return found

    def _used(self, due: Due) -> set[tuple[int, str]]:
        if self.forgets:
            return set()
        rows = spoken_to(self.dealer, due.run).filter(subject_id__in=list(due.ids)[:AT_ONCE])
        return set(rows.values_list("subject_id", "recipient"))


class ForesightGate(Gate):
    """The gate that only wants to know whether a text is complete, and whether there is an address."""

    def __init__(self, dealer: Dealer, at: datetime, *, calendar: Calendar, sending_time: SendingTime) -> None:
        super().__init__(dealer, at, calendar=calendar, sending_time=sending_time)
        if not {"postcard", "letter"} & {channel for channel, _ in self.suppressed}:
            self.address_of = {**ADDRESS_OF, "postcard": has_post, "letter": has_post}
        cap = self.preferences.frequency_cap
        self._counts_for = max(cap.days if cap else 0, CEILING_HOURS.days + 1) * DAY
        self._judged_on: date | None = None

    def judge(self, drafts: Sequence[Draft], handovers: Sequence[Handover | None] | None = None) -> list[Verdict]:
        """The drafts of runs that come in their order: what an earlier run let through is forgotten in time."""
        if drafts:
            self._forget_before(drafts[0].run)
        return super().judge(drafts, handovers)

    def _forget_before(self, run: RunOf) -> None:
        """Nothing leaves before its run, so what lies so far back counts against nobody any more."""
        self.told = {
            whom: about for whom, about in self.told.items() if whom[:2] == (run.automation.pk, run.reference_at)
        }
        day = day_at(run.run_at, self.zone)
        if day == self._judged_on:
            return
        self._judged_on, first = day, day - self._counts_for
        kept = ((customer, [c for c in counted if c.on > first]) for customer, counted in self.said.items())
        self.said = defaultdict(list, {customer: counted for customer, counted in kept if counted})

    def known(self, drafts: Sequence[Draft]) -> Known:
        """Of a crowd everything is read at once, of a few people only theirs."""
        known = super().known(drafts)
        if len(known.customers) > CROWD and self._is_small:
            known.ledger, known.relations = self._everybody
        return known

    @cached_property
    def _is_small(self) -> bool:
        return Customer.objects.of(self.dealer).count() <= SMALL

    @cached_property
    def _everybody(self) -> tuple[dict[int, list[Entry]], dict[int, Relation]]:
        return ledger_of_all(self.dealer), relations_of_all(self.dealer, self.at)

    def _spoken(self, draft: Draft, channel: Channel, terms: Terms) -> Spoken:
        language = self.spoken_language(draft, channel, terms)
        found = terms.unspoken.get((channel, language))
        if found is None:
            found = terms.unspoken[channel, language] = self._to_look_for(terms.definition, channel, language)
        spoken, slots, voice = found
        values = draft.values
        for fact, slot in slots:
            if fact is None or values.get(fact) is None:
                slot.fill(values, voice)  # Hole when it is empty
        return cast(Spoken, spoken)

    def _to_look_for(self, definition: Definition, channel: Channel, language: Language) -> tuple[Any, ...]:
        """The places of a text that could be empty, each with the one fact with which it is not, if there is one."""
        voice = self.voice(language)
        slots = [
            (slot.field.needs[0] if slot.field.always_known else None, slot)
            for slot in _must_be_known(_texts(definition, channel, language))
            if slot.field.needs or not slot.field.render({}, voice)  # the dealer's own words are there for everybody
        ]
        return Spoken(language, None, "", []), slots, voice

    def _words(self, draft: Draft, channel: Channel, terms: Terms, known: Known) -> Spoken:
        return self._spoken(draft, channel, terms)

    def words_for(self, draft: Draft, channel: Channel) -> Spoken:
        """The whole text, with the lines around it."""
        terms = self._terms(draft.run)
        spoken = super()._spoken(draft, channel, terms)
        return super()._with_lines(draft, spoken, terms, super().known([draft]))


class GateOfThePast(ForesightGate):
    """The gate before which no message of the outbox counts: what if there had only been this automation."""

    def known(self, drafts: Sequence[Draft]) -> Known:
        """Consent and relations as they were at the moment of the gate; no messages."""
        known = Known(self.dealer, self.at, drafts)
        known.stored = {}
        return known


class Once:
    """The once-keys of one automation that runs ahead use up."""

    def __init__(self, definition: Definition) -> None:
        self._days = getattr(definition.repeat, "days", None)
        self._last: dict[tuple[int, str], date] = {}
        self._keys: dict[tuple[str, str], set[int]] = defaultdict(set)  # subjects by recipient and key

    def is_new(self, run: RunOf, who: tuple[int, str]) -> bool:
        """Whether this subject and recipient have not been spoken to; asking uses the key up."""
        if self._days is not None:
            last = self._last.get(who)
            if last is not None and last > run.reference_on - self._days * DAY:
                return False
            self._last[who] = run.reference_on
            return True
        subject_id, recipient = who
        used = self._keys[recipient, run.key]
        if subject_id in used:
            return False
        used.add(subject_id)
        return True


def foreseen(draft: Draft, verdict: Verdict, dealer: Dealer) -> Foreseen:
    """What is kept of a draft and its verdict."""
    day = day_at(verdict.send_at or draft.run.run_at, dealer.zone)
    return Foreseen(
        draft.run, draft.subject_id, draft.recipient, day, verdict.channel, verdict.reason, verdict.detail,
        verdict.send_at,
    )  # fmt: skip


def needs(definition: Definition) -> frozenset[str]:
    """The facts that gate and recipients of an automation ask for, and those without which a text has a hole."""
    could_miss = {
        key
        for channel in definition.channels
        for language in words_of(definition, channel)
        for slot in _must_be_known(_texts(definition, channel, language))
        for key in slot.field.needs
    }
    return needs_of(definition) | could_miss | RECIPIENT_NEEDS[definition.subject]


def whole_needs(definition: Definition) -> frozenset[str]:
    """The facts that gate, words and recipients of an automation ask for."""
    return needs_of(definition) | words_need(definition) | RECIPIENT_NEEDS[definition.subject]


def _is_new(draft: Draft, once: dict[int, Once]) -> bool:
    definition = draft.run.definition
    if definition.recipients == ["customer"]:
        return True  # left out already, on ids
    keys = once.setdefault(draft.run.automation.pk, Once(definition))
    return keys.is_new(draft.run, (draft.subject_id, draft.recipient))


def _order(run: RunOf) -> tuple[datetime, datetime, str]:
    return run.run_at, run.reference_at, run.automation.code


def _together(run: RunOf) -> tuple[int, datetime | None]:
    """Runs whose facts can be read in one go."""
    alone = any(key.startswith(ONE_BY_ONE) for key in needs(run.definition))
    return run.automation.pk, run.reference_at if alone else None


def _parts(waiting: Sequence[Due]) -> Iterator[list[Due]]:
    """Runs in their order, so many at once as memory allows; a run that is larger is cut."""
    part: list[Due] = []
    room = AT_ONCE
    for due in waiting:
        for start in range(0, len(due.ids), AT_ONCE):
            piece = Due(due.run, due.ids[start : start + AT_ONCE])
            if len(piece.ids) > room and part:
                yield part
                part, room = [], AT_ONCE
            part.append(piece)
            room -= len(piece.ids)
    if part:
        yield part


def _texts(definition: Definition, channel: Channel, language: Language) -> tuple[str, ...]:
    words = words_of(definition, channel)[language]
    return (words.subject, words.body) if words.subject else (words.body,)


@lru_cache(maxsize=5_000)
def _must_be_known(texts: tuple[str, ...]) -> tuple[Slot, ...]:
    """The places without a fallback, each field once, in the order in which they are filled."""
    slots = {slot.field: slot for text in reversed(texts) for slot in reversed(parse(text).slots) if not slot.fallback}
    return tuple(reversed(slots.values()))
