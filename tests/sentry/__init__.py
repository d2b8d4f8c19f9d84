"""Uploads against a server: what a release holds afterwards, also over a faulty network."""
