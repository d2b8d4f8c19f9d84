"""Explains which artifact answers for a URL in a stack trace, and what stands there originally."""
