"""The servers that the cases run against: the local one always, a real one if it is named."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest

from hatch_sentry_artifacts.local_server.server import (
    CI_TOKEN,
    DEFAULT_TOKEN,
    LocalServer,
    Settings,
)

from .runner import Run, Target
from .step import Case

_READONLY_TOKEN = "aaaa" * 16
_NOSCOPE_TOKEN = "bbbb" * 16
_REQUIRED = ("SENTRY_TEST_URL", "SENTRY_TEST_ORG", "SENTRY_TEST_PROJECT", "SENTRY_TEST_TOKEN")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "target" in metafunc.fixturenames:
        real = all(os.environ.get(name) for name in _REQUIRED)
        names = ["local", "real"] if real else ["local"]
        metafunc.parametrize("target", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def local_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    tokens = {
        **Settings(tmp_path_factory.getbasetemp()).tokens,
        _READONLY_TOKEN: frozenset({"org:read", "project:read"}),
        _NOSCOPE_TOKEN: frozenset({"event:read"}),
    }
    with LocalServer(Settings(tmp_path_factory.mktemp("server"), tokens=tokens)) as server:
        kinds = {
            "full": DEFAULT_TOKEN,
            "ci": CI_TOKEN,
            "readonly": _READONLY_TOKEN,
            "noscope": _NOSCOPE_TOKEN,
        }
        yield Target(server.url, "acme", "web", "other", kinds)


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    if request.param == "local":
        local: Target = request.getfixturevalue("local_target")
        return local
    url, organization, project, token = (os.environ[name] for name in _REQUIRED)
    optional = {kind: os.environ.get(f"SENTRY_TEST_TOKEN_{kind.upper()}") for kind in _OPTIONAL}
    tokens = {"full": token, **{kind: value for kind, value in optional.items() if value}}
    other = os.environ.get("SENTRY_TEST_PROJECT2")
    return Target(url.rstrip("/"), organization, project, other, tokens)


_OPTIONAL = ("ci", "readonly", "noscope")


@pytest.fixture
def run(target: Target, case: Case) -> Iterator[Run]:
    if lacking := target.lacks(case):
        pytest.skip(f"not set: {', '.join(lacking)}")
    run = Run(target, f"contract-{uuid.uuid4()}")
    if case.release:
        run.create_release()
    yield run
    run.clear_up()
