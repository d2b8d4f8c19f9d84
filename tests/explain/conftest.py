"""The command line with its server, and the bundle that esbuild made."""

from __future__ import annotations

from tests.cli.conftest import server, shell

__all__ = ["server", "shell"]
