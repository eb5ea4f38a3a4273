"""Turns the fields of the builder into an automation's file form: everything that was typed, readable or not.

The parts of the file that the builder does not show (a theme, needs) stay as they were.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from relance.plan.schedule import KEYS, MOVABLE
from relance.web.desk.automations.rules_typed import read_rules

CHANNELS = ("sms", "email", "postcard", "letter", "phone")
LANGUAGES = ("en", "fr", "es", "et")
PLAIN = ("code", "name", "programme", "kind", "purpose", "subject", "scope", "status")
NUMBERS = ("grace_hours", "holdout_percent")
MOST_KEYWORDS = 12
Typed = QueryDict


def read_form(typed: Typed, before: dict[str, Any]) -> dict[str, Any]:
    """The file form of what stands in the fields; `before` keeps what has no field."""
    entry = {**before, **{name: typed.get(name, "").strip() for name in PLAIN if name in typed}}
    entry["code"] = str(entry.get("code", "")).upper()
    for name in NUMBERS:
        if name in typed:
            _put(entry, name, _number(typed.get(name, "")))
    entry["audience"] = read_rules(typed)
    entry["schedule"] = read_schedule(typed)
    entry["repeat"] = _repeat(typed)
    entry["recipients"] = [word for word in typed.getlist("recipients") if word] or ["customer"]
    entry["channels"] = _channels(typed)
    entry["wording"] = _wording(typed, before.get("wording") or {})
    entry["replies"] = _replies(typed)
    return entry


def _put(entry: dict[str, Any], name: str, value: Any) -> None:
    if value in ("", None):
        entry.pop(name, None)
    else:
        entry[name] = value


def _number(text: str) -> Any:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 10 else text


def read_schedule(typed: Typed) -> dict[str, Any]:
    """The schedule: the keys of its kind that were filled in."""
    kind = typed.get("when-kind", "daily")
    needed, allowed = KEYS.get(kind, ((), ()))
    schedule: dict[str, Any] = {"kind": kind}
    for key in (*needed, *allowed):
        if key == "days":
            _put(schedule, key, typed.getlist("when-days") or "")
        elif key == "window":
            _put(schedule, key, _window(typed))
        elif key == "at" and kind == "once":
            _put(schedule, key, typed.get("when-moment", "").strip())
        elif key in ("at", "holiday"):
            _put(schedule, key, typed.get(f"when-{key}", "").strip())
        else:
            _put(schedule, key, _number(typed.get(f"when-{key}", "")))
    if kind == "yearly" and "holiday" in schedule:
        schedule.pop("month", None)
        schedule.pop("day", None)
    closed_day = typed.get("when-closed_day", "send")
    if kind in MOVABLE and closed_day != "send":
        schedule["closed_day"] = closed_day
    return schedule


def _window(typed: Typed) -> Any:
    if typed.get("when-window") == "opening_hours":
        return "opening_hours"
    if typed.get("when-window") != "hours":
        return ""
    return [typed.get("when-opens", "").strip(), typed.get("when-closes", "").strip()]


def _repeat(typed: Typed) -> Any:
    repeat = typed.get("repeat", "once")
    return {"days": _number(typed.get("repeat-days", ""))} if repeat == "days" else repeat


def _channels(typed: Typed) -> list[str]:
    """The channels that are ticked, in the order of their numbers."""
    ticked = [channel for channel in (*CHANNELS, "staff") if channel in typed.getlist("channels")]
    return sorted(ticked, key=lambda channel: _place(typed, channel))


def _place(typed: Typed, channel: str) -> int:
    text = typed.get(f"place-{channel}", "")
    return int(text) if text.isdecimal() and len(text) < 3 else 99


def _wording(typed: Typed, before: dict[str, Any]) -> dict[str, Any]:
    """Per channel and language the words; a channel without fields keeps what it had, an empty text is none."""
    wording: dict[str, Any] = {}
    for channel in (*CHANNELS, "staff"):
        if f"words-{channel}" not in typed:
            if before.get(channel):
                wording[channel] = before[channel]
            continue
        words = dict(_spoken(typed, channel, before.get(channel) or {}))
        if words:
            wording[channel] = words
    return wording


def _spoken(typed: Typed, channel: str, before: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, str]]]:
    for language in LANGUAGES:
        name = f"words-{channel}-{language}"
        subject, body = typed.get(f"{name}-subject", "").strip(), _body(typed.get(f"{name}-body", ""))
        stood = (before.get(language) or {}).get("body") or ""
        body = stood if body == _body(stood) else body  # a field drops a break at the end: that is no change of ours
        if body or subject:
            yield language, ({"subject": subject} if subject else {}) | {"body": body}


def _body(text: str) -> str:
    return text.replace("\r\n", "\n").strip("\n")


def _replies(typed: Typed) -> dict[str, Any]:
    replies: dict[str, Any] = {}
    _put(replies, "assign", typed.get("assign", "").strip())
    if notify := [word for word in typed.getlist("notify") if word]:
        replies["notify"] = notify
    if typed.get("sentiment"):
        replies["sentiment"] = True
    if keywords := list(_keywords(typed)):
        replies["keywords"] = keywords
    return replies


def _keywords(typed: Typed) -> Iterable[dict[str, Any]]:
    for number in range(MOST_KEYWORDS):
        words = [word.strip() for word in typed.get(f"keyword-{number}-words", "").split(";") if word.strip()]
        if not words:
            continue
        keyword: dict[str, Any] = {"words": words}
        answers = {
            language: text
            for language in LANGUAGES
            if (text := typed.get(f"keyword-{number}-answer-{language}", "").strip())
        }
        _put(keyword, "answer", answers or "")
        _put(keyword, "tag", typed.get(f"keyword-{number}-tag", "").strip())
        if typed.get(f"keyword-{number}-task"):
            keyword["task"] = True
        yield keyword
