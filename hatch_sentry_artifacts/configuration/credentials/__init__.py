"""The server to upload to, and the token."""
