"""The hook of pdm-backend."""
