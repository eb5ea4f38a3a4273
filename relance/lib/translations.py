"""Turns the translations that people write (.po) into the form that Django reads (.mo), without gettext installed.

`python -m relance.lib.translations` compiles; `python -m relance.lib.translations --missing` lists the words of pages
and code that a language still lacks.
"""

import ast
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGES = ("fr", "es", "et")  # English stands in pages and code
CALLS = re.compile(r"\b(n?p?gettext|_)\(((?:u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")\s*,?\s*)+)")
KEYWORDS = {"_": 0, "gettext": 0, "ngettext": 0, "pgettext": 1, "npgettext": 1}  # name: texts before the message


class Words(NamedTuple):
    """One text to translate: its context, its singular, its plural."""

    context: str | None
    one: str
    many: str | None


def compile_stale(folder: Path) -> list[Path]:
    """Compile every .po whose .mo is missing or older; returns what was made. A read-only house is left as it is."""
    made = []
    for source in sorted(folder.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            try:
                _compile(source, target)
            except PermissionError:  # installed by another user; the pages speak English
                continue
            made.append(target)
    return made


def _compile(source: Path, target: Path) -> None:
    """Written aside and renamed, so that a second process never reads half a file."""
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".mo.part")
    with os.fdopen(handle, "wb") as file:
        write_mo(file, catalog(source))
    Path(name).chmod(0o644)
    Path(name).replace(target)


def catalog(source: Path) -> Catalog:
    """A .po file, read."""
    with source.open("rb") as file:
        return read_po(file, locale=source.parent.parent.name)


def words_of(package: Path) -> set[Words]:
    """Every text that pages and code of a package hand to the translation."""
    found: set[Words] = set()
    for path in sorted(package.rglob("*.py")):
        found |= set(_in_code(path))
    for path in sorted([*package.rglob("templates/**/*.html"), *package.rglob("templates/**/*.txt")]):
        found |= set(_in_template(path))
    return found


def _in_code(path: Path) -> Iterator[Words]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name = node.func.id.removesuffix("_lazy")
        texts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if name not in KEYWORDS or len(texts) <= KEYWORDS[name]:
            continue
        context = texts.pop(0) if KEYWORDS[name] else None
        yield Words(context, texts[0], texts[1] if "n" in name.removesuffix("gettext") else None)


def _in_template(path: Path) -> Iterator[Words]:
    for call, arguments in CALLS.findall(templatize(path.read_text(encoding="utf-8"))):
        texts = [str(part) for part in ast.literal_eval(f"[{arguments}]")]
        context = texts.pop(0) if "p" in call.removesuffix("gettext") else None
        yield Words(context, texts[0], texts[1] if len(texts) > 1 else None)


def missing(package: Path, language: str) -> set[Words]:
    """The texts that a language lacks, or has only in part."""
    path = package / "locale" / language / "LC_MESSAGES" / "django.po"
    said = catalog(path) if path.exists() else Catalog(locale=language)
    return {words for words in words_of(package) if not _is_said(said, words)}


def _is_said(said: Catalog, words: Words) -> bool:
    message = said.get(words.one, words.context)
    if message is None or message.fuzzy:
        return False
    if words.many is None:
        return bool(message.string)
    return isinstance(message.string, (list, tuple)) and len(message.string) == said.num_plurals and all(message.string)


def main(arguments: list[str]) -> int:
    """Compile, or list what is missing (exit 1 when something is)."""
    if arguments == ["--missing"]:
        lacking = [(language, words) for language in LANGUAGES for words in sorted(missing(PACKAGE, language), key=str)]
        sys.stdout.writelines(f"{language}: {words.one!r}\n" for language, words in lacking)
        return 1 if lacking else 0
    sys.stdout.writelines(f"{path}\n" for path in compile_stale(PACKAGE / "locale"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
