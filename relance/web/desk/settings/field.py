"""Turns one typed setting into a field of a form, and what was typed into it back into a value: a row per kind.

The kind follows from the type of the setting, so that a new setting has its field, its check and its words by being
written down in dealers/preferences.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from relance.dealers.preferences import FrequencyCap, Hours, Promotion
from relance.lib.moments import WEEKDAYS
from relance.web.desk.words import Word

Shown = Any
TEXT_LENGTH = 2_000


@dataclass(frozen=True)
class Kind:
    """How a setting of one type is shown in a form, read from it, and what to write when it cannot be read."""

    show: Callable[[Any], Shown]
    read: Callable[[QueryDict, str], Any]
    write: Word


def _text(posted: QueryDict, path: str) -> Any:
    return posted.get(path, "").strip()[:TEXT_LENGTH] or None


def _lines(posted: QueryDict, path: str) -> Any:
    return [line.strip() for line in posted.get(path, "")[:TEXT_LENGTH].splitlines() if line.strip()]


def _number(posted: QueryDict, path: str) -> Any:
    return posted.get(path, "").strip().replace(",", ".")[:20]


def _span(posted: QueryDict, path: str) -> Any:
    pair = [posted.get(f"{path}.{end}", "").strip()[:8] for end in ("opens", "closes")]
    return pair if any(pair) else None


def _week(posted: QueryDict, path: str) -> Any:
    if posted.get(f"{path}.always"):
        return None
    days = {day: _span(posted, f"{path}.{day}") for day in WEEKDAYS}
    return {day: pair for day, pair in days.items() if pair}


def _cap(posted: QueryDict, path: str) -> Any:
    numbers = {name: posted.get(f"{path}.{name}", "").strip()[:8] for name in ("messages", "days")}
    return numbers if any(numbers.values()) else "none"


def _holidays(posted: QueryDict, path: str) -> Any:
    lines = _lines(posted, path)
    return lines[0] if lines in (["all"], ["none"]) else lines or "none"


def _pairs(posted: QueryDict, path: str) -> Any:
    pairs = (line.partition("=") for line in _lines(posted, path))
    return {code.strip(): name.strip() for code, _mark, name in pairs}


def _promotion(posted: QueryDict, path: str) -> Any:
    days, *texts = _lines(posted, path) or [""]
    if not days:
        return None
    since, _space, until = days.partition(" ")
    pairs = (line.partition("=") for line in texts)
    return {"since": since, "until": until.strip(), "text": {word.strip(): text.strip() for word, _mark, text in pairs}}


def _codes(posted: QueryDict, path: str) -> Any:
    pairs = zip(posted.getlist(f"{path}.code"), posted.getlist(f"{path}.word"), strict=False)
    return {code: word for code, word in pairs if word}


def _show_week(week: Mapping[str, Hours] | None) -> Shown:
    return None if week is None else {day: _show_span(week.get(day)) for day in WEEKDAYS}


def _show_span(hours: Hours | None) -> Shown:
    return {"opens": f"{hours.opens:%H:%M}", "closes": hours.ends.replace("24:00", "00:00")} if hours else {}


def _show_list(values: list[Any]) -> str:
    return "\n".join(map(str, values))


def _show_holidays(chosen: str | list[str]) -> str:
    return chosen if isinstance(chosen, str) else "\n".join(chosen)


def _show_pairs(pairs: Mapping[Any, str]) -> str:
    return "\n".join(f"{code} = {name}" for code, name in pairs.items())


def _show_promotion(running: Promotion | None) -> str:
    return f"{running.since} {running.until}\n{_show_pairs(running.text)}" if running else ""


KINDS: dict[str, Kind] = {
    "text": Kind(
        lambda value: value or "", _text, _("This cannot be used. Write it as the sentence beside it describes.")
    ),
    "number": Kind(str, _number, _("Write a number within the bounds.")),
    "tick": Kind(bool, lambda posted, path: path in posted, _("Tick it or leave it empty.")),
    "choice": Kind(lambda value: value if value is not None else "", _text, _("Choose one of the list.")),
    "choices": Kind(list, lambda posted, path: posted.getlist(path), _("Choose from the list.")),
    "lines": Kind(_show_list, _lines, _("Write one per line.")),
    "days": Kind(_show_list, _lines, _("Write one day on each line, as 2026-12-24.")),
    "holidays": Kind(_show_holidays, _holidays, _("Write all, none, or one English name on each line.")),
    "span": Kind(_show_span, _span, _("Write two times, as 08:00 and 18:00; the second is the later one.")),
    "week": Kind(
        _show_week, _week, _("Write two times for each open day, as 08:00 and 18:00; the second is the later one.")
    ),
    "cap": Kind(lambda cap: cap.model_dump() if cap else {}, _cap, _("Write two whole numbers, or leave both empty.")),
    "pairs": Kind(_show_pairs, _pairs, _("Write a code, an equals sign and a name on each line; at most ten.")),
    "promotion": Kind(
        _show_promotion,
        _promotion,
        _(
            "Write its first and last day, as 2026-05-01 2026-05-31, "
            "and below a line for each language, as en = Win a bicycle."
        ),
    ),
    "codes": Kind(dict, _codes, _("Choose a word for each code.")),
}
BY_PATH = {"closed_days.public_holidays": "holidays", "accessories": "pairs", "opening_hours": "week"}


def kind_of(path: str, annotation: Any) -> str:
    """The name of the kind of a setting."""
    if path in BY_PATH:
        return BY_PATH[path]
    plain = bare(annotation)
    if plain in BY_TYPE:
        return BY_TYPE[plain]
    origin, inner = get_origin(plain), get_args(plain)
    if origin is Literal:
        return "choice"
    if origin is list:
        return "choices" if get_origin(bare(inner[0])) is Literal else "days" if inner[0] is date else "lines"
    if origin is dict:
        return "codes"
    raise TypeError(f"{path}: no field for {annotation}")


BY_TYPE: dict[Any, str] = {
    str: "text", int: "number", float: "number", bool: "tick", Hours: "span", FrequencyCap: "cap",
    Promotion: "promotion",
}  # fmt: skip


def bare(annotation: Any) -> Any:
    """The type without what may be missing and without its checks."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return bare(get_args(annotation)[0])
    if origin in (Union, UnionType):
        present = [part for part in get_args(annotation) if part is not NoneType]
        return bare(present[0]) if len(present) == 1 else annotation
    return annotation


def words_allowed(annotation: Any) -> list[Any]:
    """The words among which a setting chooses."""
    plain = bare(annotation)
    if get_origin(plain) is Literal:
        return list(get_args(plain))
    inner = get_args(plain)
    return words_allowed(inner[-1]) if inner else []


def may_be_empty(annotation: Any) -> bool:
    """Whether nothing at all is a value, too."""
    return NoneType in get_args(annotation)


def leaves(model: type[BaseModel], path: str = "") -> dict[str, Any]:
    """Every setting of a model by its path, with its field; settings that are mappings of settings are opened."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        plain = bare(field.annotation)
        if isinstance(plain, type) and issubclass(plain, BaseModel) and plain not in BY_TYPE:
            found |= leaves(plain, f"{path}{name}.")
        else:
            found[f"{path}{name}"] = field
    return found
