"""Makes the pages that follow from the package: options, commands, findings, and copied files."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from hatch_sentry_artifacts.assets.finding_rules import FINDING_RULES
from hatch_sentry_artifacts.cli.parser import commands_of, make_parser
from hatch_sentry_artifacts.configuration.options import OPTIONS
from hatch_sentry_artifacts.configuration.table import markdown_table

ROOT = Path(__file__).parents[2]
_REPOSITORY = "https://github.com/hatch-sentry-artifacts/hatch-sentry-artifacts/blob/main/"
_LINK = re.compile(r"\]\((?!https?:|#)([^()\s]+)\)")


def options_page() -> str:
    """Return a section for each option."""
    lines = [
        "# Options",
        "",
        "They stand in `[tool.hatch.build.targets.wheel.hooks.sentry]`, in",
        "`[tool.hatch.build.hooks.sentry]`, in the same tables of `hatch.toml`, or, for every",
        "other build back end, in `[tool.sentry-artifacts]`. On the command line, each is a flag.",
        "All that is wrong is told at once, before anything is built.",
        "",
        "A token is no option: it comes from the environment, see [Tokens](tokens.md).",
        "",
        markdown_table(),
    ]
    for each in OPTIONS.values():
        lines += ["", f"## {each.key}", "", f"{_sentence(each.help)}", ""]
        if each.choices:
            values = ", ".join(f'`"{choice}"`' for choice in each.choices)
            lines.append(f"- values: {values}")
        lines += [
            f"- default: {_in_code(each.default_text)}",
            f"- flags: {', '.join(f'`{flag}`' for flag in each.flags)}",
        ]
    return "\n".join(lines) + "\n"


def findings_page() -> str:
    """Return a section for each rule of findings."""
    lines = [
        "# Findings",
        "",
        "What keeps stack traces from being resolved is told in the build, with the name of a",
        'rule in brackets. With `validate = "error"` a finding fails the build before anything is',
        'sent; with `"off"` none is looked for.',
    ]
    for rule in FINDING_RULES:
        lines += ["", f"## {rule.name}", "", rule.meaning, ""]
        lines += [f"**Cause:** {rule.cause}", "", f"**Cure:** {rule.cure}"]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Return the help of each command, as 80 columns show it."""
    lines = [
        "# Command line",
        "",
        "`hatch-sentry-artifacts`, or `python -m hatch_sentry_artifacts`. Messages go to stderr,",
        "results to stdout.",
    ]
    for name, parser in _commands(make_parser()):
        lines += ["", f"## {name}", "", "```text", parser.format_help().rstrip(), "```"]
    return "\n".join(lines) + "\n"


def _commands(
    parser: argparse.ArgumentParser, name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    if name:
        yield name, parser
    for command, inner in commands_of(parser).items():
        yield from _commands(inner, f"{name} {command}".strip())


def copied(path: str) -> str:
    """Return a file of the repository's top level, with links that hold on the site."""

    def target(found: re.Match[str]) -> str:
        link = found[1]
        inside = link.removeprefix("docs/")
        return f"]({inside})" if inside != link else f"]({_REPOSITORY}{link})"

    return _LINK.sub(target, (ROOT / path).read_text("utf-8"))


def _in_code(default: str) -> str:
    return default if "`" in default or default == "none" else f"`{default}`"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(".") + "."


PAGES: dict[str, Callable[[], str]] = {
    "options.md": options_page,
    "findings.md": findings_page,
    "commands.md": commands_page,
    "changelog.md": lambda: copied("CHANGELOG.md"),
    "contributing.md": lambda: copied("CONTRIBUTING.md"),
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages to those of docs/."""
    for name, make in PAGES.items():
        files.append(File.generated(config, name, content=make()))
    return files
