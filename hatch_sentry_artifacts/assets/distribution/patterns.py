"""Selects files by gitignore patterns."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence

from pathspec import GitIgnoreSpec

from hatch_sentry_artifacts.assets.kinds import is_staged


def compile_patterns(patterns: Iterable[str]) -> GitIgnoreSpec:
    """Return what matches the paths that gitignore patterns hold.

    Raises ValueError if one is no pattern.
    """
    try:
        with warnings.catch_warnings():
            # What Python may come to read otherwise is nothing that the user can do about.
            warnings.simplefilter("ignore", FutureWarning)
            return GitIgnoreSpec.from_lines(patterns)
    except re.error as error:
        raise ValueError(str(error)) from None


def check_pattern(pattern: str) -> None:
    """Raise ValueError if `pattern` is no gitignore pattern that selects anything."""
    if not pattern.strip() or pattern.lstrip().startswith("#"):
        raise ValueError(f"holds a pattern that selects nothing: {pattern!r}")
    try:
        compile_patterns([pattern])
    except ValueError as error:
        raise ValueError(f"holds a pattern that is not valid: {pattern!r} ({error})") from None


class Selection:
    """The files that `include` selects and `exclude` does not."""

    def __init__(self, include: Sequence[str], exclude: Sequence[str]) -> None:
        self._include = compile_patterns(include)
        refused = [each[1:] for each in include if each.startswith("!")]
        self._exclude = compile_patterns(exclude)
        self._refused = compile_patterns(refused)

    def holds(self, path: str) -> bool:
        """Return whether the file at `path`, relative to the distribution, is selected."""
        if is_staged(path) or not self._include.match_file(path):
            return False
        return not self._exclude.match_file(path)

    def leaves_out(self, path: str) -> bool:
        """Return whether a pattern says that the file is not to be uploaded."""
        return self._exclude.match_file(path) or self._refused.match_file(path)
