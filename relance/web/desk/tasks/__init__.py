"""TASKS: what a person has to do; his lists."""
