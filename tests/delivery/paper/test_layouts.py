"""What is the same on every sheet lies where it has to, and an old file is printed with the layouts of its day."""

import hashlib
import shutil
import struct
import zlib
from pathlib import Path

import pytest

from relance.delivery.channels.paper import press
from relance.delivery.channels.paper.look import look_of
from tests.delivery.paper.test_press import a_dealer, an_item

DOTS = 40
# The sets of layouts, with the checksum of their files. Of a set that was released nothing is changed any more: a
# change is a new folder, and one more line here.
SETS = {
    "1": "f3020d69aa5967648b1a53bacf8ff2842a80c195ce14b3f98366e91e5e3f1034",
    "2": "0acd0d2c498ab1390607b3bf3b7aacaab1d5c8f5ad0199e1fab330a6d0c53ebd",
}
LONG_NAME = "Concessionnaire Automobiles & Véhicules Récréatifs Saint-Jean-sur-Richelieu Côte-des-Neiges inc."
LONG_SITE = "https://automobiles-vehicules-recreatifs-saint-jean-sur-richelieu.example/rendez-vous"


def rows_of(png: bytes) -> list[list[tuple[int, int, int]]]:
    """The colours of a picture, line by line."""
    width, height, _, form = struct.unpack(">IIBB", png[16:26])
    channels, at, packed = {2: 3, 6: 4}[form], 8, b""
    while at < len(png):
        (size,), kind = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        packed += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    raw, above, rows = zlib.decompress(packed), bytearray(width * channels), []
    for y in range(height):
        filtered = raw[y * (width * channels + 1)]
        line = bytearray(raw[y * (width * channels + 1) + 1 : (y + 1) * (width * channels + 1)])
        for x in range(len(line)):
            left = line[x - channels] if x >= channels else 0
            corner = above[x - channels] if x >= channels else 0
            line[x] = (line[x] + _guess(filtered, left, above[x], corner)) % 256
        rows.append([(line[x], line[x + 1], line[x + 2]) for x in range(0, len(line), channels)])
        above = line
    return rows


def _guess(filtered: int, left: int, up: int, corner: int) -> int:
    if filtered == 4:
        near = left + up - corner
        return min((left, up, corner), key=lambda value: abs(near - value))
    return (0, left, up, (left + up) // 2)[filtered]


def coloured(row: list[tuple[int, int, int]]) -> int:
    """How many of a line's points are bluish: the accent's."""
    return sum(blue > red + 40 for red, _, blue in row)


def test_the_line_of_the_letterhead_is_as_wide_as_the_text_and_above_the_window():
    look = look_of(a_dealer(colour="#1f5fa8"), "letter")
    rows = rows_of(press.picture_of("letter", look, [an_item("letter")], dots=DOTS)[0])
    found = [y for y, row in enumerate(rows) if coloured(row) > 6 * DOTS]
    assert {y / DOTS for y in found} and all(1.35 < y / DOTS < 1.5 for y in found)
    assert len(rows) == round(look["sheet"]["height"] * DOTS)


def test_the_band_of_every_card_ends_where_the_knife_goes_and_bleeds_over_it():
    look = look_of(a_dealer(colour="#1f5fa8"), "postcard")
    front, back = press.picture_of("postcard", look, [{**an_item(), "n": n} for n in (0, 1)], dots=DOTS)
    found = [y / DOTS for y, row in enumerate(rows_of(front)) if coloured(row) > 6 * DOTS]
    first, second = ([y for y in found if low < y < low + 5.5] for low in (0, 5.5))
    assert 0.5 < first[-1] - first[0] < 0.6 and 0.5 < second[-1] - second[0] < 0.6
    assert not any(coloured(row) > DOTS for row in rows_of(back))


def dark(rows: list[list[tuple[int, int, int]]], left: float, right: float, top: float, bottom: float) -> int:
    """How many points inside of a box, in inches, are not white."""
    box = [row[round(left * DOTS) : round(right * DOTS)] for row in rows[round(top * DOTS) : round(bottom * DOTS)]]
    return sum(min(point) < 200 for row in box for point in row)


def pictures(channel: str, **item: object) -> list[list[list[tuple[int, int, int]]]]:
    """The pages of one card or letter of a dealer whose name, site and address are as long as they come."""
    dealer = a_dealer()
    dealer.settings |= {"legal_name": LONG_NAME, "website": LONG_SITE, "address": "12345 boul. du Curé\n" * 4}
    look = look_of(dealer, channel)
    return [rows_of(png) for png in press.picture_of(channel, look, [an_item(channel, **item)], dots=DOTS)]


def test_a_long_name_stays_on_its_card_and_out_of_the_stamps_place():
    front, back = pictures("postcard")
    left, top, right = 1.25, 1.375, 7.25  # the first card's edges on the sheet
    assert dark(front, right - 0.25, right, top, top + 3.4) == 0
    assert dark(front, left + 0.3, right - 0.3, top + 0.27, top + 0.7) > 0  # the name itself
    assert dark(back, right - 1.06, right - 0.36, top + 0.34, top + 1.16) == 0
    assert dark(back, left, left + 2.5, top + 1.6, top + 1.95) == 0


def test_a_long_name_stays_left_in_its_letterhead_and_all_of_it_above_the_line():
    (page,) = pictures("letter")
    assert dark(page, 8.5 - 0.88, 8.5, 0, 11) == 0
    assert dark(page, 8.5 - 0.95 - 2.5 - 0.2, 8.5 - 0.95 - 2.5 - 0.05, 0.4, 1.35) == 0  # between the two
    assert dark(page, 1, 7.5, 1.37, 1.4) == 0


@pytest.mark.parametrize("channel", ["postcard", "letter"])
def test_a_long_address_stays_in_its_window(channel):
    long = "M. Jean-François Bélanger-Létourneau de la Chevrotière et Mme Œuvrard\n" * 7
    page = pictures(channel, address=long.strip())[-1]
    left, top = (1.25 + 2.95, 1.375 + 1.7) if channel == "postcard" else (1.0, 2.15)
    width, height = (2.9, 1.35) if channel == "postcard" else (3.65, 1.05)
    assert dark(page, left, left + width, top, top + height) > 0
    assert dark(page, left, 8.5, top + height, top + height + 0.3) == 0
    assert dark(page, left + width, left + width + 0.1, top, top + height) == 0


def test_a_long_link_is_written_whole_beside_its_code():
    (page,) = pictures("letter", body="https://north.example/" + "a" * 300)
    assert dark(page, 8.5 - 0.88, 8.5, 0, 11) == 0


def test_a_sheet_that_is_not_full_has_no_empty_card():
    look = look_of(a_dealer(colour="#1f5fa8"), "postcard")
    (front, _) = press.picture_of("postcard", look, [an_item()], dots=DOTS)
    assert not any(coloured(row) for row in rows_of(front)[round(5.6 * DOTS) :])


@pytest.mark.parametrize("channel", ["postcard", "letter"])
def test_a_file_is_printed_again_with_the_layouts_that_printed_it(channel, tmp_path, monkeypatch):
    look, items = look_of(a_dealer(), channel), [an_item(channel)]
    first = press.pdf_of(channel, look, items)
    now, then = str(press.NEWEST), str(press.NEWEST + 1)
    for name in (now, then):
        shutil.copytree(press.LAYOUTS / now, tmp_path / name)
    drawing = tmp_path / then / f"{channel}.typ"
    drawing.write_text(drawing.read_text().replace("11pt", "12pt"))
    monkeypatch.setattr(press, "LAYOUTS", tmp_path)
    monkeypatch.setattr(press, "NEWEST", press.NEWEST + 1)
    press.press_itself.cache_clear()
    try:
        assert press.pdf_of(channel, look, items) == first
        assert press.pdf_of(channel, look_of(a_dealer(), channel), items) != first
    finally:
        press.press_itself.cache_clear()


def test_a_set_of_layouts_that_prints_stays_as_it_is():
    def checksum(folder: Path) -> str:
        files = sorted(folder.glob("*.typ"))
        return hashlib.sha256(b"".join(f.name.encode() + f.read_bytes() for f in files)).hexdigest()

    assert {folder.name: checksum(folder) for folder in press.LAYOUTS.iterdir()} == SETS
    assert max(map(int, SETS)) == press.NEWEST
