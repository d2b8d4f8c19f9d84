"""One node process for all scripts that are parsed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.debug_ids.support import Parser


@pytest.fixture(scope="session")
def parser() -> Iterator[Parser]:
    running = Parser()
    yield running
    running.stop()
