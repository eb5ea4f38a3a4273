"""Commands that write files for people: lists, letters, labels."""
