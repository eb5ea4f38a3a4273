"""Turns print files into a page: what lies there to be printed, how it looks, and who has printed it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from relance.delivery.channels.paper.ledger import messages_of
from relance.delivery.channels.paper.make import content_of, manifest_of
from relance.delivery.channels.paper.printing import UNDO, mark, picture, take_back
from relance.delivery.models import PrintFile
from relance.measures.words import CHANNELS
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import PRINT_STATES, name_of, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.order import Key
from relance.web.lists.table import Table, in_order

PAGE = 40
DOTS = 72


@desk_page()
def print_files(desk: Desk) -> HttpResponse:
    """The files; of one automation when the address names it."""
    page = PRINT_FILES.page(desk)
    values = {"files": page.rows, "head": page.head, **_left(desk)}
    is_more = desk.is_fragment and "cursor" in desk.request.GET
    template = "desk/programmes/_prints.html" if is_more else "desk/programmes/print_files.html"
    return show(desk, template, values, place="desk-print-files")


def _left(desk: Desk) -> dict[str, Any]:
    """What lies there to be printed, of the automation that is shown."""
    left = _fitting(desk).filter(state="made").aggregate(files=Count("pk"), people=Sum("people"))
    return {"left": left, "code": _code(desk)}


def _code(desk: Desk) -> str:
    """The automation that is shown; a button tells where it was pressed."""
    return (desk.request.POST or desk.request.GET).get("automation", "")[:24]


def _fitting(desk: Desk) -> QuerySet[PrintFile]:
    rows = PrintFile.objects.of(desk.dealer)
    return rows.filter(run__automation__code=code) if (code := _code(desk)) else rows


def _whole(desk: Desk, keys: Sequence[int]) -> list[PrintFile]:
    return in_order(PrintFile.objects.of(desk.dealer).select_related("run__automation"), keys)


def _columns(_desk: Desk) -> list[Column[PrintFile]]:
    return [
        Column("made_at", _("Made"), lambda file: file.made_at),
        Column("automation", _("Automation"), lambda file: file.run.automation.code),
        Column("name", _("Name"), lambda file: name_of(file.run.automation)),
        Column("channel", _("Channel"), lambda file: word(CHANNELS, file.channel)),
        Column("part", _("Part"), lambda file: file.number),
        Column("people", _("People"), lambda file: file.people),
        Column("pages", _("Pages"), lambda file: file.pages),
        Column("state", _("State"), lambda file: word(PRINT_STATES, file.state)),
        Column("by", _("By"), lambda file: file.state_by),
        Column("at", _("Last change"), lambda file: file.state_at),
    ]


# A dealer prints a few files a day: a small set.
PRINT_FILES = Listing(
    name="print-files",
    place="desk-print-files",
    title=_("Print files"),
    source=Table(
        keys=(
            Key("made", _("Made"), ("made_at", "pk"), down=True),
            Key("automation", _("Automation"), ("run__automation__code", "made_at", "pk")),
            Key("state", _("State"), ("state", "made_at", "pk")),
            Key("people", _("People"), ("people", "pk"), down=True),
        ),
        rows=_fitting,
        whole=_whole,
    ),
    columns=_columns,
    per_page=PAGE,
)


@desk_page("export")
def print_file(desk: Desk, key: UUID) -> HttpResponse:
    """The PDF; `?manifest=1` the list of what is in it."""
    row = _file(desk, key)
    wants_manifest = bool(desk.request.GET.get("manifest"))
    content = manifest_of(row) if wants_manifest else content_of(row)
    name = row.path.rsplit("/", 1)[1]
    name = name.removesuffix(".pdf") + ".json" if wants_manifest else name
    desk.note("export", name)
    kind = "application/json" if wants_manifest else "application/pdf"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@desk_page("export")
def print_picture(desk: Desk, key: UUID, side: int) -> HttpResponse:
    """How its first message looks."""
    row = _file(desk, key)
    pictures = picture(desk.dealer, messages_of(row)[0], at=row.made_at, look=row.look, dots=DOTS)
    if side >= len(pictures):
        raise Http404
    return HttpResponse(pictures[side], content_type="image/png")


@desk_page("export", changes=True)
def mark_printed(desk: Desk, key: UUID) -> HttpResponse:
    """Printed; or, pressed by mistake, not yet."""
    row, state = _file(desk, key), desk.request.POST.get("state", "")
    if state not in UNDO:
        raise Http404
    if mark(row, state, by=str(desk.user), at=desk.reader.at):
        desk.note("printed", f"{row.path} {state}")
    return _changed(desk, key)


@desk_page("approve", changes=True)
def take_back_file(desk: Desk, key: UUID) -> HttpResponse:
    """The file will not be posted: nobody on it was spoken to."""
    row = _file(desk, key)
    if take_back(row, by=str(desk.user), at=desk.reader.at):
        desk.note("printed", f"{row.path} taken back")
    return _changed(desk, key)


def _changed(desk: Desk, key: UUID) -> HttpResponse:
    if desk.is_fragment:
        values = {"file": _file(desk, key), "has_changed": True, **_left(desk)}
        return show(desk, "desk/programmes/_print_file_changed.html", values)
    return redirect("desk-print-files", slug=desk.dealer.slug)


def _file(desk: Desk, key: UUID) -> PrintFile:
    found = PrintFile.objects.of(desk.dealer).filter(key=key).select_related("run__automation", "dealer").first()
    if found is None:
        raise Http404
    return found
