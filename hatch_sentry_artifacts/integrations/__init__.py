"""Build back ends, each with a folder of its own."""
