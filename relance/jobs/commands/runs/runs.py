"""`relance runs`: the runs of the last days, what waits or was missed and why, and who came too late for them."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer

from relance.dealers.models import Dealer
from relance.intake.freshness import overdue_since
from relance.jobs.commands.arguments import dealer_of, moment_of, print_json
from relance.lib.clock import now
from relance.lib.moments import DAY, iso
from relance.outbox.decide import runs_that_wait
from relance.outbox.runs.late import LateRows, late_rows, send_late
from relance.plan.models import Run


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days back.")] = 7,
    send_late_of: Annotated[
        str | None, typer.Option("--send-late", help="Send the runs of this automation to those who came late.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="As if the time were this moment.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per run.")] = False,
) -> None:
    """List runs: done, waiting for a feed or a person, missed, and those whom a later feed brought."""
    dealer = dealer_of(slug)
    moment = moment_of(at, dealer) if at else now()
    late = late_rows(dealer, at=moment)
    if send_late_of:
        late = _send(dealer, late, send_late_of, moment)
    for line in _lines(dealer, late, moment, days):
        if as_json:
            print_json(line)
        else:
            says = ", ".join(part for part in (line["cause"], _counts(line)) if part)
            print(f"{line['id'] or '-':>6} {line['state']:<8} {line['automation']:<12} {line['run_at']} {says}")
    for found in late:
        print(
            f"{found.people} of {found.run.automation.code} came after its run of "
            f"{iso(found.run.reference_at, dealer.zone)}; to send them too: "
            f"relance runs {slug} --send-late {found.run.automation.code}",
            file=sys.stderr,
        )
    if last := overdue_since(dealer, at=moment):
        print(f"the feed is overdue: the last one came {iso(last, dealer.zone)}", file=sys.stderr)


def _send(dealer: Dealer, late: list[LateRows], code: str, at: datetime) -> list[LateRows]:
    """Send those of one automation; the others are still to be listed."""
    chosen = [found for found in late if found.run.automation.code == code]
    number = sum(len(send_late(dealer, found.run, by="operator", at=at)) for found in chosen)
    print(f"{number} late rows of {code} taken up", file=sys.stderr)
    return [found for found in late if found.run.automation.code != code]


def _lines(dealer: Dealer, late: list[LateRows], at: datetime, days: int) -> Iterator[dict[str, Any]]:
    rows = Run.objects.of(dealer).filter(run_at__gt=at - days * DAY, run_at__lte=at).select_related("automation")
    waiting = {run.pk: people for run, people in runs_that_wait(dealer)}
    late_of = {(found.run.automation.pk, found.run.reference_at, found.run.run_at): found for found in late}
    for row in rows.order_by("run_at", "reference_at", "pk"):
        found = late_of.pop((row.automation_id, row.reference_at, row.run_at), None)
        yield {
            "id": row.pk,
            "automation": row.automation.code,
            "reference_at": iso(row.reference_at, dealer.zone),
            "run_at": iso(row.run_at, dealer.zone),
            "state": row.state,
            "cause": row.cause,
            "drafts": row.drafts,
            "waiting": waiting.get(row.pk, 0),
            "late": found.count if found else 0,
        }
    for found in late_of.values():
        yield {
            "id": None,
            "automation": found.run.automation.code,
            "reference_at": iso(found.run.reference_at, dealer.zone),
            "run_at": iso(found.run.run_at, dealer.zone),
            "state": "done",
            "cause": "",
            "drafts": 0,
            "waiting": 0,
            "late": found.count,
        }


def _counts(line: dict[str, Any]) -> str:
    shown = (("drafts", "drafts"), ("waiting", "wait for approval"), ("late", "came late"))
    return ", ".join(f"{line[key]} {says}" for key, says in shown if line[key])
