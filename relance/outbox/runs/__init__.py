"""Runs on their way into the outbox: made, let go by a person, repeated for whoever came late or was refused."""
