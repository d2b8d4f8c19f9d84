"""Asks people before something is deleted."""

from __future__ import annotations

import os
import sys

from hatch_sentry_artifacts.builds.mode import in_ci
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.escaping import visible

_YES = {"y", "yes"}


def require_someone() -> None:
    """Raise ConfigurationError where there is no one to be asked, as in CI."""
    streams = (sys.stdin, sys.stderr)
    if in_ci(os.environ) or not all(each is not None and each.isatty() for each in streams):
        raise ConfigurationError(
            "nothing was deleted, as no one can be asked here: pass --yes to do so"
        )


def is_wanted(question: str) -> bool:
    """Return whether the answer to the question is yes; `require_someone` was called before."""
    print(f"{visible(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in _YES
