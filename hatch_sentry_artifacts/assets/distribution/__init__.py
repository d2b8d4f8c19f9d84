"""The files of a wheel or a folder, and how they are opened."""
