"""The only place where the time is read: everything else is handed a moment."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, in UTC, aware."""
    return datetime.now(UTC)
