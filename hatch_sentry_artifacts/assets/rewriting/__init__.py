"""What a wheel ships otherwise than it lies on disk."""
