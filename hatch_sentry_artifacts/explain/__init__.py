"""Explains which artifact Sentry uses for a URL in a stack trace, and the original position."""
