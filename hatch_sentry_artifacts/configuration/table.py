"""Formats the options as the Markdown table in the README."""

from __future__ import annotations

from hatch_sentry_artifacts.configuration.options import OPTIONS


def markdown_table() -> str:
    """Return the README's table of options in Markdown: key, default and meaning."""
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
