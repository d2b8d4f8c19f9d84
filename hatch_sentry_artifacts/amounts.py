"""Puts numbers of bytes, files and seconds into words for people."""

from __future__ import annotations


def files_text(count: int) -> str:
    """Return a number of files, such as "1 file" or "12 files"."""
    return "1 file" if count == 1 else f"{count} files"


def size_text(count: int) -> str:
    """Return a number of bytes in decimal units, such as "1.5 MB"."""
    if count < 1000:
        return f"{count} B"
    number = count / 1000
    for unit in ("kB", "MB"):
        if number < 999.95:
            return f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def seconds_text(seconds: float) -> str:
    """Return a time, such as "60 s" or "0.5 s"."""
    return f"{seconds:.0f} s" if seconds >= 9.5 else f"{seconds:.1f}".removesuffix(".0") + " s"
