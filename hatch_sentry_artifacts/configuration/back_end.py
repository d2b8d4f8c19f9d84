"""Which build back end a project has, and whether its build installs this plugin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hatch_sentry_artifacts.configuration.project import table_at

PLUGIN = "hatch-sentry-artifacts"
# What front ends take where a project names none (PEP 517).
_DEFAULT = "setuptools.build_meta"
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def back_end_of(pyproject: Mapping[str, Any]) -> str:
    """Return the back end that the tables of a pyproject.toml name, or else the default."""
    given = (table_at(pyproject, ("build-system",)) or {}).get("build-backend")
    return given if isinstance(given, str) else _DEFAULT


def required_names(requirements: object) -> list[str]:
    """Return the normalized names of a list of requirements; what is no text is passed over."""
    found = (
        _REQUIREMENT.match(each)
        for each in (requirements if isinstance(requirements, list) else ())
        if isinstance(each, str)
    )
    return [re.sub(r"[-_.]+", "-", name[1].lower()) for name in found if name]


def names_plugin(requirements: object) -> bool:
    """Return whether this plugin is among the requirements."""
    return PLUGIN in required_names(requirements)
