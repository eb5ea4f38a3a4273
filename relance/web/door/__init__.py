"""DOOR: the way in: password, one-time link, language, out. No dealer is known here yet."""
