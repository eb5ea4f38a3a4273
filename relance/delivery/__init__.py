"""DELIVERY: hand over and record.

Comes in: messages that are due. Goes out: attempts, receipts, touches.
May look at: outbox, plan, facts, dealers, lib.
Must never: choose what to say or to whom; call a provider outside a lease.
"""
