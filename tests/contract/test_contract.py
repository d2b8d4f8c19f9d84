"""The local server answers as a real Sentry does.

Set SENTRY_TEST_URL, SENTRY_TEST_ORG, SENTRY_TEST_PROJECT and SENTRY_TEST_TOKEN to run the same
cases against a real server; SENTRY_TEST_PROJECT2, SENTRY_TEST_TOKEN_CI (an org auth token),
SENTRY_TEST_TOKEN_READONLY and SENTRY_TEST_TOKEN_NOSCOPE add the cases that need them.
"""

from __future__ import annotations

import pytest

from .cases import CASES
from .runner import Run
from .step import Case


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_answers(run: Run, case: Case) -> None:
    for step in case.steps:
        run.play(step)
