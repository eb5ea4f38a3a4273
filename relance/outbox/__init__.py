"""OUTBOX: accept or refuse.

Comes in: drafts. Goes out: messages (frozen, with their state) and refusals (with their reason).
May look at: plan, audience, facts, dealers, lib.
Must never: send; say the same thing twice.
"""
