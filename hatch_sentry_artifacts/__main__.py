"""`python -m hatch_sentry_artifacts` is the command line."""

import sys

from hatch_sentry_artifacts.cli import main

sys.exit(main())
