"""Turns a chunk of drafts into what the gate must know of their people: consent, complaints, what was said lately.

Everything is read lazily and once per chunk: what nobody asks is not read.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max

from relance.dealers.models import Dealer
from relance.facts.consent import DECISIVE, Entry, Relation, ledger_of, relations_of
from relance.facts.models import Touch
from relance.lib.moments import add_months, day_of
from relance.lib.rows import Among
from relance.outbox.law.regimes import judge, needs_relation
from relance.outbox.models import HoldBack, Message, Task
from relance.plan.draft import Draft

COUNTED = ("ready", "approval", "sending", "sent", "delivered", "unsure")  # states that count towards cap and ceiling
LEFT = ("sent", "delivered")
IN_DOUBT = ("sending", "unsure")
OUT = (*LEFT, *IN_DOUBT)  # has left, or may have
ASKED = ("pk", "key", "customer_id", "state", "purpose", "send_at", "moved_at", "expires_at")
FOR_EVER = datetime.max.replace(tzinfo=UTC)
LATE = timedelta(days=9)  # by so much a message may leave later than planned and still be found by its sending time
HERE, EVERYTHING = "this automation", "everything"  # from what somebody is held back
day_at = lru_cache(maxsize=20_000)(day_of)  # thousands of drafts ask of the same few moments


class Counted(NamedTuple):
    """A message to a person that caps and ceilings count."""

    send_at: datetime  # when it left; of one that still waits, its sending time
    on: date  # its day at the dealer's
    is_marketing: bool
    pk: int
    has_left: bool = False  # or may have
    until: datetime | None = None  # of one that may leave as soon as its time has come: when it is stale


class Held(NamedTuple):
    """Who is held back."""

    of_runs: dict[tuple[int, int], set[date | None]]  # (automation, customer) → the days of the runs; None: for ever
    everything: dict[int, date | None]  # customer → the last day; None: for ever


class Known:
    """What is known of the people of one chunk."""

    def __init__(self, dealer: Dealer, at: datetime, drafts: Sequence[Draft]) -> None:
        self.dealer, self.at, self.zone = dealer, at, dealer.zone
        self.regime = dealer.regime
        self.customers = sorted({draft.customer_id for draft in drafts if draft.recipient == "customer"})
        self.ledger: dict[int, list[Entry]] | None = None
        self.relations: dict[int, Relation] | None = None
        self.not_counted: Sequence[int] = ()  # messages, by primary key, that no other one here is counted against
        self.stored: dict[int, list[Counted]] | None = None
        self._held: Held | None = None
        self._complaints: dict[int, str] | None = None
        self._told: dict[int, datetime] | None = None  # when each last heard by SMS how to stop
        self._needs_relation = needs_relation(self.regime)
        cap = dealer.preferences.frequency_cap
        self._span = _span(drafts, at, cap.days if cap else 1)

    def consent(self, customer: int, *, channel: str, purpose: str, at: datetime) -> str | None:
        """opted_out or no_consent, or nothing against."""
        if self.ledger is None:
            self.ledger = ledger_of(self.dealer, self.customers, DECISIVE)
        relation = None
        if purpose == "marketing" and self._needs_relation:
            if self.relations is None:
                self.relations = relations_of(self.dealer, self.customers, self.at)
            relation = self.relations.get(customer)
        entries = self.ledger.get(customer, ())
        return judge(
            self.regime, channel=channel, purpose=purpose, entries=entries, relation=relation, at=at, zone=self.zone
        )

    def was_told_how_to_stop(self, customer: int, at: datetime) -> bool:
        """Whether an SMS that said so has left for this person within the last month."""
        if self._told is None:
            rows = Message.objects.of(self.dealer).filter(
                Among("customer_id", self.customers), recipient="customer", channel="sms", state__in=LEFT
            )
            told = rows.exclude(closing="").values_list("customer_id").annotate(last=Max("send_at"))
            self._told = dict(told.order_by())
        last = self._told.get(customer)
        return last is not None and day_of(at, self.zone) < add_months(day_of(last, self.zone), 1)

    def held_back(self, draft: Draft, on: date) -> str | None:
        """How a person held this customer back, from this automation or (on this day) from everything; else None."""
        if self._held is None:
            self._held = self._read_held()
        if draft.customer_id in self._held.everything:
            until = self._held.everything[draft.customer_id]
            if until is None or on <= until:
                return EVERYTHING if until is None else f"{EVERYTHING} until {until.isoformat()}"
        days = self._held.of_runs.get((draft.run.automation.pk, draft.customer_id), ())
        return HERE if None in days or draft.run.reference_on in days else None

    def complaint(self, customer: int) -> str | None:
        """Since when a complaint of this customer is open; None when there is none."""
        if self._complaints is None:
            self._complaints = self._read_complaints()
        return self._complaints.get(customer)

    def counted(self, customer: int) -> list[Counted]:
        """The stored messages to this person that count."""
        if self.stored is None:
            self.stored = self._read_counted()
        return self.stored.get(customer, [])

    def _read_held(self) -> Held:
        held = Held({}, {})
        rows = HoldBack.objects.of(self.dealer).filter(Among("customer_id", self.customers), undone_at=None)
        for row in rows.only("automation_id", "customer_id", "reference_on", "until"):
            automation, customer, day, until = row.automation_id, row.customer_id, row.reference_on, row.until
            if automation is not None:
                held.of_runs.setdefault((automation, customer), set()).add(day)
            else:  # two who became one may have two: the longer one counts
                last = held.everything.get(customer, until)
                held.everything[customer] = None if until is None or last is None else max(last, until)
        return held

    def _read_complaints(self) -> dict[int, str]:
        """The oldest open one of each."""
        rows = Task.objects.of(self.dealer).filter(Among("customer_id", self.customers), kind="complaint", state="open")
        found = rows.order_by("-created_at", "-pk").values_list("customer_id", "created_at")
        return {customer: day_of(at, self.zone).isoformat() for customer, at in found if customer is not None}

    def _read_counted(self) -> dict[int, list[Counted]]:
        """By person, each at the moment at which it left: a worker that stood still makes days of plans one day."""
        touches = Touch.objects.of(self.dealer).filter(
            Among("customer_id", self.customers), kind="sent", happened_at__gte=self._span[0]
        )
        left = {UUID(ref): at for ref, at in touches.values_list("ref", "happened_at")}
        mine = Message.objects.of(self.dealer).filter(
            Among("customer_id", self.customers), recipient="customer", state__in=COUNTED
        )
        near = mine.filter(send_at__gte=self._span[0] - LATE, send_at__lt=self._span[1])
        if self.not_counted:
            near = near.exclude(Among("pk", self.not_counted))
        rows = {row[0]: row for row in near.values_list(*ASKED)}
        if left and (missing := left.keys() - {row[1] for row in rows.values()}):
            rows |= {row[0]: row for row in mine.filter(key__in=missing).values_list(*ASKED)}
        found: dict[int, list[Counted]] = defaultdict(list)
        for _, (pk, key, customer, state, purpose, send_at, moved_at, expires_at) in sorted(rows.items()):
            if customer is None or send_at is None:
                continue
            at = (left.get(key) if left else None) or (max(send_at, moved_at) if state in IN_DOUBT else send_at)
            until = (expires_at or FOR_EVER) if state == "ready" else None
            on = day_at(at, self.zone)
            found[customer].append(Counted(at, on, purpose == "marketing", pk, state in OUT, until))
        return dict(found)


def _span(drafts: Sequence[Draft], at: datetime, days: int) -> tuple[datetime, datetime]:
    """The time in which a message could count: the cap's days back, the longest wait ahead."""
    starts = {max(draft.run.run_at, at) for draft in drafts} or {at}
    return min(starts) - timedelta(days=days + 2), max(starts) + timedelta(days=days + 16)
