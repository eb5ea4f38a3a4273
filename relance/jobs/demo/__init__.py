"""The sample dealership: believable people and four years of their lives, written as a feed (docs/intake.md).

Everything follows from (seed, customer, moment): the feed of what changed since a moment continues an earlier one.
"""
