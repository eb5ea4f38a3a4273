"""One module per command; each is a Typer function or application that hands on to the rooms and prints."""
