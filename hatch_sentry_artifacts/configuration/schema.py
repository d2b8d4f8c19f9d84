"""The JSON schema of `[tool.sentry-artifacts]`, for validate-pyproject and editors."""

from __future__ import annotations

from typing import Any

from hatch_sentry_artifacts.configuration.option import Kind, Option
from hatch_sentry_artifacts.configuration.options import OPTIONS
from hatch_sentry_artifacts.configuration.values import AUTO, MOST_SECONDS, MOST_WORKERS

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT, "minItems": 1}
_PREFIX: dict[str, Any] = {"type": "string", "pattern": "^(~/|https?://)"}
_BY_KIND: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: _TEXT,
    Kind.TEXTS: {"oneOf": [_TEXT, {**_TEXTS, "uniqueItems": True}]},
    Kind.URL: {**_TEXT, "pattern": "^https?://"},
    Kind.TEMPLATE: _TEXT,
    Kind.SWITCH: {"type": "boolean"},
    Kind.COUNT: {"type": "integer", "minimum": 1, "maximum": MOST_WORKERS},
    Kind.SECONDS: {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_SECONDS},
    Kind.SECONDS_OR_ZERO: {"type": "number", "minimum": 0, "maximum": MOST_SECONDS},
    Kind.PATTERNS: _TEXTS,
    Kind.FOLDER: _TEXT,
    Kind.PREFIXES: {
        "oneOf": [
            {"const": AUTO},
            {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {
                    "oneOf": [
                        _PREFIX,
                        {"type": "array", "items": _PREFIX, "minItems": 1, "uniqueItems": True},
                    ]
                },
            },
        ]
    },
}


def tool_schema(tool: str = "sentry-artifacts") -> dict[str, Any]:
    """Return the schema of the table `[tool.<tool>]`, in JSON Schema draft 7.

    validate-pyproject asks for it by the entry point group `validate_pyproject.tool_schema`
    (https://validate-pyproject.readthedocs.io/en/latest/dev-guide.html).
    """
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"urn:hatch-sentry-artifacts:{tool}",
        "title": f"The table [tool.{tool}]",
        "description": "What hatch-sentry-artifacts uploads to Sentry, and how.",
        "type": "object",
        "additionalProperties": False,
        "properties": {option.key: _option_schema(option) for option in OPTIONS.values()},
    }


def _option_schema(option: Option) -> dict[str, Any]:
    if option.kind is Kind.CHOICE:
        shape: dict[str, Any] = {"enum": list(option.choices)}
    else:
        shape = _BY_KIND[option.kind]
    return {"description": option.help.replace("`", ""), **shape}
