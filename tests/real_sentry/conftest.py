"""The real Sentry that the environment names; without one, nothing here runs."""

from __future__ import annotations

import os

import pytest

VARIABLES = ("SENTRY_TEST_URL", "SENTRY_TEST_ORG", "SENTRY_TEST_PROJECT", "SENTRY_TEST_TOKEN")


@pytest.fixture
def real() -> dict[str, str]:
    """Return the environment variables that lead to it."""
    if not all(os.environ.get(name) for name in VARIABLES):
        pytest.skip("no real Sentry: " + ", ".join(VARIABLES))
    url, organization, project, token = (os.environ[name] for name in VARIABLES)
    return {
        "SENTRY_URL": url,
        "SENTRY_ORG": organization,
        "SENTRY_PROJECT": project,
        "SENTRY_AUTH_TOKEN": token,
    }
