"""The folder to inject into."""

from tests.assets.debug_ids.conftest import folder

__all__ = ["folder"]
