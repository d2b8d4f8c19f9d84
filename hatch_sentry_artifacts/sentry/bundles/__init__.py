"""Artifact bundles on a server."""
