"""Turns a rule into the sentence that one can read aloud, in the language that is active."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.audience.tree import AnyOf, Rule

SERIES = gettext_lazy("{first}, then every {every} until {before}")
SERIES_ONCE = gettext_lazy("exactly {first}")
SERIES_ON = gettext_lazy("{first}, then every {every}")


def sentence(rule: Rule) -> str:
    """`vehicle: make contains “mazda”`."""
    about = _("{category}: {attribute}").format(category=rule.about.label, attribute=rule.asks.label)
    of = f" ({rule.of})" if rule.of else ""
    return f"{about}{of} {str(rule.does.says).format(value=value_in_words(rule.value))}"


def entry_in_words(entry: Rule | AnyOf) -> str:
    """A rule, or its alternatives joined by "or"."""
    if isinstance(entry, Rule):
        return sentence(entry)
    return f" {_('or')} ".join(sentence(rule) for rule in entry.rules)


def value_in_words(value: Any) -> str:
    """The value as a person reads it."""
    if isinstance(value, Mapping):
        every, before = value["every"], value["before"]
        template = SERIES_ONCE if not every else SERIES if before else SERIES_ON
        return str(template).format(**value)
    if isinstance(value, tuple):
        if len(value) == 2 and not isinstance(value[0], str):
            return f"{value[0]} {_('and')} {value[1]}"
        return ", ".join(map(_quoted, value))
    if isinstance(value, date):
        return date_format(value)
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(word: object) -> str:
    return _("“{word}”").format(word=word)
