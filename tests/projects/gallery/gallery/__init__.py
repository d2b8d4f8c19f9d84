"""A gallery: whoever installs its sdist does not need the plugin."""
