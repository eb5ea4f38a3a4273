"""Turns rows of fields into INSERT and UPDATE statements run many at a time, and many ids into one condition.

`bulk_create` builds an object per row and adapts every value twice; this is four times as fast and says the same.
`…__in` writes a place for every id and follows each one through the ORM; `Among` hands over one value.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.backends.utils import CursorWrapper

PAGES = (
    16_000  # 64 MB of journal before it is carried into the database: pages written again and again are carried once
)
USUAL_PAGES = 1_000
MAPPED = 64 << 20
SMALLER, USUAL = 49_152, 65_536  # kilobytes of pages in memory
OFTEN, RARELY = gc.get_threshold(), 10_000  # new objects
MANY = 50  # rows for which PostgreSQL's COPY is quicker than a statement for each
Row = dict[str, Any]
_encode = json.JSONEncoder(check_circular=False).encode
Adapt = Callable[[Any], Any]


@contextmanager
def long_write() -> Iterator[None]:
    """For a while, writing much: fewer checkpoints, no file mapped into memory, and Python looks for cycles rarely.

    Durable as ever: every commit is flushed to the disk.
    """
    if connection.vendor == "sqlite":
        _set(f"wal_autocheckpoint={PAGES}", "mmap_size=0", f"cache_size=-{SMALLER}")
    try:
        with rarely_collecting():
            yield
    finally:
        if connection.vendor == "sqlite":
            _set(f"wal_autocheckpoint={USUAL_PAGES}", f"mmap_size={MAPPED}", f"cache_size=-{USUAL}")


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """For a while, making very many small objects without cycles: Python looks for cycles rarely."""
    gc.freeze()
    gc.set_threshold(RARELY, *OFTEN[1:])
    try:
        yield
    finally:
        gc.set_threshold(*OFTEN)
        gc.unfreeze()


def _set(*settings: str) -> None:
    with connection.cursor() as cursor:
        for setting in settings:
            cursor.execute(f"PRAGMA {setting}")


def insert(model: type[models.Model], rows: Sequence[Row], *, match: Sequence[str], change: Sequence[str]) -> None:
    """Insert `rows` (all with the same fields); where a row with the same `match` came first, change these fields."""
    if not rows:
        return
    names = tuple(rows[0])
    columns = ", ".join(_column(model, name) for name in names)
    action = _on_conflict(model, match, change)
    if connection.vendor == "postgresql" and len(rows) >= MANY:
        _copy(model, columns, _as_texts(model, names, rows), action)
        return
    marks = ", ".join(["%s"] * len(names))
    _many(f"INSERT INTO {_table(model)} ({columns}) VALUES ({marks}) {action}", _adapted(model, names, rows))


def insert_columns(
    model: type[models.Model],
    columns: dict[str, list[Any]],
    fill: Row,
    *,
    match: Sequence[str],
    change: Sequence[str],
) -> None:
    """The same for columns of values that are as the database takes them; `fill` has what all rows have in common."""
    size = len(next(iter(columns.values())))
    names = (*columns, *fill)
    rows = zip(*columns.values(), *([value] * size for value in fill.values()), strict=True)
    listed = ", ".join(_column(model, name) for name in names)
    action = _on_conflict(model, match, change)
    if connection.vendor == "postgresql" and size >= MANY:
        _copy(model, listed, rows, action)
    else:
        marks = ", ".join(["%s"] * len(names))
        _many(f"INSERT INTO {_table(model)} ({listed}) VALUES ({marks}) {action}", rows)


def _on_conflict(model: type[models.Model], match: Sequence[str], change: Sequence[str]) -> str:
    target = ", ".join(_column(model, name) for name in match)
    changes = ", ".join(f"{_column(model, name)} = excluded.{_column(model, name)}" for name in change)
    return f"ON CONFLICT ({target}) DO " + (f"UPDATE SET {changes}" if changes else "NOTHING")


def _copy(model: type[models.Model], listed: str, rows: Iterable[Sequence[Any]], action: str) -> None:
    """PostgreSQL's quickest way: straight into the table; after a conflict, which COPY does not know, by one beside."""
    whole = list(rows)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _stream(cursor, _table(model), listed, whole)
    except IntegrityError:
        with _beside(model, listed, whole) as (cursor, own):
            cursor.execute(f"INSERT INTO {_table(model)} ({listed}) SELECT {listed} FROM {own} {action}")


@contextmanager
def _beside(
    model: type[models.Model], listed: str, rows: Iterable[Sequence[Any]]
) -> Iterator[tuple[CursorWrapper, str]]:
    """These columns of rows in a table of the transaction's own, and how it is called."""
    own = connection.ops.quote_name(f"coming_{model._meta.db_table}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {own} ON COMMIT DROP AS SELECT {listed} FROM {_table(model)} WITH NO DATA"
        )
        _stream(cursor, own, listed, rows)
        yield cursor, own
        cursor.execute(f"DROP TABLE {own}")


def _stream(cursor: CursorWrapper, table: str, listed: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def pour(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert `rows` (all with the same fields) into a table that has none of them, the quickest way there is."""
    if connection.vendor != "postgresql":
        insert(model, rows, match=(model._meta.pk.name,), change=())
        return
    names = tuple(rows[0])
    columns = ", ".join(_column(model, name) for name in names)
    with connection.cursor() as cursor:
        _stream(cursor, _table(model), columns, _as_texts(model, names, rows))


def _as_texts(model: type[models.Model], names: tuple[str, ...], rows: Sequence[Row]) -> Iterator[Sequence[Any]]:
    """Rows as COPY takes them: JSON is text."""
    texts = [at for at, name in enumerate(names) if model._meta.get_field(name).get_internal_type() == "JSONField"]
    pick = itemgetter(*names)
    for row in rows:
        values = list(pick(row))
        for at in texts:
            values[at] = None if values[at] is None else _encode(values[at])
        yield values


def update(model: type[models.Model], rows: Sequence[Row], fields: Sequence[str], *, ready: bool = False) -> None:
    """Set `fields` of the rows with these ids; every row has its `id`. `ready`: as the database takes them."""
    if not rows:
        return
    names = (*fields, "id")
    if connection.vendor == "postgresql" and len(rows) >= MANY:
        _update_at_once(model, names, map(itemgetter(*names), rows) if ready else _as_texts(model, names, rows))
        return
    changes = ", ".join(f"{_column(model, name)} = %s" for name in fields)
    values = map(itemgetter(*names), rows) if ready else _adapted(model, names, rows)
    _many(f"UPDATE {_table(model)} SET {changes} WHERE id = %s", values)


def _update_at_once(model: type[models.Model], names: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """One UPDATE of all rows: for PostgreSQL a quarter of the work of one for each."""
    columns = [_column(model, name) for name in names]
    with _beside(model, ", ".join(columns), values) as (cursor, own):
        changes = ", ".join(f"{column} = {own}.{column}" for column in columns[:-1])
        cursor.execute(f"UPDATE {_table(model)} SET {changes} FROM {own} WHERE {_table(model)}.id = {own}.id")


def is_one_of(column: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The test that a column holds one of these values, and what goes into it."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [_array(values)]
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def is_in_list(column: str, values: Sequence[Any]) -> tuple[str, Any]:
    """The same with one value whatever their number: quicker for a statement that is asked again and again."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", _array(values)
    return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(values)


def _array(values: Iterable[Any]) -> str:
    """Texts or whole numbers as PostgreSQL writes an array: the driver takes twice as long over a list."""
    return "{" + ",".join([str(v) if isinstance(v, int) else f'"{_escaped(v)}"' for v in values]) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"') if "\\" in text or '"' in text else text


def seconds_of(column: str) -> str:
    """A moment's seconds since 1970-01-01, in SQL: quicker to read, and to reckon with, than a date and time."""
    if connection.vendor == "postgresql":
        return f"CAST(FLOOR(EXTRACT(EPOCH FROM {column})) AS BIGINT)"
    return f"CAST(strftime('%%s', {column}) AS INTEGER)"


def select(
    columns: Sequence[str], model: type[models.Model], test: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """The rows of a table that pass the test, as the database gives them; for columns by the thousand."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {_table(model)} WHERE {test}", values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def as_kept(value: Any) -> Any:
    """A value read through the ORM in the form in which the import writes it, so that the two compare."""
    adapt = KEPT.get(type(value))
    return adapt(value) if adapt else value


def change(model: type[models.Model], ids: Sequence[int], changes: Row, *, while_: Row) -> set[int]:
    """Set these fields of the rows with these ids that still have what `while_` says; the ids of those changed.

    One statement: asked and locked in it.
    """
    sets = ", ".join(f"{_column(model, name)} = %s" for name in changes)
    test, among = is_one_of("id", ids)
    tests = "".join(f" AND {_column(model, name)} = %s" for name in while_)
    values = [*next(iter(_adapted(model, tuple(changes), [changes]))), *among]
    values += next(iter(_adapted(model, tuple(while_), [while_])))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {_table(model)} SET {sets} WHERE {test}{tests} RETURNING id", values)
        return {pk for (pk,) in cursor.fetchall()}


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
    return _encode(value) if value else "{}" if isinstance(value, dict) else "[]"


def utc_text(moment: datetime) -> str:
    """A moment in UTC as both databases take it: `2026-05-04 14:00:00`."""
    return str(moment.replace(tzinfo=None))


TEXTS: dict[str, Adapt] = {
    "DateTimeField": lru_cache(maxsize=20_000)(utc_text),  # the rows of one run have most of their moments in common
    "DateField": str,
    "DecimalField": str,
    "UUIDField": lambda key: key.hex,
}


def sorted_json(value: Any) -> str:
    """A list or mapping as text, the same text for the same value."""
    return json.dumps(value, sort_keys=True)


KEPT: dict[type, Adapt] = {datetime: utc_text, date: str, Decimal: str, dict: sorted_json, list: sorted_json}


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
            return f"{sql} = ANY(%s::bigint[])", [*parameters, _array(self.ids)]
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(self.ids)]
