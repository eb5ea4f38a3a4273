"""What follows from what was understood: one file per kind of answer."""
