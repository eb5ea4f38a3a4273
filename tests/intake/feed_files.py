"""Turns a few lines of text into the files of a feed, and a feed into what became of it."""

from datetime import UTC, datetime
from pathlib import Path

from relance.dealers.models import Dealer
from relance.facts.absorb import take_in
from relance.intake.models import ImportRun
from relance.intake.rejects import read_rejects

AT = datetime(2026, 5, 4, 14, tzinfo=UTC)


def a_feed(folder: Path, name: str = "feed", **files: str | bytes) -> Path:
    """A folder with one file per keyword: `customers="id,email\\n1,a@b.ca\\n"`."""
    feed = folder / name
    feed.mkdir(exist_ok=True)
    for file, text in files.items():
        (feed / f"{file}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return feed


def taken_in(dealer: Dealer, feed: Path, *, full: bool = False, force: bool = False) -> ImportRun:
    """The run of an import of this feed; its rejects lie beside the feed."""
    rejects = feed.parent / f"{feed.name}-rejects.csv"
    return take_in(dealer, feed, at=AT, full=full, force=force, rejects_path=rejects)


def counts(run: ImportRun) -> dict[str, tuple[int, int, int, int]]:
    """Inserted, updated, unchanged, rejected of every file."""
    names = ("inserted", "updated", "unchanged", "rejected")
    return {line["file"].removesuffix(".csv"): tuple(line[name] for name in names) for line in run.files}


def reasons(run: ImportRun) -> list[str]:
    """Why rows were rejected, in order."""
    return [str(reject["reason"]) for reject in read_rejects(Path(run.rejects))]
