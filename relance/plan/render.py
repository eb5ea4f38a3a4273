"""Turns a wording with merge fields into text: `{ customer.first_name | friend }`, nothing else.

There are no expressions, no attributes, no loops: a name is looked up in the table of fields or refused.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.utils.translation import gettext

from relance.lib.errors import BadInput
from relance.plan.placeholders import Field, field_named
from relance.plan.saying.sense import LONGEST, LONGEST_LIST, no_sense
from relance.plan.saying.shown import Values
from relance.plan.saying.voice import Voice

NAME = re.compile(r"[a-z_]\w*(?:\.\w+)+|customer\.meta_[^{}|\n]+", re.IGNORECASE)
PLACE = re.compile(r"(?<!\\)\[[^\[\]\n]*\](?!\()")
SAYS = " = "  # in the detail of a refusal, between a field and what it says
# The way in which other programs write a field: read as a brace and words it would be sent as it stands.
DOUBLED = re.compile(rf"\{{\{{\s*(?:{NAME.pattern})\s*(?:\|[^{{}}]*)?\}}\}}", re.IGNORECASE)
JOINERS = frozenset("\u200c\u200d")  # they hold letters and emoji together, unlike the other invisible characters
MARKS = re.compile(r"([\\`*_\[\]<>&~|#])")  # what Markdown reads as markup inside a line
AT_A_LINE_START = re.compile(r"([-+=.)])")  # and what begins a list or a heading


class Hole(Exception):
    """A field is empty, or says nothing, and has no fallback: this text must not be sent."""

    def __init__(self, field: str, says: str | None = None) -> None:
        super().__init__(f"{{ {field} }} is empty and has no fallback")
        self.field = field
        self.detail = field if says is None else f"{field}{SAYS}{says}"


@dataclass(frozen=True)
class Slot:
    """A place in a text where a field stands."""

    field: Field
    fallback: str | None

    def fill(self, values: Values, voice: Voice) -> str:
        """The field in words, on one line, or its fallback; Hole when there is neither."""
        value = self.field.shown(values, voice)
        if value and not value.isprintable():
            value = one_line(value)
        wrong = None
        if value and not value.isspace():
            wrong = no_sense(value, LONGEST_LIST if self.field.several else LONGEST)
            if wrong is None:
                return value
        if self.fallback is None:
            raise Hole(self.field.name, wrong)
        return self.fallback


class Filled(NamedTuple):
    """A text with its fields filled in, and where each value stands in it (start, end)."""

    text: str
    spans: list[tuple[int, int]]


@dataclass(frozen=True)
class Text:
    """A parsed wording: literals and slots, in order."""

    pieces: tuple[str | Slot, ...]

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The places where fields stand."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Slot))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields it uses, each once."""
        return tuple(dict.fromkeys(slot.field for slot in self.slots))

    @cached_property
    def needs(self) -> frozenset[str]:
        """The fact keys it needs."""
        return frozenset(key for field in self.fields for key in field.needs)

    def render(self, values: Values, voice: Voice) -> str:
        """The text with its fields filled in; Hole when one is empty without a fallback."""
        return "".join([p if isinstance(p, str) else p.fill(values, voice) for p in self.pieces])

    def fill(self, values: Values, voice: Voice) -> Filled:
        """As `render`, and where the values stand."""
        parts, spans, end = [], [], 0
        for piece in self.pieces:
            part = piece if isinstance(piece, str) else piece.fill(values, voice)
            if not isinstance(piece, str):
                spans.append((end, end + len(part)))
            end += len(part)
            parts.append(part)
        return Filled("".join(parts), spans)


def shielded(text: str, spans: Iterable[Sequence[int]]) -> str:
    """A filled text that Markdown reads as its author wrote it: the signs inside values are signs, not markup."""
    parts, done = [], 0
    for start, end in spans:
        value = MARKS.sub(r"\\\1", text[start:end])
        if start == 0 or text[start - 1] == "\n":
            value = AT_A_LINE_START.sub(r"\\\1", value, count=1)
        parts += [text[done:start], value]
        done = end
    return "".join([*parts, text[done:]])


def one_line(value: str) -> str:
    """Without line ends, control characters and invisible direction marks: a value cannot break out of its line."""
    return " ".join("".join(c if c.isprintable() or c in JOINERS else " " for c in value).split())


def scan(text: str) -> Iterator[str | tuple[str, str | None, int]]:
    """Literals, and (name, fallback, position) for each field; BadInput names the place of bad syntax."""
    start = 0
    while (brace := text.find("{", start)) >= 0:
        if brace > start:
            yield text[start:brace]
        if text.startswith("{{", brace):
            if doubled := DOUBLED.match(text, brace):
                told = gettext("'{found}' has two braces: write {example}")
                told = told.format(found=f"{doubled.group():.60}", example=doubled.group()[1:-1])
                raise BadInput(f"{_place(text, brace)}: {told}")
            yield "{"
            start = brace + 2
            continue
        end = text.find("}", brace)
        if end < 0:
            raise BadInput(f"{_place(text, brace)}: " + gettext("'{' is never closed; write {{ for a brace"))
        inner = text[brace + 1 : end]
        name, bar, fallback = inner.partition("|")
        if "{" in inner or not NAME.fullmatch(name.strip()):
            told = gettext("'{found}' is not a field; write {example}, or {doubled} for a brace")
            found = f"{text[brace : end + 1]:.60}"
            told = told.format(found=found, example="{ customer.first_name }", doubled="{{")
            raise BadInput(f"{_place(text, brace)}: {told}")
        yield name.strip(), fallback.strip() if bar else None, brace
        start = end + 1
    if start < len(text):
        yield text[start:]


@lru_cache(maxsize=10_000)
def parse(text: str) -> Text:
    """A wording, ready to be filled in; BadInput for bad syntax and for an unknown field, with the nearest name."""
    pieces: list[str | Slot] = []
    for found in scan(text):
        if not isinstance(found, str):
            name, fallback, position = found
            try:
                pieces.append(Slot(field_named(name), fallback))
            except BadInput as error:
                raise BadInput(f"{_place(text, position)}: {error}") from None
        elif pieces and isinstance(pieces[-1], str):
            pieces[-1] += found
        else:
            pieces.append(found)
    return Text(tuple(pieces))


def open_places(text: str) -> list[str]:
    """What stands in [square brackets] for the author to fill in; `[text](url)` is a link."""
    return [found.group() for found in PLACE.finditer(text)]


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return gettext("line {line}, column {column}").format(line=line, column=column)
