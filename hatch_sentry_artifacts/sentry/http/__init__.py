"""HTTP: requests, retries, multipart bodies and responses."""
