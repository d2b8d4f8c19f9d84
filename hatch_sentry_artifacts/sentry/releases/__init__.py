"""Releases on a server, and their files."""
