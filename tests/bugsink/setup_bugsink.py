"""Prepares a Bugsink in a folder, for the tests to run on copies of its data.

    python tests/bugsink/setup_bugsink.py FOLDER
    BUGSINK_TEST_FOLDER=FOLDER python -m pytest -m "" tests/bugsink

FOLDER gets a virtual environment, `venv`, and `data`: the configuration, two SQLite databases, and
`seed.json` with a token. Run again, it does what is missing. Bugsink runs on Linux and macOS, on
Python 3.10 to 3.13; nothing of it listens on any other address than 127.0.0.1.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

VERSION = "2.6.1"
_LONGEST_STEP = 600  # seconds; installing takes the most
# Behind the configuration that Bugsink makes: the test run names folder and port.
_SETTINGS = """
import os
from pathlib import Path

_data = Path(os.environ["BS_DATA"])
BUGSINK["BASE_URL"] = f"http://127.0.0.1:{os.environ['BS_PORT']}"
BUGSINK["INGEST_STORE_BASE_DIR"] = str(_data / "ingestion")
BUGSINK["PHONEHOME"] = False
DATABASES["default"]["NAME"] = str(_data / "db.sqlite3")
DATABASES["snappea"]["NAME"] = str(_data / "snappea.sqlite3")
ALLOWED_HOSTS = ["127.0.0.1"]
"""
_SEED = """
import json
from pathlib import Path

from bsmain.models import AuthToken
from teams.models import Team

Team.objects.get_or_create(name="tests")
token = AuthToken.objects.first() or AuthToken.create_full_access(description="tests")
Path("seed.json").write_text(json.dumps({"token": token.token}), "utf-8")
"""


def prepare(folder: Path) -> None:
    """Prepare a Bugsink in `folder`; what is there already is kept."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    if (data / "seed.json").exists():
        return
    if not (folder / "venv" / "bin" / "bugsink-manage").exists():
        venv.create(folder / "venv", with_pip=True)
        _run(folder, "python", "-m", "pip", "install", "-q", f"bugsink=={VERSION}")
    configuration = data / "bugsink_conf.py"
    configuration.unlink(missing_ok=True)  # one that an interrupted run left may be half of one
    made = ("--template=local", "--host", "127.0.0.1", "--port", "8000", "-o", configuration.name)
    _run(folder, "bugsink-create-conf", *made)
    with configuration.open("a", encoding="utf-8") as file:
        file.write(_SETTINGS)
    _run(folder, "bugsink-manage", "migrate", "-v", "0")
    _run(folder, "bugsink-manage", "migrate", "snappea", "--database=snappea", "-v", "0")
    _run(folder, "bugsink-manage", "shell", "-v", "0", "-c", _SEED)


def _run(folder: Path, command: str, *arguments: str) -> None:
    """Run a command of the virtual environment in the data folder."""
    data = folder / "data"
    subprocess.run(
        [folder / "venv" / "bin" / command, *arguments],
        check=True,
        cwd=data,
        env={**os.environ, "BS_DATA": str(data), "BS_PORT": "8000"},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        timeout=_LONGEST_STEP,
    )


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    prepare(Path(sys.argv[1]).absolute())
