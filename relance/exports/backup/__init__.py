"""Turns the database into one file and back: a copy of SQLite's own, or table by table for any database."""
