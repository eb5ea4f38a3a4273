"""Turns files that somebody brings to the desk into a feed in the dealer's drop folder, and past imports into a list.

The clockwork takes the feed in (jobs/inbox.py), as it takes what the business system puts there; the page follows it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePath
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relance.intake.models import ImportRun
from relance.lib.errors import BadInput
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.lists.listing import Column, Listing
from relance.web.lists.order import Key
from relance.web.lists.table import Table, in_order

MOST_BYTES, MOST_FILES, SHOWN, REFUSALS = 500_000_000, 40, 15, 3
ZIP_BEGINS = b"PK\x03\x04"
UNSAFE = re.compile(r"[^\w.-]+")
STALE = timedelta(hours=2)


Brought = Any  # an uploaded file of Django: its stubs do not say of what it is made


@dataclass(frozen=True)
class Refusal:
    """A feed that could not be taken in at all, and why."""

    name: str
    why: str


@desk_page("imports")
def feeds(desk: Desk) -> HttpResponse:
    """The page; htmx asks for the list alone while something waits."""
    return _page(desk)


def _page(desk: Desk, *, fault: str = "", status: int = 200) -> HttpResponse:
    page = IMPORTS.page(desk)
    waiting = [path.name for path in _waiting(_inbox(desk))]
    running = _every_run(desk).filter(finished_at=None, started_at__gt=desk.reader.at - STALE).exists()
    values = {
        "runs": [(run, _sum(run, "read"), _sum(run, "rejected")) for run in page.rows],
        "head": page.head,
        "waiting": waiting,
        "is_working": bool(waiting) or running,
        "refusals": list(_refusals(_inbox(desk) / "archive")),
        "folder": f"inbox/{desk.dealer.slug}/",
        "fault": fault,
    }
    template = "desk/settings/feeds.html"
    if desk.is_fragment:
        is_more = "cursor" in desk.request.GET
        template = "desk/settings/_import_rows.html" if is_more else "desk/settings/_imports.html"
    return show(desk, template, values, place="desk-feeds", status=status)


@desk_page("imports", changes=True)
def bring_feed(desk: Desk) -> HttpResponse:
    """Put the files into the drop folder, whole or not at all."""
    files = desk.request.FILES.getlist("files")
    try:
        _check(files)
    except BadInput as error:
        return _page(desk, fault=str(error), status=422)
    name = _keep(_inbox(desk), files, stamp=f"{desk.reader.at:%Y%m%dT%H%M%S%f}")
    desk.note("import", name, after={"files": [str(file.name) for file in files]})
    return redirect("desk-feeds", slug=desk.dealer.slug)


@desk_page("imports")
def rejects(desk: Desk, number: int) -> HttpResponse:
    """The rejected rows of an import, with line and reason: put right, they can be brought again."""
    run = ImportRun.objects.of(desk.dealer).filter(pk=number).first()
    path = Path(run.rejects).resolve() if run and run.rejects else None
    if path is None or not path.is_relative_to(Path(settings.HOME).resolve()) or not path.is_file():
        raise Http404
    desk.note("export", f"rejects of import {number}")
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)  # type: ignore[return-value]


def _check(files: list[Brought]) -> None:
    """BadInput says which file cannot be a feed."""
    if not files:
        raise BadInput(gettext("Choose a .zip, or the .csv files of a feed."))
    if len(files) > MOST_FILES or sum(file.size or 0 for file in files) > MOST_BYTES:
        raise BadInput(gettext("This is too much at once: at most 40 files and 500 MB."))
    for file in files:
        name = str(file.name)
        is_zip = name.lower().endswith(".zip")
        if not is_zip and not name.lower().endswith(".csv"):
            raise BadInput(gettext("%(name)s is neither a .zip nor a .csv file.") % {"name": name})
        if is_zip and len(files) > 1:
            raise BadInput(gettext("Upload a .zip on its own."))
        if is_zip and file.read(len(ZIP_BEGINS)) != ZIP_BEGINS:
            raise BadInput(gettext("%(name)s is named .zip but is not a zip file.") % {"name": name})
        file.seek(0)


def _keep(inbox: Path, files: list[Brought], *, stamp: str) -> str:
    """Write under a name that nobody looks at, then rename: what is there is whole."""
    inbox.mkdir(parents=True, exist_ok=True)
    first = UNSAFE.sub("_", Path(str(files[0].name)).name)[-80:]
    is_zip = first.lower().endswith(".zip")
    name = f"{stamp}-{first}" if is_zip else f"{stamp}-desk"
    part = inbox / f".{name}.part"
    if is_zip:
        _write(files[0], part)
    else:
        part.mkdir()
        for file in files:
            _write(file, part / UNSAFE.sub("_", Path(str(file.name)).name)[-80:])
    part.rename(inbox / name)
    (inbox / f"{name}.done").touch()
    return name


def _write(file: Brought, path: Path) -> None:
    with path.open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)


def _inbox(desk: Desk) -> Path:
    return Path(settings.HOME) / "inbox" / desk.dealer.slug


def _waiting(inbox: Path) -> Iterator[Path]:
    if inbox.is_dir():
        for path in sorted(inbox.iterdir()):
            if path.name != "archive" and not path.name.startswith(".") and path.suffix != ".done":
                yield path


def _refusals(archive: Path) -> Iterator[Refusal]:
    notes = sorted(archive.glob("*.refused.txt"), reverse=True) if archive.is_dir() else []
    for note in notes[:REFUSALS]:
        yield Refusal(note.name.removesuffix(".refused.txt"), note.read_text(encoding="utf-8")[:400])


def _sum(run: ImportRun, what: str) -> int:
    return sum(file[what] for file in run.files)


def _every_run(desk: Desk) -> QuerySet[ImportRun]:
    return ImportRun.objects.of(desk.dealer)


def _columns(_desk: Desk) -> list[Column[ImportRun]]:
    return [
        Column("started_at", _("Begun"), lambda run: run.started_at),
        Column("finished_at", _("Finished"), lambda run: run.finished_at),
        Column("feed", _("Feed"), lambda run: PurePath(run.feed).name),
        Column("read", _("Read"), lambda run: _sum(run, "read")),
        Column("new", _("New"), lambda run: _sum(run, "inserted")),
        Column("changed", _("Changed"), lambda run: _sum(run, "updated")),
        Column("unchanged", _("Unchanged"), lambda run: _sum(run, "unchanged")),
        Column("rejected", _("Rejected rows"), lambda run: _sum(run, "rejected")),
        Column("error", _("Fault"), lambda run: run.error),
    ]


IMPORTS = Listing(
    name="imports",
    place="desk-feeds",
    title=_("Last imports"),
    act="imports",
    source=Table(
        keys=(Key("begun", _("Begun"), ("started_at", "pk"), down=True),),
        rows=_every_run,
        whole=lambda desk, keys: in_order(_every_run(desk), keys),
    ),
    columns=_columns,
    per_page=SHOWN,
)
