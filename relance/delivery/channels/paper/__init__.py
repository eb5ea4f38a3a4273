"""PAPER: postcards and letters as print-ready files, each with its list of what is in it."""
