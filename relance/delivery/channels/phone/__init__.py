"""PHONE: what is to be said by telephone becomes a task for a person."""
