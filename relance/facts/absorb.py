"""Turns a feed into facts: the one way in for the command, the desk, the demo and the clockwork.

Two passes (docs/facts.md): the first reads, checks and stages and changes nothing; the second applies in short
transactions. Repeating an import is safe, also after it was cut off: what hangs on the rows is then made anew for all.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext, ngettext

from relance.dealers.models import Dealer
from relance.facts.applying import complete
from relance.facts.applying.apply import Applier
from relance.facts.applying.known import Stored
from relance.facts.applying.shapes import Terms
from relance.facts.refresh import refresh, touch_everything
from relance.intake import check
from relance.intake.check import Checker, Report
from relance.intake.feeds import Feed, open_feed
from relance.intake.models import ImportRun
from relance.intake.records import RECORDS
from relance.intake.rejects import Rejects
from relance.intake.stage import Stage
from relance.lib.database.statistics import refresh_statistics
from relance.lib.rows import long_write

NORMALISING = 1  # raise when applying/ makes other fields out of the same cells: every row is read again
SHRUNK = 0.6
LEFT_FOR = timedelta(days=1)
Progress = Callable[[str, int], None]


def silent(what: str, rows: int) -> None:
    """Progress that nobody looks at."""


def take_in(  # noqa: PLR0913 the one door; each word is an option of the command
    dealer: Dealer,
    feed_path: Path,
    *,
    at: datetime,
    full: bool = False,
    force: bool = False,
    rejects_path: Path | None = None,
    progress: Progress = silent,
) -> ImportRun:
    """Take in the feed at `feed_path`; the run says what became of every file. BadInput when there is no feed there."""
    feed = open_feed(Path(feed_path))
    run = ImportRun(dealer=dealer, feed=str(feed_path)[-300:], started_at=at, full=full, notes=list(feed.notes))
    rejects = Rejects(rejects_path or _own_rejects(dealer, at))
    run.rejects = str(rejects.path)
    with Stage(_stage_folder(at)) as stage, long_write():
        try:
            reports = _read(dealer, feed, stage, rejects, run, force=force, progress=progress)
        finally:
            rejects.close()
        if full and not force and dealer.preferences.guards.shrink:
            guard_shrinking(dealer, reports)
        everything = ImportRun.objects.of(dealer).filter(finished_at=None).exists()
        run.save()  # without its end until everything is done: whoever comes next sees that this was cut off
        _apply(dealer, stage, reports, run, everything=everything, progress=progress)
    run.files = [report.counts() for report in sorted(reports, key=lambda report: report.file)]
    run.notes += [note for report in reports for note in report.notes]
    run.finished_at = at
    run.save()
    ImportRun.objects.of(dealer).filter(finished_at=None, pk__lt=run.pk).update(finished_at=at)
    return run


def _read(  # noqa: PLR0913 the parts of one import, made by take_in
    dealer: Dealer, feed: Feed, stage: Stage, rejects: Rejects, run: ImportRun, *, force: bool, progress: Progress
) -> list[Report]:
    """The first pass."""
    salt = json.dumps([NORMALISING, dealer.country, dealer.timezone, dealer.settings.get("status_map")], sort_keys=True)
    terms = check.Terms(
        zone=dealer.zone, salt=salt, guard_rejects=dealer.preferences.guards.rejects and not force, complete=run.full
    )
    checker = Checker(terms=terms, known=Stored(dealer), stage=stage, rejects=rejects, progress=progress)
    return [checker.check(file) for file in feed.files]


def _apply(
    dealer: Dealer, stage: Stage, reports: list[Report], run: ImportRun, *, everything: bool, progress: Progress
) -> None:
    """The second pass, and what is derived from what it changed."""
    by_file = {report.file: report for report in reports}
    for record in RECORDS:
        report = by_file.get(record.file)
        if report is None or report.stopped:
            continue
        terms = Terms.of(dealer)
        Applier(dealer, stage=stage, terms=terms, at=run.started_at).apply(record.name, report, progress)
        report.notes += list(_seen(report.file, terms))
        if run.full:
            report.notes += complete.retire_absent(dealer, record.name, stage, at=run.started_at)
    if everything:
        touch_everything(dealer, stage)
    if inserted := sum(report.counts()["inserted"] for report in reports):
        refresh_statistics(inserted)  # before what is derived is asked of the new rows
    refresh(dealer, stage, progress)


def _seen(file: str, terms: Terms) -> Iterator[str]:
    for (what, value), rows in sorted(terms.seen.items()):
        shown = f" ('{value}')" if value else ""
        told = ngettext("{number} row", "{number} rows", rows).format(number=f"{rows:,}")
        yield f"{file}: {what}{shown}, {told}"


def guard_shrinking(dealer: Dealer, reports: list[Report]) -> None:
    """A complete feed with a file 40 % shorter than in the last complete feed is not applied."""
    last = ImportRun.objects.of(dealer).filter(full=True).exclude(finished_at=None).order_by("-pk").first()
    before = {counts["file"]: counts["read"] for counts in last.files} if last else {}
    shorter = [report for report in reports if report.read <= SHRUNK * before.get(report.file, 0)]
    shorter = [report for report in shorter if before.get(report.file) and not report.stopped]
    if not shorter:
        return
    first = shorter[0]
    why = gettext(
        "not applied: this complete feed has {rows} rows in {file}, the last one had {before}; "
        "send the whole feed, or repeat with --force"
    ).format(rows=f"{first.read:,}", file=first.file, before=f"{before[first.file]:,}")
    for report in reports:
        report.stop(why)


def _own_rejects(dealer: Dealer, at: datetime) -> Path:
    return Path(settings.HOME) / "rejects" / dealer.slug / f"{at:%Y%m%dT%H%M%S%f}.csv"


def _stage_folder(at: datetime) -> Path:
    """Where stages lie; what imports that were cut off left there goes after a day."""
    folder = Path(settings.HOME) / "stage"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if left.stat().st_mtime < (at - LEFT_FOR).timestamp():
            shutil.rmtree(left, ignore_errors=True)
    return folder
