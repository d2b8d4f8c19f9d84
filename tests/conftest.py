"""Fixtures of all tests, and how Hypothesis looks for examples."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = (
    "tests.fixtures.bugsink",
    "tests.fixtures.builds",
    "tests.fixtures.command_line",
    "tests.fixtures.environment",
    "tests.fixtures.servers",
)

# How long an example takes says how busy the machine is, and nothing of the code: no deadlines.
# CI tries more, and each time the same: what fails there fails wherever the profile is taken
# (`--hypothesis-profile ci`).
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("here", _PATIENT, max_examples=40)
settings.register_profile("ci", _PATIENT, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# Folders of which nearly every test starts a server, or several.
_SERVERS = {"contract", "glitchtip", "local_server", "sentry", "upload_strategies"}
_TESTS = Path(__file__).parent
# Fixtures that run a back end, or a front end, in processes of their own.
_BUILDS = {"machine", "wheels"}


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what `-m` does not select
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that build or start servers as `integration`, unless they are marked `smoke`."""
    for item in items:
        builds = not _BUILDS.isdisjoint(getattr(item, "fixturenames", ()))
        serves = item.path.relative_to(_TESTS).parts[0] in _SERVERS
        if (builds or serves) and not item.get_closest_marker("smoke"):
            item.add_marker(pytest.mark.integration)
