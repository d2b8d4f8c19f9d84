"""A small Sentry on loopback, on SQLite and a folder, to try a release pipeline against."""
