"""Wheels that other projects published, as a touchstone; downloaded, never committed."""
