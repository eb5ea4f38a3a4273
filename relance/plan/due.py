"""Turns one run of an automation into its drafts: asks the audience, leaves out what the once-keys know. Reads only."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from relance.audience.compile import Question, shape, subjects
from relance.audience.fields import SUBJECTS
from relance.audience.reference import Clock, Ref, Statement, statement
from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.models import Vehicle
from relance.facts.recalls import recall_key
from relance.lib.moments import day_of
from relance.plan.apply import definition_of
from relance.plan.definition import AfterDays, Definition
from relance.plan.draft import RECALL_KEY, Draft, RunOf, occurrence_key
from relance.plan.gather import gather
from relance.plan.models import Automation, Occurrence
from relance.plan.recipients import NEEDS as RECIPIENT_NEEDS
from relance.plan.recipients import Roster
from relance.plan.schedule import RunAt, parts_of
from relance.plan.wording import needs_of

CHUNK = 1_000


def run_of(dealer: Dealer, automation: Automation, run: RunAt, definition: Definition | None = None) -> RunOf:
    """A run with what its drafts share; whoever has read the definition hands it over."""
    definition = definition or definition_of(automation)
    reference_on = day_of(run.reference_at, dealer.zone)
    return RunOf(
        automation, definition, run.reference_at, run.run_at, reference_on, occurrence_key(definition, reference_on)
    )


def question_of(dealer: Dealer, run: RunOf) -> Question:
    """What the run asks of the facts."""
    definition = run.definition
    return Question(dealer, definition.tree, definition.subject, definition.scope, run.reference_at)


def due_ids(dealer: Dealer, run: RunOf) -> list[int]:
    """The subjects that are due, by their ids as text; the query leaves out those already spoken to.

    The statement is compiled once per tree and asked at every moment (audience/reference).
    """
    definition = run.definition
    asked = asked_of(definition, question_of(dealer, run), leaves_out=definition.recipients == ["customer"])
    return of_its_part(dealer, run, asked.ids(clock_of(dealer, run)))


def due_ids_of_all(dealer: Dealer, together: Sequence[RunOf]) -> list[list[int]]:
    """The same for several runs of one automation, by statements that are planned once for all their runs."""
    found: dict[int, list[int]] = {}
    by_shape: dict[Any, list[int]] = {}
    for place, run in enumerate(together):
        by_shape.setdefault(shape(question_of(dealer, run)), []).append(place)
    for places in by_shape.values():
        some = [together[place] for place in places]
        definition = some[0].definition
        leaves_out = definition.recipients == ["customer"]
        asked = asked_of(definition, question_of(dealer, some[0]), leaves_out=leaves_out)
        ids = asked.ids_at([clock_of(dealer, run) for run in some])
        found |= {place: of_its_part(dealer, together[place], one) for place, one in zip(places, ids, strict=True)}
    return [found[place] for place in range(len(together))]


def clock_of(dealer: Dealer, run: RunOf) -> Clock:
    """The reference moment of a run, and what its statement names beside it."""
    given: dict[str, Any] = {"automation": run.automation.pk, "key": run.key}
    if isinstance(run.definition.repeat, AfterDays):
        given["after"] = run.reference_on - timedelta(days=run.definition.repeat.days)
    return Clock(run.reference_at, dealer.zone, given)


def asked_of(definition: Definition, question: Question, *, leaves_out: bool) -> Statement:
    """The compiled question of a definition; `leaves_out`: those already spoken to.

    It is kept with the definition, by what decides, beside its tree, how it reads.
    """
    key = (connection.vendor, question.dealer.pk, leaves_out, shape(question))
    asked: Statement | None = definition.compiled.get(key)
    if asked is None:
        rows = _due(question, definition, leaves_out=leaves_out)
        # By an expression: SQLite would rather walk every row in the order of an index on `ref` than sort a few.
        rows = rows.order_by(Coalesce("ref", "ref")).values("pk")
        asked = definition.compiled[key] = statement(rows)
    return asked


def of_its_part(dealer: Dealer, run: RunOf, ids: list[int]) -> list[int]:
    """Of a mailing split over days: those whose day has come; of any other run all of them.

    A subject's day hangs on its reference alone, so it stays where it is while facts change; whoever had an earlier day
    and has not been spoken to comes along, so that nobody falls between two days.
    """
    schedule = run.definition.schedule
    if schedule.split_days == 1:
        return ids
    come = sum(part.run_at <= run.run_at for part in parts_of(schedule, Calendar(dealer), dealer.zone))
    rows = SUBJECTS[run.definition.subject].objects.of(dealer)  # type: ignore[attr-defined]
    theirs: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        refs = rows.filter(pk__in=ids[start : start + CHUNK]).values_list("pk", "ref")
        theirs |= {pk for pk, ref in refs if part_of(run.definition.code, ref, schedule.split_days) < come}
    return [pk for pk in ids if pk in theirs]


def part_of(code: str, ref: str, parts: int) -> int:
    """Which part of a split mailing a subject belongs to, from 0: for ever the same."""
    return int.from_bytes(hashlib.blake2b(f"{code}:{ref}".encode(), digest_size=8).digest()) % parts


def _due(question: Question, definition: Definition, *, leaves_out: bool) -> QuerySet[Any]:
    rows = subjects(replace(question, symbolic=True))
    if leaves_out:
        keys = Occurrence.objects.of(question.dealer).filter(
            automation=Ref(lambda clock: clock.given["automation"]),
            subject_type=question.subject,
            subject_id=OuterRef("pk"),
            recipient="customer",
        )
        if isinstance(definition.repeat, AfterDays):
            keys = keys.filter(reference_on__gt=Ref(lambda clock: clock.given["after"]))
        elif definition.repeat == "each_recall":
            keys = _of_its_recall(question.dealer, keys)
        else:
            keys = keys.filter(key=Ref(lambda clock: clock.given["key"]))
        rows = rows.exclude(Exists(keys))
    return rows


def spoken_to(dealer: Dealer, run: RunOf) -> QuerySet[Occurrence]:
    """The once-keys that stand in the way of this run."""
    keys = Occurrence.objects.of(dealer).filter(automation=run.automation, subject_type=run.definition.subject)
    if isinstance(run.definition.repeat, AfterDays):
        return keys.filter(reference_on__gt=run.reference_on - timedelta(days=run.definition.repeat.days))
    if run.definition.repeat == "each_recall" and not run.is_by_hand:
        return _of_its_recall(dealer, keys)
    return keys.filter(key=run.key)


def spoken_to_of_all(dealer: Dealer, together: Sequence[RunOf]) -> list[set[int]]:
    """For each of several runs of one automation, the subjects to whose customer has been spoken."""
    first = together[0]
    keys = Occurrence.objects.of(dealer).filter(
        automation=first.automation, subject_type=first.definition.subject, recipient="customer"
    )
    if isinstance(first.definition.repeat, AfterDays):
        days = timedelta(days=first.definition.repeat.days)
        earliest = min(run.reference_on for run in together) - days
        said = list(keys.filter(reference_on__gt=earliest).values_list("reference_on", "subject_id"))
        return [{pk for on, pk in said if on > run.reference_on - days} for run in together]
    if first.definition.repeat == "each_recall":
        return [set(_of_its_recall(dealer, keys).values_list("subject_id", flat=True))] * len(together)
    by_key: dict[str, set[int]] = {run.key: set() for run in together}
    for key, pk in keys.filter(key__in=list(by_key)).values_list("key", "subject_id"):
        by_key[key].add(pk)
    return [by_key[run.key] for run in together]


def _of_its_recall(dealer: Dealer, keys: QuerySet[Occurrence]) -> QuerySet[Occurrence]:
    """Those once-keys that name the recall which is the last open one of their vehicle."""
    vehicles = Vehicle.objects.of(dealer).filter(pk=OuterRef("subject_id"))
    return keys.filter(key=Subquery(vehicles.values_list(recall_key(dealer))[:1]))


def drafts(
    dealer: Dealer,
    run: RunOf,
    ids: Sequence[int],
    *,
    roster: Roster,
    needs: frozenset[str],
    spoken: bool = False,
) -> Iterator[Draft]:
    """The drafts of a run, chunk by chunk; `needs` are further fact keys (those of the gate).

    `spoken`: also for recipients whose once-key is used (why asks about them).
    """
    wanted = needs | needs_of(run.definition) | RECIPIENT_NEEDS[run.definition.subject]
    if run.definition.repeat == "each_recall":
        wanted |= {RECALL_KEY}
    waiting = iter(ids)
    while chunk := list(islice(waiting, CHUNK)):
        facts = gather(dealer, run.definition.subject, chunk, wanted, at=run.reference_at)
        used = set() if spoken else _used(dealer, run, chunk)
        for subject_id in chunk:
            values = facts.get(subject_id)
            if values is None:
                continue
            for recipient, staff in roster.recipients(run.definition.recipients, values):
                if (subject_id, recipient) not in used:
                    yield Draft(run, subject_id, recipient, staff, values)


def _used(dealer: Dealer, run: RunOf, ids: Sequence[int]) -> set[tuple[int, str]]:
    if run.definition.recipients == ["customer"]:
        return set()  # due_ids has left them out
    return set(spoken_to(dealer, run).filter(subject_id__in=ids).values_list("subject_id", "recipient"))
