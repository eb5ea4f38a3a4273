"""FILE: a file per message, so that the first run works without any account."""
