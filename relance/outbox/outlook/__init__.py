"""What would go out: ahead, in the past, after a change. Reads only."""
