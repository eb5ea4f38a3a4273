"""Turns a value or a finished text into what is no sense in it: what a machine wrote where a person's word should be.

A value that says nothing is taken for unknown: the fallback stands in its place, or the message is held (decision 211).
"""

import re
import unicodedata

from relance.lib.sms import size_of

# What programs write for "nothing". As a whole value, in exactly this form: a family may be called Null.
NOTHING = frozenset(
    (
        "None", "none", "NONE", "NULL", "null", "nil", "NaN", "nan", "undefined", "(null)", "<null>", "[null]", "N/A",
        "n/a", "#N/A", "#NA", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "[object Object]",
    )
)  # fmt: skip
REPLACED = "\N{REPLACEMENT CHARACTER}"  # bytes that could not be read
# A field that another program has not filled in, markup, and letters that are written as codes.
LEFT_OVER = re.compile(
    r"\{\{|\}\}|\{%|\$\{|<%|<<\w+>>|\{\s*[A-Za-z_]\w*(?:\.\w+)*\s*(?:\|[^{}]*)?\}|%[A-Z_]{3,}%"
    r"|</?[A-Za-z][^<>]*>|<!--|&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});"
)
LONGEST = 500  # characters of one value: more is no name, no vehicle and no visit
LONGEST_LIST = 9_000  # of one that names several things: the hundred vehicles of a fleet
MOST_PARTS = 6  # of one SMS
SHORT = 190  # characters that never take more, whatever they are
NOTHING_IS_SAID = "nothing is said"


def no_sense(value: str, longest: int = LONGEST) -> str | None:
    """What is wrong with a value, as it stands behind its field's name; None when it can be said."""
    if len(value) > longest:
        return f"{len(value):,} characters"
    if value in NOTHING or not any(c.isalnum() or unicodedata.category(c) == "So" for c in value):
        return value  # a dash, a dot, a joiner without anything to join: somebody had to type something
    found = LEFT_OVER.search(value)
    if found:
        return found.group()[:40]
    return REPLACED if REPLACED in value else None


def too_long(text: str) -> str | None:
    """Of an SMS of more parts than anybody reads: how many it takes."""
    if len(text) <= SHORT:
        return None
    parts = size_of(text).parts
    return f"sms: {parts:,} parts, {MOST_PARTS} at most" if parts > MOST_PARTS else None
