"""What knows databases, and no table of ours."""
