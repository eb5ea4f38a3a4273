"""INTAKE: data in.

Comes in: feeds (folders, zips) and later API bodies. Goes out: typed records, rejects with line and reason.
May look at: dealers, lib.
Must never: write a fact; undo a row because another one is bad.
"""
