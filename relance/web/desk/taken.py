"""Turns what was typed into numbers, and lists into files to take away: what several places of the desk do alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import Http404, HttpResponse

from relance.exports.lists.cells import Sheet
from relance.exports.lists.comma import csv_lines
from relance.exports.lists.workbook import xlsx_of

OFFICE = "application/vnd.openxmlformats-officedocument"
CSV = "text/csv; charset=utf-8"
EXCEL = f"{OFFICE}.spreadsheetml.sheet"
MOST_DIGITS = 18  # what every database takes for an id


@dataclass(frozen=True)
class SheetForm:
    """How a list becomes a file."""

    kind: str
    made: Callable[[Sheet], bytes]


SHEET_FORMS: Mapping[str, SheetForm] = {
    "csv": SheetForm(CSV, lambda sheet: b"".join(csv_lines(sheet, by_label=True))),
    "xlsx": SheetForm(EXCEL, xlsx_of),
}


def number_in(text: str | None) -> int:
    """The whole number that was typed; 0, which is nobody's id, when it is none or longer than any of ours."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def sheet_file(sheet: Sheet, name: str, form: str) -> HttpResponse:
    """A list as CSV or as an Excel workbook; another form is not found."""
    wanted = SHEET_FORMS.get(form)
    if wanted is None:
        raise Http404
    return file_of(wanted.made(sheet), f"{name}.{form}", wanted.kind)


def file_of(content: bytes | str, name: str, kind: str) -> HttpResponse:
    """Something to take away."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
