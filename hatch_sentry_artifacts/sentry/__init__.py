"""Talks to a Sentry server: no files and no build back end in here."""
