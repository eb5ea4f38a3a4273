"""Turns the bytes of a file into the name of its encoding: UTF-8, UTF-16 or Windows-1252, or one line why not."""

import codecs
from collections.abc import Callable
from typing import BinaryIO

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from relance.lib.errors import Told

CHUNK = 1 << 20
NEITHER = _("line {line}: neither UTF-8 nor Windows-1252, expected UTF-8 text with commas between the columns")
OTHERWISE = _("line {line}: not {encoding} as the file begins, expected UTF-8 text with commas between the columns")
NO_TEXT = _("line {line}: not text, expected UTF-8 text with commas between the columns")
BROKEN = _("line {line}: a letter that is not UTF-8 although the rest of the file is")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class FileStopped(Told):
    """A file that cannot be taken in as a whole; the text says line and what was expected."""


def recognise(opened: Callable[[], BinaryIO]) -> str:
    """The Python name of the encoding. FileStopped when it is none that we read."""
    with opened() as stream:
        head = stream.read(4096)
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise FileStopped(gettext("line 1: the file is empty, expected a row with the names of the columns"))
    for mark, name in BOMS:
        if head.startswith(mark):
            return _checked(opened, name)
    if head.count(b"\0") > len(head) // 3:  # every second byte of Latin text in UTF-16
        return _checked(opened, "utf-16-le" if head[1::2].count(b"\0") > head[::2].count(b"\0") else "utf-16-be")
    if _wrong_line(opened, "utf-8") is None:
        return "utf-8"
    return _windows(opened)


def _checked(opened: Callable[[], BinaryIO], name: str) -> str:
    wrong = _wrong_line(opened, name)
    if wrong is not None:
        raise FileStopped(gettext(OTHERWISE).format(line=wrong, encoding=name.upper().removesuffix("-SIG")))
    return name


def _wrong_line(opened: Callable[[], BinaryIO], name: str) -> int | None:
    """The first line that is not in this encoding, or None."""
    decoder = codecs.getincrementaldecoder(name)()
    line = 1
    with opened() as stream:
        while True:
            chunk = stream.read(CHUNK)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            if not chunk:
                return None


def _windows(opened: Callable[[], BinaryIO]) -> str:
    """`cp1252` when the whole file can be that; a file that is mostly UTF-8 is not guessed at."""
    right = wrong = first = 0
    with opened() as stream:
        for number, line in enumerate(iter(lambda: stream.readline(CHUNK), b""), 1):
            if line.isascii():
                continue
            try:
                line.decode()
                right += 1
            except UnicodeDecodeError:
                wrong += 1
                first = first or number
                try:
                    line.decode("cp1252")
                except UnicodeDecodeError:
                    raise FileStopped(gettext(NEITHER).format(line=number)) from None
                if b"\0" in line:
                    raise FileStopped(gettext(NO_TEXT).format(line=number)) from None
    if right > wrong:
        raise FileStopped(gettext(BROKEN).format(line=first))
    return "cp1252"
