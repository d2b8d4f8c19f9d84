"""Whatever is read: it is read, or refused with an error of the package's own.

Quick: `tests/campaigns` tries far more, and whole commands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.scripts.comments import read_ending, remove_references
from hatch_sentry_artifacts.assets.source_maps.facts import read_facts
from hatch_sentry_artifacts.configuration.credentials.settings import find_settings
from hatch_sentry_artifacts.configuration.files import read_toml
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS, Source, read_options
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.explain.trace import read_trace
from tests.support import make_wheel

KEYS = st.sampled_from(
    [
        *("version", "sources", "sourcesContent", "names", "mappings", "file", "sourceRoot"),
        *("sections", "offset", "map", "line", "column", "url", "debugId", "debug_id"),
        *("x_facebook_sources", "ignoreList", "release", "include", "paths", "timeout", "workers"),
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from([3, 1e308, "AAAA;", ",;", "a.ts", "5f2c0a3e-8d4b-4e0f-9a51-0d3b6c7e8f90"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=8)
MAPS = OBJECTS.map(lambda keys: json.dumps({"version": 3, **keys}).encode()) | st.binary()
SCRIPTS = st.lists(
    st.sampled_from(
        [
            *(b"let a=1", b"`", b"${", b"}", b"/", b"*/", b"/*", b"//", b"'", b'"', b"\\", b"\n"),
            *(b"//# sourceMappingURL=a.js.map", b"//# debugId=", b"_sentryDebugIds", b"\r", b"("),
            *(b"data:application/json;base64,e30=", b"\xe2\x80\xa8", b"\xff", b"[", b"]", b"#!"),
        ]
    )
    | st.binary(max_size=4),
    max_size=12,
).map(b"".join)
# The folder of a test is the same for all its examples, each of which writes its own files.
in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(MAPS)
def test_maps(content: bytes) -> None:
    read_facts(content)


@given(SCRIPTS, st.none() | MAPS)
def test_scripts(script: bytes, source_map: bytes | None) -> None:
    stripped = remove_references(script)
    assert read_ending(stripped).url is None
    with suppress(SentryArtifactsError):
        inject(script, source_map)


@in_one_folder
@given(SCRIPTS, MAPS)
def test_wheels(tmp_path: Path, script: bytes, source_map: bytes) -> None:
    wheel = make_wheel(tmp_path, files={"shop/a.js": script, "shop/a.js.map": source_map})
    with open_distribution(wheel) as distribution:
        assert len(collect(distribution, include=DEFAULT_PATTERNS).assets) == 2


@in_one_folder
@given(st.binary() | st.text().map(lambda text: f"a = {json.dumps(text)}".encode()))
def test_configuration_files(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(content)
    with suppress(SentryArtifactsError):
        read_toml(file)


@given(OBJECTS)
def test_options(table: Mapping[str, Any]) -> None:
    with suppress(SentryArtifactsError):
        read_options(Source(table))


@given(st.text(st.characters()) | st.from_regex(r"https?://[\[\]:@/?#%a.0]*"))
@pytest.mark.usefixtures("bare_environment")
def test_addresses_and_tokens(text: str) -> None:
    variables = {"SENTRY_URL": text, "SENTRY_AUTH_TOKEN": text, "SENTRY_ORG": text}
    settings_ = find_settings(environment=variables, folder=Path("/nowhere"), home=None)
    with suppress(SentryArtifactsError):
        settings_.connection()


@given(st.text(st.characters()) | st.from_regex(r"(at )?(\w+ )?\(?https?://\S*:-?\d+(:-?\d+)?\)?"))
def test_places_of_traces(text: str) -> None:
    with suppress(SentryArtifactsError):
        read_trace(text)
