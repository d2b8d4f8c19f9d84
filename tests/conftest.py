"""Fixtures of all tests, and how Hypothesis looks for examples."""

from __future__ import annotations

import os

from hypothesis import settings

pytest_plugins = (
    "tests.fixtures.builds",
    "tests.fixtures.command_line",
    "tests.fixtures.environment",
    "tests.fixtures.servers",
)

# How long an example takes says how busy the machine is, so there is no deadline. CI also tries
# the same examples each time: what fails there fails everywhere, and not only once.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
