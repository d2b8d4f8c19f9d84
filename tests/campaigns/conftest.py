"""The server, proxy and release of the tests of uploads."""

from tests.sentry.conftest import proxy, release, upload

__all__ = ["proxy", "release", "upload"]
