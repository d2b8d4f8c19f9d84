"""What a version control checkout tells of its history; no network."""
