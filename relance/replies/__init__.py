"""REPLIES: listen.

Comes in: inbound messages. Goes out: touches, tied to the customer and to what was said last.
May look at: delivery, outbox, plan, facts, dealers, lib.
Must never: act on an ambiguous answer.
"""
