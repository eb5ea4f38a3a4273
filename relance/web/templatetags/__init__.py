"""The words that templates know: how values are read, and the icons."""
