"""A garden below a namespace, with files for Jupyter beside it."""
