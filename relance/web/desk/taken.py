"""Turns what was typed into numbers, and lists into files to take away: what several places of the desk do alike."""

from collections.abc import Iterator
from itertools import islice

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language, override

from relance.exports.lists.cells import Sheet
from relance.exports.lists.comma import csv_lines
from relance.exports.lists.workbook import xlsx_of

OFFICE = "application/vnd.openxmlformats-officedocument"
CSV = "text/csv; charset=utf-8"
EXCEL = f"{OFFICE}.spreadsheetml.sheet"
MOST_DIGITS = 18  # what every database takes for an id


LINES = 500  # that go out together


def number_in(text: str | None) -> int:
    """The whole number that was typed; 0, which is nobody's id, when it is none or longer than any of ours."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def sheet_file(sheet: Sheet, name: str, form: str) -> HttpResponseBase:
    """A list as CSV, line by line however long it is, or as an Excel workbook; another form is not found."""
    if form == "xlsx":
        return file_of(xlsx_of(sheet), f"{name}.xlsx", EXCEL)
    if form != "csv":
        raise Http404
    attached = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(_going_out(sheet, get_language() or "en"), content_type=CSV, headers=attached)


def _going_out(sheet: Sheet, language: str) -> Iterator[bytes]:
    """The lines in the reader's language: they are made when the page has long been answered."""
    lines = csv_lines(sheet, by_label=True)
    while True:
        with override(language):
            together = b"".join(islice(lines, LINES))
        if not together:
            return
        yield together


def file_of(content: bytes | str, name: str, kind: str) -> HttpResponse:
    """Something to take away."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
