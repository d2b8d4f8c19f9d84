"""The Hatch build hook."""
