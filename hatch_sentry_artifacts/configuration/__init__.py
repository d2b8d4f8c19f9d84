"""The options, the places where they are set, and the results for a project."""
