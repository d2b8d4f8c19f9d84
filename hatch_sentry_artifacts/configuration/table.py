"""Shows the options as a Markdown table, which the README holds."""

from __future__ import annotations

from hatch_sentry_artifacts.configuration.options import OPTIONS


def markdown_table() -> str:
    """Return the options as the README shows them: a Markdown table of key, default and meaning."""
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
