"""A forum: its hook stands in the table for all targets."""
