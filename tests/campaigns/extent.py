"""How much the campaigns try: a part in CI, all of it with CAMPAIGN=long, from CAMPAIGN_SEED on."""

from __future__ import annotations

import os
import sys

LONG = os.environ.get("CAMPAIGN") == "long"
SEED = int(os.environ.get("CAMPAIGN_SEED", "0"))
MOST_MEGABYTES = 300
# An import of the package that is measured counts; one of pytest would, too.
PYTHON = (sys.executable, "-X", "utf8")


def runs(short: int, long: int) -> int:
    """Return how many there are to be."""
    return long if LONG else short
