"""Changes to the files that a wheel ships."""
