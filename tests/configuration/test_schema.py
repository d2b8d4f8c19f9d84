"""The schema of `[tool.sentry-artifacts]` agrees with what the options take."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from validate_pyproject import api, errors, plugins
from validate_pyproject.types import Schema

from hatch_sentry_artifacts.configuration.options import Source, read_options
from hatch_sentry_artifacts.configuration.schema import tool_schema
from hatch_sentry_artifacts.errors import ConfigurationError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXAMPLE = Path(__file__).parents[2] / "example_project" / "setuptools" / "pyproject.toml"


def is_valid(table: dict[str, Any]) -> bool:
    plugin = plugins.PluginWrapper("sentry-artifacts", lambda name: Schema(tool_schema(name)))
    try:
        api.Validator(plugins=[plugin])({"tool": {"sentry-artifacts": table}})
    except errors.ValidationError:
        return False
    return True


def is_read(table: dict[str, Any]) -> bool:
    try:
        read_options(Source(table, "tool.sentry-artifacts"))
    except ConfigurationError:
        return False
    return True


def test_validate_pyproject_finds_it_and_takes_the_example() -> None:
    found = {plugin.id for plugin in plugins.list_from_entry_points()}
    assert any("hatch_sentry_artifacts.configuration.schema" in name for name in found)
    pyproject = tomllib.loads(EXAMPLE.read_text("utf-8"))
    assert "sentry-artifacts" in pyproject["tool"]
    assert api.Validator()(pyproject)


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"project": "web"},
        {"project": ["web", "admin"]},
        {"paths": {"shop": "~/x"}},
        {"workers": 128, "timeout": 0.5, "create-release": False},
        {"upload-as": "release-files", "url": "https://sentry.example"},
        {"project": []},
        {"project": ["web", "web"]},
        {"paths": {}},
        {"paths": {"shop": "static"}},
        {"workers": 0},
        {"workers": 129},
        {"timeout": 0},
        {"create-release": "true"},
        {"upload-as": "artifact-bundle", "wait": 0},
        {"wait": -1},
        {"url": "sentry.example"},
        {"organization": ""},
        {"include": []},
        {"unknown": 1},
        {"auth-token": "x"},
    ],
)
def test_schema_and_options_agree(table: dict[str, Any]) -> None:
    assert is_valid(table) == is_read(table)
