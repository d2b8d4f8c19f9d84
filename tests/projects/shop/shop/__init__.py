"""A shop whose pages come with scripts."""
