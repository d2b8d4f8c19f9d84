"""Source maps: facts, layout, references to them, and whose map one is."""
