"""Turns fresh tables into tables whose statistics the database knows: without them it picks the wrong index."""

from django.db import connection

LOOKED_AT = 1000  # rows per index that SQLite looks at: enough to choose, and over in a moment


def refresh_statistics() -> None:
    """Let the database look at its tables again. Worth doing whenever many rows came or went."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit={LOOKED_AT}")
        cursor.execute("ANALYZE")
