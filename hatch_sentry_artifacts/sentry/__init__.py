"""Talks to a Sentry server; knows no files and no build back end."""
