"""The texts of original sources, for maps that lack them."""
