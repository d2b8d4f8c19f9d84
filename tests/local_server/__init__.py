"""What the local server promises beyond a real server's answers."""
