"""The options, where they are set, and what they make of a project."""
