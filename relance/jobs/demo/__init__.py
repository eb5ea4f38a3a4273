"""The sample dealership: believable people and four years of their lives, written as a feed (02-facts §1).

Everything follows from (seed, customer, moment): the feed of what changed since a moment continues an earlier one.
"""
