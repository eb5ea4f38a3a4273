"""JOBS: the clockwork.

Comes in: the time, a command line. Goes out: work handed from room to room.
May look at: every room before it.
Must never: hold a rule of its own; be the only way to do something.
"""
