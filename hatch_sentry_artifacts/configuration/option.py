"""What an option is: its kind, its flags, and how its values are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from hatch_sentry_artifacts.configuration import values
from hatch_sentry_artifacts.configuration.hints import about_choice


class Kind(Enum):
    """The type of an option's values."""

    TEXT = "text"
    TEXTS = "texts"
    URL = "url"
    TEMPLATE = "template"
    CHOICE = "choice"
    SWITCH = "switch"
    COUNT = "count"
    SECONDS = "seconds"
    SECONDS_OR_ZERO = "seconds or zero"
    PATTERNS = "patterns"
    PREFIXES = "prefixes"
    FOLDER = "folder"


_READERS: Mapping[Kind, Callable[[object], Any]] = {
    Kind.TEXT: values.read_text,
    Kind.TEXTS: values.read_texts,
    Kind.URL: values.read_url,
    Kind.TEMPLATE: values.read_template,
    Kind.CHOICE: values.read_text,
    Kind.SWITCH: values.read_switch,
    Kind.COUNT: values.read_count,
    Kind.SECONDS: values.read_seconds,
    Kind.SECONDS_OR_ZERO: values.read_seconds_or_zero,
    Kind.PATTERNS: values.read_patterns,
    Kind.PREFIXES: values.read_prefixes,
    Kind.FOLDER: values.read_project_folder,
}


@dataclass(frozen=True)
class Option:
    """One option: `key` is its name in TOML, `flags` are those of the command line."""

    key: str
    kind: Kind
    default: Any
    help: str
    default_text: str
    choices: tuple[str, ...]
    short_flags: tuple[str, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """All its command line flags, the long one last."""
        return (*self.short_flags, f"--{self.key}")

    def from_text(self, text: str) -> object:
        """Return the value of a flag as in TOML; text that is no number is left to `read`."""
        convert = {Kind.COUNT: int, Kind.SECONDS: float, Kind.SECONDS_OR_ZERO: float}.get(
            self.kind, str
        )
        try:
            return convert(text)
        except ValueError:
            return text

    def read(self, value: object) -> Any:
        """Return `value` as the type of this option. Raises ValueError if it is wrong."""
        if self.kind is Kind.CHOICE and value not in self.choices:
            raise ValueError(
                f"must be {values.one_of(self.choices)}, not {values.show(value)}"
                + about_choice(value, self.choices)
            )
        return _READERS[self.kind](value)


def option(
    kind: Kind,
    default: Any,
    text: str,
    *,
    default_text: str | None = None,
    choices: Sequence[str] = (),
    short_flags: Sequence[str] = (),
) -> Any:
    """Return the dataclass field of an option."""
    metadata = {
        "kind": kind,
        "help": text,
        "default_text": values.show(default) if default_text is None else default_text,
        "choices": tuple(choices),
        "short_flags": tuple(short_flags),
    }
    return field(default=default, metadata=metadata)
