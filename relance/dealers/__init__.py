"""DEALERS: who is who.

Comes in: settings files, staff rows, sign-ins. Goes out: dealer, staff, roles, hours, preferences.
May look at: lib.
Must never: know a customer; hand out a row without a dealer (access.py is the only way).
"""
