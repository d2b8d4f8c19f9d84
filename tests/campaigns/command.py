"""The command line, with retries that take no time; what it took is its last line on stdout."""

from __future__ import annotations

import sys

from hatch_sentry_artifacts.sentry.http import transport
from hatch_sentry_artifacts.sentry.http.retrying import RetryPolicy


def quick() -> RetryPolicy:
    """Return what takes the place of the policy that is used where none is given."""
    return RetryPolicy(attempts=3, first_delay=0.01, longest_delay=0.05, longest_wait=0.5)


if __name__ == "__main__":
    setattr(transport, "RetryPolicy", quick)  # noqa: B010 - it is no name that it offers
    from hatch_sentry_artifacts.cli import main

    sys.exit(main())
