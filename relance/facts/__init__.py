"""FACTS: what we know.

Comes in: typed records from intake; touches from delivery and replies. Goes out: rows that rules can ask about.
May look at: intake, dealers, lib.
Must never: decide who hears what.
"""
