"""EXPORTS: what leaves the house as files, and comes back.

Comes in: every table. Goes out: backups that are proven, restored databases, lists and letters
for somebody's own word processor.
May look at: everything before it in the pipe.
Must never: speak to a customer, or let a restored database speak by itself.
"""
