"""SETTINGS: who may do what here, and how this dealer works."""
