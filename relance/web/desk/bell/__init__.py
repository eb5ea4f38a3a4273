"""BELL: what waits for a person, as one number on every page and a list behind it."""
