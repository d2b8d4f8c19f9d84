"""How browsers name the files of a distribution: as `paths` says, or as its contents tell."""
