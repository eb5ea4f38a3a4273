"""Turns print files into a page: what lies there to be printed, how it looks, and who has printed it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from relance.delivery.channels.paper.ledger import messages_of
from relance.delivery.channels.paper.make import content_of, manifest_of
from relance.delivery.channels.paper.printing import UNDO, mark, picture, take_back
from relance.delivery.models import PrintFile
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page

PAGE = 40
PICTURES = ("text", "address")  # the sides of a card; a letter has one
DOTS = 72


@desk_page()
def print_files(desk: Desk) -> HttpResponse:
    """The files, the newest first; of one automation when the address names it."""
    rows = PrintFile.objects.of(desk.dealer).select_related("run__automation")
    code = desk.request.GET.get("automation", "")[:24]
    if code:
        rows = rows.filter(run__automation__code=code)
    listed = list(rows.order_by("-made_at", "-pk")[:PAGE])
    left = [row for row in listed if row.state == "made"]
    values = {"files": listed, "left": left, "people": sum(row.people for row in left), "code": code}
    return show(desk, "desk/programmes/print_files.html", values, place="desk-print-files")


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
        return show(desk, "desk/programmes/_print_file.html", {"file": _file(desk, key)})
    return redirect("desk-print-files", slug=desk.dealer.slug)


def _file(desk: Desk, key: UUID) -> PrintFile:
    found = PrintFile.objects.of(desk.dealer).filter(key=key).select_related("run__automation", "dealer").first()
    if found is None:
        raise Http404
    return found
