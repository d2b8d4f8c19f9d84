"""The command line, started as `hatch-sentry-artifacts` or `python -m hatch_sentry_artifacts`."""

import os
import sys


def main() -> int:
    """Run the command line; return the exit code."""
    _leave_out_the_current_folder()
    from hatch_sentry_artifacts.cli import main as run

    return run()


def _leave_out_the_current_folder() -> None:
    """Take modules from elsewhere: that folder may hold files of any name, of anybody's.

    `python -m` puts it first, and so do empty entries of PYTHONPATH, which a shell makes easily of
    a variable that is not set. It counts only where an entry has its full path.
    """
    try:
        current = os.getcwd()  # noqa: PTH109 - pathlib costs time, and may not be loaded yet
    except OSError:  # it was deleted
        current = ""
    entries = [each for each in sys.path if each not in {"", ".", current}]
    if current and current in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        entries.insert(0, current)
    sys.path[:] = entries


if __name__ == "__main__":
    sys.exit(main())
