"""CONTACT SETTINGS: sixteen numbers on one page."""
