"""Commands about what goes out: what is due, what will be, what was, and what a person decides about it."""
