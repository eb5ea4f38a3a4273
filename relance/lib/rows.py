"""Turns rows of fields into INSERT and UPDATE statements run many at a time, and many ids into one condition.

`bulk_create` builds an object per row and adapts every value twice; this is four times as fast and says the same.
`…__in` writes a place for every id and follows each one through the ORM; `Among` hands over one value.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache, partial
from operator import itemgetter
from typing import Any

from django.db import connection, models

Row = dict[str, Any]
Adapt = Callable[[Any], Any]


def insert(model: type[models.Model], rows: Sequence[Row], *, match: Sequence[str], change: Sequence[str]) -> None:
    """Insert `rows` (all with the same fields); where a row with the same `match` came first, change these fields."""
    if not rows:
        return
    names = tuple(rows[0])
    columns = ", ".join(_column(model, name) for name in names)
    marks = ", ".join(["%s"] * len(names))
    target = ", ".join(_column(model, name) for name in match)
    changes = ", ".join(f"{_column(model, name)} = excluded.{_column(model, name)}" for name in change)
    action = f"UPDATE SET {changes}" if changes else "NOTHING"
    _many(
        f"INSERT INTO {_table(model)} ({columns}) VALUES ({marks}) ON CONFLICT ({target}) DO {action}",
        _adapted(model, names, rows),
    )


def pour(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert `rows` (all with the same fields) into a table that has none of them, the quickest way there is."""
    if connection.vendor != "postgresql":
        insert(model, rows, match=("id",), change=())
        return
    names = tuple(rows[0])
    texts = [at for at, name in enumerate(names) if model._meta.get_field(name).get_internal_type() == "JSONField"]
    columns = ", ".join(_column(model, name) for name in names)
    pick = itemgetter(*names)
    with connection.cursor() as cursor, cursor.copy(f"COPY {_table(model)} ({columns}) FROM STDIN") as stream:
        for row in rows:
            values = list(pick(row))
            for at in texts:
                values[at] = None if values[at] is None else json.dumps(values[at])
            stream.write_row(values)


def update(model: type[models.Model], rows: Sequence[Row], fields: Sequence[str]) -> None:
    """Set `fields` of the rows with these ids; every row has its `id`."""
    if not rows:
        return
    changes = ", ".join(f"{_column(model, name)} = %s" for name in fields)
    _many(f"UPDATE {_table(model)} SET {changes} WHERE id = %s", _adapted(model, (*fields, "id"), rows))


def _many(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))


def _adapted(model: type[models.Model], names: tuple[str, ...], rows: Sequence[Row]) -> Iterable[Sequence[Any]]:
    adapters = [(at, adapt) for at, name in enumerate(names) if (adapt := _adapter(model, name))]
    pick = itemgetter(*names)
    for row in rows:
        values = list(pick(row))
        for at, adapt in adapters:
            if values[at] is not None:
                values[at] = adapt(values[at])
        yield values


@cache
def _adapter(model: type[models.Model], name: str) -> Adapt | None:
    """How a value of this field is handed to the database; None when it is taken as it is."""
    kind = model._meta.get_field(name).get_internal_type()
    if kind == "JSONField":
        return _json_text if connection.vendor == "sqlite" else partial(connection.ops.adapt_json_value, encoder=None)
    if connection.vendor == "sqlite":
        return TEXTS.get(kind)
    return None


def _json_text(value: Any) -> str:
    return json.dumps(value) if value else "{}" if isinstance(value, dict) else "[]"


def _utc_text(moment: datetime) -> str:
    return str(moment.replace(tzinfo=None))


TEXTS: dict[str, Adapt] = {
    "DateTimeField": _utc_text,
    "DateField": str,
    "DecimalField": str,
    "UUIDField": lambda key: key.hex,
}


@cache
def _column(model: type[models.Model], name: str) -> str:
    column: str = model._meta.get_field(name).column  # type: ignore[union-attr,assignment]
    return connection.ops.quote_name(column)


@cache
def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


class Among(models.Func):
    """Whether a whole number is one of these: `rows.filter(Among("customer_id", ids))`."""

    output_field = models.BooleanField()

    def __init__(self, what: Any, ids: Iterable[int]) -> None:
        super().__init__(what)
        self.ids = tuple(ids)

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # type: ignore[override]
        sql, parameters = compiler.compile(self.source_expressions[0])
        if connection.vendor == "postgresql":
            return f"{sql} = ANY(%s::bigint[])", [*parameters, list(self.ids)]
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(self.ids)]
