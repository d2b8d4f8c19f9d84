"""A package without any script."""
