"""What a wheel or a folder holds, and how its files are opened."""
