"""What keeps delivery from doing harm.

Comes in: messages in doubt. Goes out: messages whose fate is known, or tasks for a person.
May look at: what delivery may. Must never: hand anything over.
"""
