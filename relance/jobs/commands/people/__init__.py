"""PEOPLE: the commands about who signs in, what he may do, and what he did."""
