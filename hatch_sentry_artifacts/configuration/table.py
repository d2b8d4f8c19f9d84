"""Formats the options as a table of Markdown, for the documentation."""

from __future__ import annotations

from hatch_sentry_artifacts.configuration.options import OPTIONS


def markdown_table() -> str:
    """Return the table of all options: key, default and meaning."""
    rows = ["| option | default | meaning |", "|---|---|---|"]
    for option in OPTIONS.values():
        meaning = option.help
        if option.choices:
            named = [f'`"{choice}"`' for choice in option.choices]
            meaning += ": " + ", ".join(named[:-1]) + " or " + named[-1]
        default = option.default_text
        shown = default if "`" in default or default == "none" else f"`{default}`"
        rows.append(f"| `{option.key}` | {shown} | {meaning} |")
    return "\n".join(rows) + "\n"
