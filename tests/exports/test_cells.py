"""No cell of a list begins a formula, and numbers, telephone numbers and days stay what they are."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.exports.lists.cells import Column, Sheet, is_formula
from relance.exports.lists.comma import csv_lines
from relance.exports.lists.workbook import xlsx_of

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\x00=1",
    "＝1+1",
    "＋1+A1",
    "－1+A1",
    "＠SUM(1)",
    "  =1",
    '=HYPERLINK("https://evil.example","x")',
    "\u200b=1",
    "\ufeff@x",
]
HARMLESS = ["+15145550100", "+1 (514) 555-0100", "-5.00", "-1 234,50 $", "−12", "a=b", "Ann", "O'Neil", "3 - 1", ""]


def sheet(*rows):
    width = max(map(len, rows), default=1)
    return Sheet("A list", [Column(f"c{n}", f"Column {n}") for n in range(width)], rows)


def read(*rows):
    return list(csv.reader(io.StringIO(b"".join(csv_lines(sheet(*rows))).decode("utf-8-sig"), newline="")))[1:]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_be_a_formula_is_marked_as_a_text(text):
    assert is_formula(text)
    assert read([text])[0][0].startswith("'")


@pytest.mark.parametrize("text", HARMLESS)
def test_a_telephone_number_and_an_amount_stay_as_they_are(text):
    assert read([text])[0][0] == text


@given(st.text(max_size=60))
def test_no_cell_of_a_csv_begins_a_formula(text):
    cell = read([text])[0][0]
    assert not is_formula(cell)


def test_a_csv_keeps_accents_lines_and_quotes():
    assert read(['Õunapuu, "Zoë"\nline', Decimal("-5.00"), date(2026, 5, 4), None]) == [
        ['Õunapuu, "Zoë"\nline', "-5.00", "2026-05-04", ""]
    ]


def test_a_workbook_holds_texts_numbers_and_days_and_no_formula():
    content = xlsx_of(sheet(["=1+1", Decimal("-5.5"), date(2026, 5, 4), "+15145550100", "a\x00b\ud800"]))
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = next(iter(page.iter_rows(min_row=2)))
    assert [cell.data_type for cell in cells] == ["s", "n", "d", "s", "s"]
    assert cells[0].value == "=1+1" and cells[1].value == -5.5 and cells[3].value == "+15145550100"
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_workbook_has_a_head_that_stays_and_a_name_that_excel_takes():
    content = xlsx_of(Sheet("J_SIX: [a/b]*?" + "x" * 60, [Column("a", "A")], [["1"]]))
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page.freeze_panes == "A2" and len(page.title) <= 31
