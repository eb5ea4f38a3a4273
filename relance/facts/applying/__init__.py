"""The second pass of an import: staged rows become columns, are tidied, and become rows of the fact tables."""
