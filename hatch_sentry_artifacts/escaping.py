"""Escapes foreign text, such as file names, and what maps and servers say, for where it is shown.

A terminal acts upon control characters, logs of build services upon lines such as `::error::`, and
a page upon Markdown.
"""

from __future__ import annotations

import json
import re
import unicodedata

# GitHub reads a command at the start of a line, after spaces, and an older one anywhere in it, as
# Azure Pipelines and TeamCity do theirs:
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions
# https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
_FIRST_COMMAND = re.compile(r"\s*(?=::)")
_INNER_COMMAND = re.compile(r"##(?=\w*\[)")
_BACKTICKS = re.compile(r"`+")


def visible(text: str) -> str:
    """Return `text` as one line in which nothing is left that a terminal or log acts upon.

    Control characters, line ends, marks of direction, other invisible characters and lone
    surrogates become escapes as Python writes them.
    """
    if not text.isprintable():
        text = "".join(map(_visible_character, text))
    text = _INNER_COMMAND.sub(r"#\\#", text)
    command = _FIRST_COMMAND.match(text)
    return f"{command[0]}\\{text[command.end() :]}" if command else text


def is_encodable(text: str) -> bool:
    """Return whether UTF-8 can hold a text; arguments and variables may be of any bytes."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def workflow_data(text: str) -> str:
    """Return `text` as the data of a command of GitHub Actions, which ends with its line.

    The runner turns these three back, and no others
    (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def json_text(value: object) -> str:
    """Return `value` as one line of JSON, in ASCII: it reads the same whatever it goes through."""
    text = json.dumps(value).replace("\x7f", "\\u007f")
    # Only texts hold this character, and there an escape stands for the same.
    return text.replace("##", "#\\u0023")


def markdown_code(text: str) -> str:
    """Return `text` as a code span, also in a table: nothing in it is a link, image or HTML."""
    text = visible(text).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, _BACKTICKS.findall(text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}" if text else ""


def _visible_character(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape").decode("ascii")
