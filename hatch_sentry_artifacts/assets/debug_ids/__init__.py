"""Debug ids: which ones a file has, and how a script and its map get one."""
