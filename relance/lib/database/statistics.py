"""Turns fresh and grown tables into tables whose statistics the database knows: without, it picks the wrong index.

Looked at in full: from a sample SQLite would believe that a dealer has a thousand rows, and read all of them for five.
"""

from django.apps import apps
from django.db import connection, models

WORTH_IT = 0.1  # of the rows known so far: fewer new ones do not change which index is right
GROWN = 4  # times as many rows as the database knows of: another index may be right
WORTH_KNOWING = 500  # rows


def refresh_statistics(new_rows: int | None = None) -> None:
    """Let the database look at its tables again, when `new_rows` (None: very many) are many beside what it knows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            facts = [rows for table, rows in _known_rows(cursor).items() if table.startswith("facts_")]
            if new_rows is not None and new_rows < WORTH_IT * sum(facts):
                return
            cursor.execute("PRAGMA analysis_limit=0")
        cursor.execute("ANALYZE")


def look_at_grown_tables() -> list[str]:
    """Let SQLite look at every table that has grown much since it last did; their names. PostgreSQL does so by itself.

    Feeds are not all that grows: of messages, moves and touches a new dealer has none when his first feed is looked at.
    One table at a time: nobody can write meanwhile, which takes a second for a million messages, once in four times.
    """
    if connection.vendor != "sqlite":
        return []
    found = []
    with connection.cursor() as cursor:
        known = _known_rows(cursor)
        for model in apps.get_models():
            table, most = model._meta.db_table, max(WORTH_KNOWING, GROWN * known.get(model._meta.db_table, 0))
            if isinstance(model._meta.pk, models.AutoField) and _has_more(cursor, table, most):
                cursor.execute("PRAGMA analysis_limit=0")
                cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
                found.append(table)
    return found


def _has_more(cursor, table: str, most: int) -> bool:  # type: ignore[no-untyped-def]
    """Whether a table has more rows than that; its last key, which is read at once, is never fewer."""
    name = connection.ops.quote_name(table)
    cursor.execute(f"SELECT max(id) FROM {name}")
    if (cursor.fetchone()[0] or 0) <= most:
        return False
    cursor.execute(f"SELECT count(*) FROM {name}")
    return bool(cursor.fetchone()[0] > most)


def _known_rows(cursor) -> dict[str, int]:  # type: ignore[no-untyped-def]
    """How many rows each table had when the database last looked."""
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
    if not cursor.fetchone()[0]:
        return {}
    cursor.execute("SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl")
    return dict(cursor.fetchall())
