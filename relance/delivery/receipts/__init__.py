"""What providers tell us afterwards.

Comes in: status calls, webhooks, bounces by mail. Goes out: receipts, each once; states, touches, suppressed addresses.
May look at: what delivery may. Must never: believe what is not signed; let a state go back.
"""
