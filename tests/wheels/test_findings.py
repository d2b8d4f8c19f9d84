"""Checks on published wheels: no crash, and no finding that does not hold."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.wheels.published import FINDINGS, collection_of, download

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("requirement", FINDINGS)
def test_what_is_found_in_a_published_wheel_is_what_is_wrong_with_it(requirement: str) -> None:
    found = collection_of(download(requirement)).findings
    assert Counter(finding.rule for finding in found) == FINDINGS[requirement]
