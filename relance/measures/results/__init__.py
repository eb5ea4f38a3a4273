"""Turns messages and what followed them into results: how many, what came of it, beside those who were held out."""
