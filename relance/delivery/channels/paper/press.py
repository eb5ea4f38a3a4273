"""Turns a layout and its data into a PDF or a picture: the same bytes for the same data, in the memory of one batch.

Data reach typst as JSON in its inputs; the layouts are files of ours. Nothing that a person wrote is ever read as
layout. Only the type that we bring along is used, so that another machine prints the same.
"""

import json
import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import font_source_sans_pro
import typst

LAYOUTS = Path(__file__).parent / "layouts"
NEWEST = 2  # of the sets of layouts; what was printed with an older one is printed with it again (decision 185)
BEHIND = frozenset({"postcard", "letter"})  # have a layout of what is the same on every sheet: it is pressed once
FORGET = 11  # typst keeps what it worked out for ten compilations; one more lets go of the last batch
NO_ROOM = re.compile(r"no room for (\d+)")
_one_at_a_time = threading.Lock()

Items = Sequence[dict[str, Any] | list[str]]


class NoRoom(Exception):
    """The text of one item does not fit where it has to stand; `number` is that item's `n`."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the text of item {number} has no room")
        self.number = number


class Unprintable(Exception):
    """Typst does not take these data; one item of them is at fault."""


def pdf_of(layout: str, look: dict[str, Any], items: Items) -> bytes:
    """The file. NoRoom or Unprintable when it cannot be made."""
    made = _press(layout, look, items, form="pdf")
    return made if isinstance(made, bytes) else made[0]


def ends_of_long_ones() -> list[tuple[int, int]]:
    """(number, last page) of the letters that were not surely short, of what was pressed last: ask right after."""
    with _one_at_a_time:
        found = json.loads(press_itself().query("<end>", field="value"))
    return [(number, page) for number, page in found]


def picture_of(layout: str, look: dict[str, Any], items: Items, *, dots: int = 110) -> list[bytes]:
    """A PNG per page."""
    made = _press(layout, look, items, form="png", dots=dots)
    return [made] if isinstance(made, bytes) else list(made)


@lru_cache(maxsize=1)
def press_itself() -> typst.Compiler:
    """The one compiler of this process, with the type that we bring along."""
    fonts = typst.Fonts(
        include_system_fonts=False, font_paths=[str(Path(font_source_sans_pro.__file__).parent / "files")]
    )
    return typst.Compiler(root=str(LAYOUTS), font_paths=fonts, ignore_system_fonts=True)


def _press(layout: str, look: dict[str, Any], items: Items, *, form: Literal["pdf", "png"], dots: int = 110) -> Any:
    folder = str(LAYOUTS / str(look.get("layout", NEWEST)))
    said = json.dumps(look, ensure_ascii=False)
    with _one_at_a_time:
        if layout in BEHIND:
            said = json.dumps({**look, "behind": list(_behind(folder, layout, said))}, ensure_ascii=False)
        given = {"look": said, "items": json.dumps(items, ensure_ascii=False)}
        return _compiled(f"{folder}/{layout}.typ", given, format=form, ppi=dots)


@lru_cache(maxsize=4)
def _behind(folder: str, layout: str, look: str) -> bytes:
    """What is the same on every sheet of this look, as a PDF whose pages lie behind those of the file."""
    made = _compiled(f"{folder}/{layout}-behind.typ", {"look": look})
    return made if isinstance(made, bytes) else bytes(made[0])


def _compiled(path: str, given: dict[str, str], **how: Any) -> Any:
    try:
        return press_itself().compile(path, sys_inputs=given, pdf_tags=False, **how)
    except typst.TypstError as error:
        if found := NO_ROOM.search(str(error)):
            raise NoRoom(int(found[1])) from None
        raise Unprintable(str(error).splitlines()[0][:200]) from None


def let_go() -> None:
    """Give back the memory of the last batch."""
    with _one_at_a_time:
        for _ in range(FORGET):
            press_itself().compile(b"", sys_inputs={})
