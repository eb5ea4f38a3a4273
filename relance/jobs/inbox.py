"""Turns what was put into `$RELANCE_HOME/inbox/SLUG/` into imports: a folder or a zip, once it is complete.

It is complete when its size has stood still for a minute, or when a `.done` file lies beside it. What was taken, or
cannot be taken, is moved to `archive/` beside it; a note says why something was refused.
"""

import logging
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import override

from relance.dealers.models import Dealer
from relance.facts.absorb import take_in
from relance.facts.vins import decode_waiting
from relance.intake.models import ImportRun
from relance.lib.errors import BadInput
from relance.measures.finding import Finding
from relance.outbox.runs.late import after_import

log = logging.getLogger("relance.inbox")
STANDS_STILL = timedelta(minutes=1)
CUT_OFF = timedelta(hours=1)  # longer than the largest import takes
ARCHIVE, DONE, REFUSED = "archive", ".done", ".refused.txt"
STAMP = "%Y%m%dT%H%M%S"
Size = tuple[int, int]  # how many files, how many bytes


class Inbox:
    """The drop folders of all dealers. It remembers since when each size stands still; a restart waits once more."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[Size, datetime]] = {}

    def look(self, at: datetime) -> None:
        """Take in one complete feed of each dealer, by name. A fault of one dealer's feed stops no other."""
        found: set[Path] = set()
        for dealer in Dealer.objects.order_by("pk"):
            feeds = list(_feeds(Path(settings.HOME) / "inbox" / dealer.slug))
            found.update(feeds)
            complete = [feed for feed in feeds if self._is_complete(feed, at)]
            for feed in complete[:1]:
                _take(dealer, feed, at)
        self._seen = {path: seen for path, seen in self._seen.items() if path in found and path.exists()}

    def _is_complete(self, feed: Path, at: datetime) -> bool:
        if _done(feed).exists():
            return True
        try:
            size = _size(feed)
        except OSError:  # it is being moved just now
            return False
        before, since = self._seen.get(feed, (None, at))
        if before != size:
            self._seen[feed] = (size, at)
            return False
        return at - since >= STANDS_STILL and size[1] > 0


def _feeds(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name == ARCHIVE or path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir() or path.suffix.lower() == ".zip":
            yield path


def _done(feed: Path) -> Path:
    return feed.with_name(feed.name + DONE)


def _size(feed: Path) -> Size:
    files = [path for path in feed.rglob("*") if path.is_file()] if feed.is_dir() else [feed]
    return len(files), sum(path.stat().st_size for path in files)


def _take(dealer: Dealer, feed: Path, at: datetime) -> None:
    try:
        with override(dealer.language):  # what is wrong with a feed is read at the desk
            run = take_in(dealer, feed, at=at)
    except BadInput as error:
        log.warning("%s: %s was refused: %s", dealer.slug, feed.name, error)
        _archive(feed, at, note=str(error))
        return
    except Exception:
        log.exception("%s: %s could not be taken in, it is tried again", dealer.slug, feed.name)
        return
    _archive(feed, at)
    log.info("%s: %s was taken in%s", dealer.slug, feed.name, _stopped(run))
    decode_waiting(dealer)
    for line in after_import(dealer, at=at):
        log.info("%s: %s", dealer.slug, line)


def _stopped(run: ImportRun) -> str:
    stopped = [counts["file"] for counts in run.files if counts["stopped"]]
    return f", without {', '.join(stopped)}" if stopped else ""


def _archive(feed: Path, at: datetime, *, note: str = "") -> None:
    """Move a feed away, under a name that no other has."""
    archive = feed.parent / ARCHIVE
    archive.mkdir(exist_ok=True)
    name = f"{at.astimezone(UTC):{STAMP}}-{feed.name}"
    shutil.move(feed, archive / name)
    _done(feed).unlink(missing_ok=True)
    if note:
        (archive / f"{name}{REFUSED}").write_text(note + "\n", encoding="utf-8")


def refused_feeds(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    """The newest feed that was refused, until another one is taken in; and an import that was cut off."""
    done = ImportRun.objects.of(dealer).exclude(finished_at=None).order_by("-started_at")
    last = done.values_list("started_at", flat=True).first()
    archive = Path(settings.HOME) / "inbox" / dealer.slug / ARCHIVE
    notes = sorted(archive.glob(f"*{REFUSED}")) if archive.is_dir() else []
    if notes and (last is None or notes[-1].name > f"{last.astimezone(UTC):{STAMP}}"):
        name = notes[-1].name.removesuffix(REFUSED).partition("-")[2]
        yield Finding("bad", f"the feed {name} was refused: {notes[-1].read_text(encoding='utf-8').strip()[:300]}")
    cut = ImportRun.objects.of(dealer).filter(finished_at=None, started_at__lt=at - CUT_OFF)
    if cut.exists():
        yield Finding("bad", "an import was begun and never ended: take the same feed in once more")
