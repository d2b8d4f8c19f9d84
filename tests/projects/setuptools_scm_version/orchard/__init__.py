"""An orchard whose version is a tag."""
