"""Turns a maintenance schedule into a form, and a typed form into a schedule, or into what is wrong with each place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import get_args

from django.utils.translation import gettext as _

from relance.facts.schedules import Kind, Operation, Schedule
from relance.lib.fold import fold
from relance.lib.language import LANGUAGES

MOST, BLANK = 40, 2  # operations of a schedule; empty places below them
KINDS: tuple[str, ...] = get_args(Kind)
INTERVALS = ("months", "km", "mi", "hours")
YEARS, MONTHS, DISTANCE = (1900, 2100), 240, 10_000_000
Typed = Mapping[str, str]


@dataclass
class Line:
    """One operation as it stands in the form."""

    at: int
    code: str = ""
    names: dict[str, str] = field(default_factory=dict)
    every: dict[str, str] = field(default_factory=dict)  # months, km, mi, hours
    done_by: str = ""
    fault: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written here."""
        return not (any(self.names.values()) or any(self.every.values()) or self.done_by)


@dataclass
class Form:
    """A schedule as it stands in the form, with what is wrong by the name of the field."""

    code: str = ""
    kind: str = ""
    make: str = ""
    model: str = ""
    first: str = ""
    last: str = ""
    lines: list[Line] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def is_wrong(self) -> bool:
        """Whether something has to be put right."""
        return bool(self.faults) or any(line.fault for line in self.lines)

    def with_blanks(self) -> "Form":
        """The same with empty places for more."""
        begin = max((line.at for line in self.lines), default=-1) + 1
        self.lines += [Line(at) for at in range(begin, min(begin + BLANK, MOST))]
        return self


def shown(schedule: Schedule) -> Form:
    """The form of a schedule."""
    years = schedule.years or ("", "")
    return Form(
        code=schedule.schedule,
        kind=schedule.kind or "",
        make=schedule.make or "",
        model=schedule.model or "",
        first=str(years[0]),
        last=str(years[1]),
        lines=[_line(at, operation) for at, operation in enumerate(schedule.operations)],
    )


def _line(at: int, operation: Operation) -> Line:
    every = {name: getattr(operation, name) for name in INTERVALS}
    shown_every = {name: f"{value:g}" if value < DISTANCE else str(value) for name, value in every.items() if value}
    return Line(at, operation.code, dict(operation.name), shown_every, "; ".join(operation.done_by))


def typed(posted: Typed) -> Form:
    """What was typed, readable or not."""
    form = Form()
    for name in ("code", "kind", "make", "model", "first", "last"):
        setattr(form, name, _text(posted, name))
    for at in range(MOST):
        line = Line(
            at,
            code=_text(posted, f"op-{at}-code"),
            names={tongue: _text(posted, f"op-{at}-{tongue}") for tongue in LANGUAGES},
            every={name: _text(posted, f"op-{at}-{name}") for name in INTERVALS},
            done_by=_text(posted, f"op-{at}-done", 600),
        )
        if not line.is_blank and f"op-{at}-gone" not in posted:
            form.lines.append(line)
    return form


def _text(posted: Typed, name: str, most: int = 80) -> str:
    return " ".join(posted.get(name, "").replace("\x00", "").split())[:most]


def schedule_of(form: Form, language: str) -> Schedule | None:
    """The schedule that was typed; None when something is wrong, which the form then says."""
    if not form.code or len(form.code) > 40:
        form.faults["code"] = _("Give it a short name, at most 40 characters: it stands in lists and files.")
    if form.kind and form.kind not in KINDS:
        form.faults["kind"] = _("Choose one of the list.")
    years = _years(form)
    if not form.lines:
        form.faults["operations"] = _("Write at least one operation: what is done, and how often.")
    codes: set[str] = set()
    operations = [found for line in form.lines if (found := _operation(line, language, codes)) is not None]
    if form.is_wrong:
        return None
    kind, make, model = form.kind or None, form.make or None, form.model or None
    return Schedule.model_validate(
        {"schedule": form.code, "kind": kind, "make": make, "model": model, "years": years, "operations": operations}
    )


def _years(form: Form) -> tuple[int, int] | None:
    if not (form.first or form.last):
        return None
    numbers = [_whole(text) for text in (form.first or form.last, form.last or form.first)]
    first, last = numbers
    if first is None or last is None or not all(YEARS[0] <= year <= YEARS[1] for year in (first, last)):
        form.faults["years"] = _("Write a model year with four digits, for example 2021.")
        return None
    if first > last:
        form.faults["years"] = _("The first year is later than the last.")
        return None
    return first, last


def _operation(line: Line, language: str, codes: set[str]) -> Operation | None:
    names = {tongue: name for tongue, name in line.names.items() if name}
    every = {name: _number(text) for name, text in line.every.items() if text}
    months = line.every.get("months")
    if language not in names:
        line.fault = _("Write what is done in this dealer’s language.")
    elif None in every.values() or (months and not 1 <= (_whole(months) or 0) <= MONTHS):
        line.fault = _("Write how often as numbers above zero: whole months up to 240, distance or hours.")
    elif not every:
        line.fault = _("Say how often: in months, kilometers, miles or hours.")
    if line.fault:
        return None
    line.code = _code(line.code, names[language], codes)
    words = [word for part in line.done_by.split(";") if (word := part.strip())]
    return Operation.model_validate({"code": line.code, "name": names, **every, "done_by": words})


def _code(kept: str, name: str, codes: set[str]) -> str:
    """The operation's code: the one that it had, else a short word of its name that no other of this schedule has."""
    made = "".join(sign if sign.isalnum() else "-" for sign in fold(name))[:30].strip("-") or "work"
    begin = found = kept[:40] if kept and kept not in codes else made
    number = 2
    while found in codes:
        found, number = f"{begin}-{number}", number + 1
    codes.add(found)
    return found


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _number(text: str) -> float | None:
    try:
        number = float(text.replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        return None
    return number if isfinite(number) and 0 < number < DISTANCE else None
