"""A market whose scripts are listed in MANIFEST.in."""
