"""The people of a run for somebody's own word processor: a list, a filled Word document, labels."""
