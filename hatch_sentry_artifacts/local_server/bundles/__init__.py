"""Artifact bundles: from chunks to the files that a stack frame is looked up in."""
