"""Scripts that are made by the tests."""
