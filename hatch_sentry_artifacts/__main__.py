"""`python -m hatch_sentry_artifacts`."""

import os
import sys

# The folder it runs in may hold anything, also modules that are called like others.
if sys.path[:1] in ([""], [os.getcwd()]) and not os.path.isdir(__package__ or ""):  # noqa: PTH109, PTH112
    del sys.path[0]

from hatch_sentry_artifacts.cli import main

if __name__ == "__main__":
    sys.exit(main())
