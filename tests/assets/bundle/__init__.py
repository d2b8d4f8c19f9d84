"""Artifact bundles: what they hold, and where they are cut."""
