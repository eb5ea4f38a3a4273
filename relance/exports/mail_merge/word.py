"""Turns the people of a run into a Word document, a page each, by a template of ours or of the dealer's."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from django.utils.translation import gettext
from mailmerge import MailMerge

from relance.exports.lists.cells import NOT_IN_A_FILE, Column, plain
from relance.exports.mail_merge.people import ADDRESS_LINES, MergeList
from relance.lib.errors import BadInput, unknown_word

WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/><Override PartName="/word/settings.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.wordprocessingml.settings+xml"/></Types>'
    ),
    "word/settings.xml": f'<w:settings xmlns:w="{WORDS}"/>',
    "word/_rels/document.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" '
        'Target="settings.xml"/></Relationships>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    ),
}
ADDRESS = tuple(f"address_{n}" for n in range(1, ADDRESS_LINES + 1))
BEHIND = ("", "", "day", "", "subject", "", "text")  # whose end is a signature
MARGINS = (
    '<w:pgMar w:top="2600" w:bottom="1440" w:left="1440" w:right="1440" w:header="720" w:footer="720" w:gutter="0"/>'
)
LARGEST_TEMPLATE, LARGEST_UNPACKED, MOST_PARTS = 20_000_000, 100_000_000, 2_000


def template() -> bytes:
    """A plain letter, to be changed in Word: address, day, subject, text."""
    body = "".join(_paragraph(field) for field in (*ADDRESS, *BEHIND))
    document = f'<w:document xmlns:w="{WORDS}"><w:body>{body}<w:sectPr>{MARGINS}</w:sectPr></w:body></w:document>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**PARTS, "word/document.xml": document}.items():
            archive.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return made.getvalue()


def _paragraph(field: str) -> str:
    if not field:
        return "<w:p/>"
    shown = f"<w:r><w:t>«{escape(field)}»</w:t></w:r>"
    merged = f'<w:fldSimple w:instr=" MERGEFIELD {escape(field)} ">{shown}</w:fldSimple>'
    return f'<w:p><w:pPr><w:spacing w:after="0"/></w:pPr>{merged}</w:p>'


@dataclass(frozen=True)
class Own:
    """A Word document of the dealer's own, as it was handed in."""

    name: str
    content: bytes


def own_of(path: Path) -> Own:
    """The document at a path; BadInput when it cannot be read."""
    try:
        if path.stat().st_size > LARGEST_TEMPLATE:
            raise _fault(str(path), gettext("a Word template of more than 20 MB"))
        return Own(str(path), path.read_bytes())
    except OSError as error:
        raise _fault(str(path), gettext("cannot be read ({why})").format(why=error.strerror)) from None


def filled(merge: MergeList, own: Own | None = None) -> bytes:
    """One document, a section per person; BadInput when the template cannot be used."""
    columns = merge.columns
    with MailMerge(io.BytesIO(template())) if own is None else _opened(own) as document:
        unknown = sorted(document.get_merge_fields() - {column.name for column in columns})
        if unknown and own is not None:
            raise _fault(own.name, unknown_word(gettext("merge field"), unknown[0], [one.name for one in columns]))
        document.merge_templates(_people(columns, merge.rows()), separator="nextPage_section")
        made = io.BytesIO()
        document.write(made)
    return made.getvalue()


def _opened(own: Own) -> MailMerge:
    if len(own.content) > LARGEST_TEMPLATE:
        raise _fault(own.name, gettext("a Word template of more than 20 MB"))
    try:
        _look_through(own)
        document = MailMerge(io.BytesIO(own.content))
        document.get_settings()
        return document
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise _fault(own.name, gettext("is no Word document (.docx): {why}").format(why=error)) from None


def _look_through(own: Own) -> None:
    """What is in it before it is unpacked: nothing that runs by itself, and no more than a letter needs."""
    with zipfile.ZipFile(io.BytesIO(own.content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise _fault(own.name, gettext("unpacks to more than a letter needs"))
        if any("vba" in part.filename.lower() for part in parts) or b"macroEnabled" in archive.read(
            "[Content_Types].xml"
        ):
            raise _fault(own.name, gettext("has macros: save it as a Word document (.docx) without them"))


def _fault(name: str, says: str) -> BadInput:
    return BadInput(f"{name}: {says}")


def _people(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> list[dict[str, str]]:
    names = [column.name for column in columns]
    return [dict(zip(names, (_said(value) for value in row), strict=True)) for row in rows]


def _said(value: object) -> str:
    return NOT_IN_A_FILE.sub("", value) if isinstance(value, str) else str(plain(value))  # type: ignore[arg-type]
