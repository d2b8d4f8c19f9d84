"""Where to upload to, and with which token."""
