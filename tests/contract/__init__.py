"""The same requests and expected answers for the local server and for a real Sentry."""
