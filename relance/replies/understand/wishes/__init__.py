"""How people say in their own words that they want to hear no more, as a table per language."""
