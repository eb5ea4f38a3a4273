"""Commands that answer what would be and why."""
