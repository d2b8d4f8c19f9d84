"""A brewery that builds its wheels with a command of its own."""
