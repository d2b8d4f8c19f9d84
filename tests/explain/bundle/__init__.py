"""Real esbuild output: minified scripts, their maps, and traces of their errors by node."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def files(folder: str = "shop/static") -> dict[str, bytes]:
    """Return the scripts and maps, by the paths that they have in a wheel."""
    return {f"{folder}/{path.name}": path.read_bytes() for path in (HERE / "static").iterdir()}


def traces() -> list[str]:
    """Return the lines of node's two traces, one after the other."""
    return (HERE / "traces.txt").read_text("utf-8").splitlines()


def source(name: str) -> list[str]:
    """Return the lines of a source."""
    return (HERE / "source" / name).read_text("utf-8").split("\n")
