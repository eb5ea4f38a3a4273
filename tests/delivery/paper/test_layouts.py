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
SETS = {"1": "f3020d69aa5967648b1a53bacf8ff2842a80c195ce14b3f98366e91e5e3f1034"}


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


def test_a_sheet_that_is_not_full_has_no_empty_card():
    look = look_of(a_dealer(colour="#1f5fa8"), "postcard")
    (front, _) = press.picture_of("postcard", look, [an_item()], dots=DOTS)
    assert not any(coloured(row) for row in rows_of(front)[round(5.6 * DOTS) :])


@pytest.mark.parametrize("channel", ["postcard", "letter"])
def test_a_file_is_printed_again_with_the_layouts_that_printed_it(channel, tmp_path, monkeypatch):
    look, items = look_of(a_dealer(), channel), [an_item(channel)]
    first = press.pdf_of(channel, look, items)
    shutil.copytree(press.LAYOUTS / "1", tmp_path / "1")
    shutil.copytree(press.LAYOUTS / "1", tmp_path / "2")
    drawing = tmp_path / "2" / f"{channel}.typ"
    drawing.write_text(drawing.read_text().replace("11pt", "12pt"))
    monkeypatch.setattr(press, "LAYOUTS", tmp_path)
    monkeypatch.setattr(press, "NEWEST", 2)
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
