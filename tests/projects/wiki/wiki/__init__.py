"""A wiki: its hook stands in hatch.toml."""
