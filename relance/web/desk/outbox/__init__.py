"""OUTBOX: what became of every message."""
