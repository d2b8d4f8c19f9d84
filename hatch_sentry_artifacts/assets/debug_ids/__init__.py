"""Debug ids: those that a file has, and the injection into a script and its map."""
