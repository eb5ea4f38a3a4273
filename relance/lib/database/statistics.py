"""Turns fresh tables into tables whose statistics the database knows: without them it picks the wrong index.

Looked at in full: from a sample SQLite would believe that a dealer has a thousand rows, and read all of them for five.
"""

from django.db import connection

WORTH_IT = 0.1  # of the rows known so far: fewer new ones do not change which index is right


def refresh_statistics(new_rows: int | None = None) -> None:
    """Let the database look at its tables again, when `new_rows` (None: very many) are many beside what it knows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            if new_rows is not None and new_rows < WORTH_IT * _known_rows(cursor):
                return
            cursor.execute("PRAGMA analysis_limit=0")
        cursor.execute("ANALYZE")


def _known_rows(cursor) -> int:  # type: ignore[no-untyped-def]
    """How many rows the tables had when the database last looked."""
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
    if not cursor.fetchone()[0]:
        return 0
    cursor.execute("SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl LIKE 'facts_%' GROUP BY tbl")
    return sum(rows for _, rows in cursor.fetchall())
