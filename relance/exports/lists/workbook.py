"""Turns a list into an Excel workbook: texts as texts, numbers as numbers, days as days; never a formula."""

import io
import re
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

from relance.exports.lists.cells import NOT_IN_A_FILE, Cell, Sheet

NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
LONGEST_CELL, LONGEST_NAME, WIDEST = 32_767, 31, 48
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}


def xlsx_of(sheet: Sheet, *, by_label: bool = True) -> bytes:
    """The workbook, with its head frozen and a filter over it."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, OPTIONS) as book:
        page = book.add_worksheet(NOT_IN_A_NAME.sub(" ", sheet.title)[:LONGEST_NAME].strip() or "relance")
        bold = book.add_format({"bold": True, "bottom": 1})
        forms = {
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        heads = [column.label if by_label else column.name for column in sheet.columns]
        for at, head in enumerate(heads):
            page.set_column(at, at, min(WIDEST, max(12, len(head) + 2)))
            page.write_string(0, at, _clean(head), bold)
        page.freeze_panes(1, 0)
        number = 0
        for number, row in enumerate(sheet.rows, start=1):
            for at, value in enumerate(row):
                _write(page, (number, at), value, forms)
        page.autofilter(0, 0, max(number, 1), max(len(heads) - 1, 0))
    return made.getvalue()


def _write(
    page: "xlsxwriter.worksheet.Worksheet", place: tuple[int, int], value: Cell, forms: dict[str, object]
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        page.write_datetime(*place, value.replace(tzinfo=None), forms["moment"])
    elif isinstance(value, date):
        page.write_datetime(*place, datetime.combine(value, datetime.min.time()), forms["day"])
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        page.write_number(*place, value)
    else:
        page.write_string(*place, _clean(str(value)))


def _clean(text: str) -> str:
    return NOT_IN_A_FILE.sub("", text)[:LONGEST_CELL]
