"""WEB: the doors.

Comes in: requests. Goes out: pages, fragments, files.
May look at: every room before it.
Must never: decide anything; hold a rule.
"""
