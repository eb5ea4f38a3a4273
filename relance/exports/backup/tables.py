"""Turns tables into lines of JSON that read the same from every database, and lines back into rows.

A line is a list: the values in the order of the table's columns. Moments are UTC, decimals have their places, keys of
objects are sorted: the same rows give the same bytes on SQLite and on PostgreSQL, so that checksums can be compared.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps as present
from django.apps.registry import Apps
from django.db import models

from relance.lib.rows import Row

READ_AT_ONCE = 2_000
Convert = Callable[[Any], Any]


SECOND_STEPS = "mfa"  # whoever signs in with a code must do so after a restore, too


def rooms() -> list[str]:
    """The labels of the rooms that have tables, and of the second steps of their users."""
    ours = (config.label for config in present.get_app_configs() if config.name.startswith("relance."))
    return sorted([*ours, SECOND_STEPS])


def tables(known: Apps = present) -> list[type[models.Model]]:
    """Every table of ours, what is pointed to before what points to it. Sessions are left out: people sign in again."""
    ours = rooms()
    found = sorted((m for m in known.get_models() if m._meta.app_label in ours), key=lambda m: m._meta.label_lower)
    ordered: dict[type[models.Model], None] = {}

    def take(model: type[models.Model]) -> None:
        for field in model._meta.concrete_fields:
            target = field.related_model
            if isinstance(target, type) and target is not model and target not in ordered:
                take(target)
        ordered.setdefault(model)

    for model in found:
        take(model)
    return list(ordered)


def columns(model: type[models.Model]) -> list[str]:
    """The columns of a table, by their attributes."""
    return [field.attname for field in model._meta.concrete_fields]


def rows_of(model: type[models.Model]) -> models.QuerySet[Any, Any]:
    """All rows of a table, of every dealer: a backup is the one reader that asks for nobody in particular."""
    return models.QuerySet(model)


def lines(model: type[models.Model]) -> Iterator[bytes]:
    """The rows of a table as lines, by their primary keys."""
    kinds = [(at, to) for at, field in enumerate(model._meta.concrete_fields) if (to := WRITTEN.get(_kind(field)))]
    for values in _in_order(model):
        line = list(values)
        for at, written in kinds:
            if line[at] is not None:
                line[at] = written(line[at])
        yield json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _in_order(model: type[models.Model]) -> Iterable[Sequence[Any]]:
    """By their primary keys. Databases sort texts differently: the few tables with such a key are sorted here."""
    read = rows_of(model).values_list(*columns(model))
    if isinstance(model._meta.pk, models.CharField):
        at = columns(model).index(model._meta.pk.attname)
        return sorted(read, key=lambda values: values[at])
    return read.order_by("pk").iterator(chunk_size=READ_AT_ONCE)


def rows(model: type[models.Model], names: list[str], written: Iterable[bytes]) -> Iterator[Row]:
    """Lines as rows again; ValueError when a line does not hold what its columns say."""
    kinds = {name: read for name in names if (read := READ.get(_kind(model._meta.get_field(name))))}
    for line in written:
        row: Row = dict(zip(names, json.loads(line), strict=True))
        for name, read in kinds.items():
            if row[name] is not None:
                row[name] = read(row[name])
        yield row


def _kind(field: Any) -> str:
    kind: str = field.get_internal_type()
    return kind


def _moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WRITTEN: dict[str, Convert] = {
    "DateTimeField": _moment_text,
    "DateField": date.isoformat,
    "DecimalField": str,
    "UUIDField": str,
    "BinaryField": lambda value: base64.b64encode(bytes(value)).decode(),
}
READ: dict[str, Convert] = {
    "DateTimeField": _moment,
    "DateField": date.fromisoformat,
    "DecimalField": Decimal,
    "UUIDField": UUID,
    "BinaryField": base64.b64decode,
}
