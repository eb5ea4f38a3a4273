"""Turns what a file says into a typed object, or into one line per fault with its path and the nearest allowed word."""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Annotated, Any, TypeVar, get_args, get_origin

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from relance.lib.errors import BadInput, unknown_word

Model = TypeVar("Model", bound=BaseModel)
UNION_MARKS = ("list[", "literal[", "dict[")
ON_OFF = {"on": True, "off": False}
# How pydantic's kinds of faults begin, the longer before the shorter, and what a person reads instead.
SAID = {
    "greater_than_equal": _("must be at least {least}"),
    "greater_than": _("must be more than {least}"),
    "less_than_equal": _("must be at most {most}"),
    "less_than": _("must be less than {most}"),
    "string_pattern": _("is not written as it must be: {pattern}"),
    "string_too_short": _("needs at least {least} characters"),
    "string_too_long": _("may have at most {most} characters"),
    "string": _("must be a text"),
    "too_short": _("needs at least {least} entries"),
    "too_long": _("may have at most {most} entries"),
    "int": _("must be a whole number"),
    "float": _("must be a number"),
    "decimal": _("must be a number"),
    "finite": _("must be a number"),
    "bool": _("must be on or off"),
    "datetime": _("must be a day and a time, like 2026-03-01T10:00"),
    "date": _("must be a day, like 2026-03-01"),
    "time": _("must be a time of day, like 10:30"),
    "list": _("must be a list"),
    "tuple": _("must be a list"),
    "set": _("must be a list"),
    "frozen_set": _("must be a list"),
    "model": _("must be a mapping with keys"),
    "dict": _("must be a mapping with keys"),
    "mapping": _("must be a mapping with keys"),
    "": _("is not what belongs here"),
}
LIMITS = {"ge": "least", "gt": "least", "min_length": "least", "le": "most", "lt": "most", "max_length": "most"}


class Strict(BaseModel):
    """A mapping in which an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _on_off(value: Any) -> Any:
    return ON_OFF.get(value, value) if isinstance(value, str) else value


def _wall_time(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):  # YAML 1.1 reads 10:30 as 630, in base sixty
        return time(value // 60, value % 60) if 0 <= value < 24 * 60 else value
    if isinstance(value, str):
        return time.fromisoformat(value)
    return value


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


OnOff = Annotated[bool, BeforeValidator(_on_off)]
WallTime = Annotated[time, BeforeValidator(_wall_time)]
Code = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=40)]


def read(model: type[Model], value: Any, path: str) -> Model:
    """`value` as a `model`; BadInput with one line per fault, each beginning with its path."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise BadInput("; ".join(faults(model, error, path))) from None


def faults(model: type[BaseModel], error: ValidationError, path: str) -> Iterator[str]:
    """One line per fault: where, what, and the nearest allowed word."""
    for fault in error.errors():
        where = path + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in _plain(model, fault["loc"]))
        if fault["type"] == "extra_forbidden":
            parent = _model_at(model, fault["loc"][:-1]) or model
            where = where.rsplit(".", 1)[0] or "settings"
            yield f"{where}: {unknown_word(gettext('key'), fault['loc'][-1], parent.model_fields)}"
        elif fault["type"] == "literal_error":
            allowed = [str(w) for w in _allowed(fault["ctx"]["expected"])]
            yield f"{where}: {unknown_word(gettext('value'), fault['input'], allowed)}"
        else:
            yield f"{where}: {_in_words(fault)}"


def _in_words(fault: Any) -> str:
    """One fault that pydantic found, said by us; what our own validators say is in the reader's language already."""
    if fault["type"] == "missing":
        return gettext("is missing")
    ctx = fault.get("ctx", {})
    if "error" in ctx:
        says = str(ctx["error"])
    else:
        kind = next((kind for kind in SAID if fault["type"].startswith(kind)), "")
        says = gettext(SAID[kind]).format(**dict(_limits(ctx)))
    return gettext("{says} (found {found})").format(says=says, found=f"{fault['input']!r:.60}")


def _limits(ctx: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in ctx.items():
        yield LIMITS.get(name, name), value


def _plain(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[int | str]:
    """The path without pydantic's own marks for the members of a union."""
    return [p for p in loc if isinstance(p, int) or not (p[:1].isupper() or p.startswith(UNION_MARKS))]


def _allowed(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that a path leads to, or None where it leads through something else."""
    current: type[BaseModel] | None = model
    for step in loc:
        if current is None:
            return None
        if isinstance(step, int):
            continue
        field = current.model_fields.get(step)
        if field is not None:
            current = next(_models_in(field.annotation), None)
    return current


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from _models_in(part)
