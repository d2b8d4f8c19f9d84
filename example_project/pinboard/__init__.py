"""A board of notes, kept in memory, with an admin page that counts them."""

from pinboard.app import create_app

__all__ = ["create_app"]
