"""Scripts: their header, and the comments at their end."""
