"""How messages look where they are read: plain, in colours, or as a build service marks them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from hatch_sentry_artifacts.escaping import visible, workflow_data

# Whose message it is, in logs that many tools write to.
PREFIX = "sentry-artifacts: "
# More lines of one kind would hide the others; a group, which is folded, takes more.
MOST_LINES = 10
_MOST_IN_GROUP = 1000
_COLOURS = {"warning": "\x1b[33m", "error": "\x1b[31m"}
_PLAIN = "\x1b[0m"


class Service(Enum):
    """A build service whose log has marks of its own."""

    NONE = auto()
    GITHUB = auto()
    GITLAB = auto()


@dataclass(frozen=True)
class Style:
    """How messages look. Foreign text is escaped in all of them, so that a line stays one."""

    colours: bool = False
    service: Service = Service.NONE

    @staticmethod
    def of(environment: Mapping[str, str], *, terminal: bool) -> Style:
        """Return the style for where messages go, which is a terminal or not.

        NO_COLOR and FORCE_COLOR count if they are not empty (https://no-color.org), the first more.
        """
        service = Service.NONE
        # Gitea and Forgejo set the first one too, and read the same commands.
        if environment.get("GITHUB_ACTIONS") == "true":
            service = Service.GITHUB
        elif environment.get("GITLAB_CI"):
            service = Service.GITLAB
        wanted = terminal or bool(environment.get("FORCE_COLOR"))
        return Style(wanted and not environment.get("NO_COLOR"), service)

    def info(self, line: str) -> str:
        """Return a message that reports a step."""
        return f"{PREFIX}{visible(line)}"

    def problem(self, kind: str, lines: Iterable[str]) -> str:
        """Return a message of the `kind` "warning" or "error"; on GitHub, an annotation."""
        if self.service is Service.GITHUB:
            text = "\n".join(map(visible, lines))
            return f"::{kind}::{workflow_data(f'{PREFIX}{text}')}"
        head = f"{PREFIX}{kind}:"
        if self.colours:
            head = f"{_COLOURS[kind]}{head}{_PLAIN}"
        shown = map(visible, lines)
        # What is indented lists what the line before it speaks of.
        return "\n".join(line if line.startswith("  ") else f"{head} {line}" for line in shown)

    def details(self, title: str, lines: Sequence[str], *, everything: bool = False) -> str:
        """Return lines that belong to what was said before them: the first ten, or a folded group.

        `title` is that of the group; `everything` leaves nothing out.
        """
        grouped = self.service is not Service.NONE
        most = len(lines) if everything else _MOST_IN_GROUP if grouped else MOST_LINES
        shown = [f"  {visible(line)}" for line in lines[:most]]
        if len(lines) > most:
            shown.append(f"  … and {len(lines) - most} more")
        return "\n".join(self._grouped(f"{PREFIX}{visible(title)}", shown))

    def _grouped(self, title: str, lines: Sequence[str]) -> Sequence[str]:
        if self.service is Service.GITHUB:
            # https://docs.github.com/actions/reference/workflow-commands-for-github-actions
            return [f"::group::{workflow_data(title)}", *lines, "::endgroup::"]
        if self.service is Service.GITLAB:
            # https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
            now, name = int(time.time()), f"sentry_artifacts_{time.time_ns()}"
            begin = f"\x1b[0Ksection_start:{now}:{name}[collapsed=true]\r\x1b[0K{title}"
            return [begin, *lines, f"\x1b[0Ksection_end:{now}:{name}\r\x1b[0K"]
        return lines
