"""Uploads the JavaScript and source maps that a built wheel holds to its Sentry release."""

__version__ = "0.1.0"
