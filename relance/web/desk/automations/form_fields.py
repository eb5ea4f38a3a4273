"""Turns the file form of an automation into the texts that stand in the builder's fields, readable or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relance.dealers.models import Dealer
from relance.plan.schedule import KEYS, MOVABLE
from relance.web.desk.automations.choices import LANGUAGE_NAMES, languages_of
from relance.web.desk.automations.typed import CHANNELS

SPARE_KEYWORDS = 1


@dataclass(frozen=True)
class WordsField:
    """The words of one channel in one language."""

    language: str
    title: str  # the language by its own name
    subject: str
    body: str

    @property
    def is_written(self) -> bool:
        """Whether anything stands there."""
        return bool(self.subject or self.body)


@dataclass(frozen=True)
class ChannelField:
    """One channel: whether it is used, in which place, and its words."""

    name: str
    is_used: bool
    place: int
    words: list[WordsField]
    has_subject: bool


@dataclass(frozen=True)
class KeywordField:
    """Words that a reply may consist of, and what happens then."""

    number: int
    words: str
    answers: list[tuple[str, str, str]]  # language, its name, text
    tag: str
    is_task: bool


def form_fields(dealer: Dealer, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the fields."""
    return {
        "channels": _channels(dealer, entry),
        "when": _when(entry),
        "repeat": "days" if isinstance(entry.get("repeat"), dict) else entry.get("repeat") or "once",
        "repeat_days": entry["repeat"].get("days", "") if isinstance(entry.get("repeat"), dict) else "",
        "recipients": entry.get("recipients") or ["customer"],
        "keywords": _keywords(dealer, entry),
        "replies": entry.get("replies") or {},
    }


def _channels(dealer: Dealer, entry: Mapping[str, Any]) -> list[ChannelField]:
    used = list(entry.get("channels") or [])
    names = [*used, *(name for name in (*CHANNELS, "staff") if name not in used)]
    languages = languages_of(dealer, entry)
    fields = []
    for place, name in enumerate(names, start=1):
        written = (entry.get("wording") or {}).get(name) or {}
        words = [
            WordsField(
                language,
                LANGUAGE_NAMES[language],
                str((written.get(language) or {}).get("subject") or ""),
                str((written.get(language) or {}).get("body") or ""),
            )
            for language in languages
        ]
        fields.append(ChannelField(name, name in used, place, words, name in ("email", "letter", "staff")))
    return fields


def _when(entry: Mapping[str, Any]) -> dict[str, Any]:
    schedule = entry.get("schedule") or {}
    kind = schedule.get("kind") or "daily"
    needed, allowed = KEYS.get(kind, ((), ()))
    window = schedule.get("window")
    hours = window if isinstance(window, (list, tuple)) else ["", ""]
    return {
        **{key: schedule.get(key, "") for key in (*needed, *allowed)},
        "kind": kind,
        "keys": (*needed, *allowed),
        "moment": str(schedule.get("at", ""))[:16] if kind == "once" else "",
        "window": "opening_hours" if window == "opening_hours" else "hours" if window else "",
        "opens": [*hours, ""][0],
        "closes": [*hours, "", ""][1].replace("24:00", "00:00"),
        "closed_day": schedule.get("closed_day", "send"),
        "may_move": kind in MOVABLE,
    }


def _keywords(dealer: Dealer, entry: Mapping[str, Any]) -> list[KeywordField]:
    written = [*((entry.get("replies") or {}).get("keywords") or []), *([{}] * SPARE_KEYWORDS)]
    languages = languages_of(dealer, entry)
    return [
        KeywordField(
            number,
            "; ".join(map(str, one.get("words") or [])),
            [
                (language, LANGUAGE_NAMES[language], (one.get("answer") or {}).get(language, ""))
                for language in languages
            ],
            str(one.get("tag") or ""),
            bool(one.get("task")),
        )
        for number, one in enumerate(written)
    ]
