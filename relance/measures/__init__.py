"""MEASURES: what came of it, and why.

Comes in: messages, touches, facts. Goes out: why and why not, counts, shares.
May look at: everything before it in the pipe.
Must never: change anything.
"""
