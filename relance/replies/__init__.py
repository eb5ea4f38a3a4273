"""REPLIES: listen.

Comes in: inbound messages. Goes out: one meaning each, and what follows: touches, consent, answers, tasks.
May look at: delivery, outbox, plan, facts, dealers, lib.
Must never: act on an ambiguous answer.
"""
