"""A project of its own for each test."""

from __future__ import annotations

import pytest

from .server import Bugsink, Project


@pytest.fixture
def project(bugsink: Bugsink) -> Project:
    return bugsink.make_project()
