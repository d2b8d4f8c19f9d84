"""Verifies a running site, before the next error comes."""
