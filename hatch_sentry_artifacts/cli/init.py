"""`init`: what a project lacks for uploads, as a diff of its configuration, and advice."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.cli.arguments import add_options, read_flags
from hatch_sentry_artifacts.configuration.credentials.sentryclirc import home_folder
from hatch_sentry_artifacts.configuration.options import read_options
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.proposals.advice import Code, Section
from hatch_sentry_artifacts.proposals.edits import Add, Edit, dotted
from hatch_sentry_artifacts.proposals.proposal import Proposal, propose
from hatch_sentry_artifacts.proposals.writing import replace_content

_WIDTH = 79
_KEYS = ("organization", "project", "url")


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "init",
        usage="%(prog)s [options]",
        help=summary,
        description="Looks at the project here, and shows what its configuration lacks for "
        "uploads, as a diff; then the bundler's switch for source maps, the step of the release "
        "pipeline, and how pages tell their release. Runs nothing of the project, and asks no "
        "server. Keys that are there stay as they are.",
    )
    parser.add_argument("--write", "-w", action="store_true", help="write what the diff shows")
    parser.add_argument("--json", action="store_true", help="print JSON")
    about = "to be written where the project's configuration does not say them"
    add_options(parser, _KEYS, about=about)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Show the proposal, and write it if that is asked for."""
    flags = read_options(read_flags(parsed))
    proposal = propose(Path.cwd(), os.environ, home_folder(), flags)
    written = parsed.write and proposal.changes
    if written:
        replace_content(proposal.file, proposal.before, proposal.after)
    if parsed.json:
        print_safely(json_text(_object(proposal, written=written)), sys.stdout)
    else:
        for line in _lines(proposal):
            console.result(line)
    console.info(_conclusion(proposal, written=written))
    return 0


def _conclusion(proposal: Proposal, *, written: bool) -> str:
    if written:
        return f"{proposal.file} is written; `hatch-sentry-artifacts check` says what is missing"
    if proposal.changes:
        return f"nothing is written yet: --write changes {proposal.file} as the diff shows"
    return f"{proposal.file} has all it needs: nothing is to be changed"


def _lines(proposal: Proposal) -> Iterator[str]:
    # Where tabs are shown they would become escapes.
    yield from (line.expandtabs(4) for line in proposal.diff)
    for number, section in enumerate(proposal.sections):
        if number or proposal.changes:
            yield ""
        lines = [*_section_lines(section)]
        yield from lines if lines[-1] else lines[:-1]


def _section_lines(section: Section) -> Iterator[str]:
    yield section.title
    for part in section.parts:
        if isinstance(part, Code):
            yield from ("", *(f"    {line}".rstrip() for line in part.lines), "")
        else:
            yield from textwrap.wrap(
                part.text,
                _WIDTH,
                initial_indent="  ",
                subsequent_indent="  ",
                break_long_words=False,
                break_on_hyphens=False,
            )


def _object(proposal: Proposal, *, written: bool) -> dict[str, Any]:
    return {
        "file": str(proposal.file),
        "back_end": proposal.back_end,
        "changes": [each for edit in proposal.edits for each in _change_objects(edit)],
        "diff": proposal.diff,
        "written": written,
        "sections": [_section_object(each) for each in proposal.sections],
    }


def _change_objects(edit: Edit) -> Iterator[dict[str, Any]]:
    table = dotted(edit.table)
    if not isinstance(edit, Add):
        yield {"table": table, "key": edit.key, "add": list(edit.items)}
        return
    for entry in edit.entries:
        if entry.value is not None:
            yield {"table": table, "key": entry.key, "value": entry.value}


def _section_object(section: Section) -> dict[str, Any]:
    parts = [
        {"code": list(part.lines)} if isinstance(part, Code) else {"text": part.text}
        for part in section.parts
    ]
    return {"title": section.title, "parts": parts}
