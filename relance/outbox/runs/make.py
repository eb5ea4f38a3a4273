"""Turns one run and the subjects that are due into rows of the outbox: drafts, gate, acceptance, guard "blast"."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from statistics import median

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.outbox.accept import accept
from relance.outbox.gate import Gate, needs_of
from relance.outbox.models import Message
from relance.outbox.sending_time import SendingTime
from relance.outbox.tasks import ask_about_recalls
from relance.plan.draft import RunOf
from relance.plan.due import drafts
from relance.plan.models import PlanMark, Run
from relance.plan.recipients import Roster

CHUNK = 1_000
WAITS_FOR_APPROVAL = "more people than usual: waits for approval"
# Guard "blast": over so many people and such a share of the customers, or so many times the median of so
# many days; small numbers vary by themselves, so the median is only asked from FEW people on.
BLAST_PEOPLE, BLAST_SHARE = 200, 0.20
BLAST_TIMES, BLAST_DAYS, FEW = 3, 30, 20


class Making:
    """What the runs that are made together share: one gate, which remembers whom it let through."""

    def __init__(self, dealer: Dealer, at: datetime) -> None:
        self.dealer, self.at = dealer, at
        self.calendar = Calendar(dealer)
        self.roster = Roster(dealer)
        self.is_held = PlanMark.objects.of(dealer).filter(held_since__isnull=False).exists()  # restored from a backup
        self.gate = Gate(dealer, at, calendar=self.calendar, sending_time=SendingTime(dealer, self.calendar))

    def make(self, run: RunOf, ids: Sequence[int], row: Run, *, state: str = "done") -> None:
        """Put a run into the outbox; its row says how many. Inside a transaction."""
        blast = self.is_blast(run, len(ids))
        row.reference_at, row.run_at, row.planned_at = run.reference_at, run.run_at, self.at
        row.state, row.cause = state, WAITS_FOR_APPROVAL if blast else row.cause if state != "done" else ""
        row.save()
        waits = run.definition.status == "approval" or blast or self.is_held
        found = drafts(self.dealer, run, ids, roster=self.roster, needs=needs_of(run.definition))
        while chunk := list(islice(found, CHUNK)):
            verdicts = self.gate.judge(chunk)
            row.drafts += accept(self.dealer, row, list(zip(chunk, verdicts, strict=True)), at=self.at, waits=waits)
            self.gate.said.clear()  # they are rows now
        row.save(update_fields=["drafts"])
        if run.definition.is_safety_recall:
            refused = Message.objects.of(self.dealer).filter(run=row, reason="do_not_mail")
            ask_about_recalls(self.dealer, refused.select_related("customer"), at=self.at)

    def is_blast(self, run: RunOf, people: int) -> bool:
        """Unusually many: over a fifth of the customers and over 200, or over three times the 30-day median."""
        if not self.dealer.preferences.guards.blast or people <= min(FEW, BLAST_PEOPLE):
            return False
        in_all = people * run.definition.schedule.split_days  # a mailing spread over days is judged as a whole
        if in_all > BLAST_PEOPLE and in_all > BLAST_SHARE * Customer.objects.of(self.dealer).count():
            return True
        recent = Run.objects.of(self.dealer).filter(
            automation=run.automation, state="done", run_at__gte=self.at - timedelta(days=BLAST_DAYS), drafts__gt=0
        )
        usual = list(recent.values_list("drafts", flat=True))
        return bool(usual) and people > max(FEW, BLAST_TIMES * median(usual))
