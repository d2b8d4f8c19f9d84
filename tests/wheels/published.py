"""Downloads wheels of other projects into a cache folder, and shows what the checks find in them.

`python -m tests.wheels.published` prints the findings; with names behind it, those wheels alone.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hatch_sentry_artifacts.assets.collect import Collection, collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS

CACHE = Path(tempfile.gettempdir()) / "hatch-sentry-artifacts-wheels"
TIMEOUT = 600.0
SCRIPTS = (".js", ".mjs", ".cjs")

# Every finding was looked at and holds. Most have maps; the others lack those they refer to,
# ship empty scripts, or call something else a script: speech rules in JSON, an error page. Where
# names are guesses, nothing in the wheel says better.
FINDINGS: dict[str, dict[str, int]] = {
    "apache-airflow==2.5.0": {"map-without-script": 3, "name-guessed": 1, "no-map": 1},
    "bokeh==3.9.2": {"missing-map": 7, "name-guessed": 1, "no-map": 1},
    "chainlit==2.12.0": {"name-guessed": 1, "no-map": 1},
    "dagster-webserver==1.13.27": {"missing-map": 2, "name-guessed": 2, "no-map": 1},
    "dash==4.4.1": {"name-guessed": 1, "no-map": 2},
    "dash-ag-grid==35.3.0": {"name-guessed": 1},
    "drf-spectacular-sidecar==2026.10.1": {"no-map": 1, "no-sources-content": 2},
    "flask-admin==2.2.1": {"name-guessed": 1, "no-sources-content": 1},
    "ipympl==0.10.0": {"no-map": 1},
    "ipyvuetify==3.1.0": {"no-map": 2},
    "jupyter-bokeh==4.1.0": {"no-map": 1},
    "jupyterlab==3.6.8": {"missing-map": 109, "name-guessed": 1, "no-map": 1},
    "label-studio==1.23.2": {"name-guessed": 1, "no-map": 1},
    "mlflow==2.0.1": {"no-map": 1, "no-sources-content": 1},
    "nbclassic==1.3.3": {"missing-map": 6, "name-guessed": 1, "no-map": 3, "not-javascript": 5},
    "nbdime==4.0.4": {"name-guessed": 1, "no-map": 1, "no-sources-content": 1},
    "panel==1.9.4": {
        "missing-map": 3,
        "name-guessed": 1,
        "no-map": 2,
        "no-sources-content": 77,
        "not-javascript": 2,
    },
    "sentry==23.7.1": {"map-without-script": 1, "missing-map": 1, "name-guessed": 2, "no-map": 1},
    "wagtail==8.0.1": {"name-guessed": 1, "no-map": 1},
    "widgetsnbextension==4.0.16": {},
}


def download(requirement: str) -> Path:
    """Return the wheel of `requirement`, `name==version`, from the cache or else by pip."""
    name, _, version = requirement.partition("==")
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    found = sorted(CACHE.glob(pattern))
    if not found:
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--only-binary", ":all:", "--ignore-requires-python", "--dest", folder]
            subprocess.run([*command, requirement], check=True, timeout=TIMEOUT)
            for wheel in Path(folder).glob("*.whl"):
                wheel.replace(CACHE / wheel.name)
        found = sorted(CACHE.glob(pattern))
    return found[0]


def collection_of(wheel: Path) -> Collection:
    """Return the wheel's scripts and maps, and what was found in them."""
    with open_distribution(wheel) as distribution:
        return collect(distribution, include=DEFAULT_PATTERNS)


def scripts_of(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Path and content of each script of the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            if info.filename.endswith(SCRIPTS):
                yield info.filename, archive.read(info)


def main() -> None:
    """Print a line for each wheel, and its findings."""
    for requirement in sys.argv[1:] or FINDINGS:
        found = collection_of(download(requirement))
        maps = sum(asset.path.endswith(".map") for asset in found.assets)
        paired = sum("Sourcemap" in asset.headers for asset in found.assets)
        rules = dict(Counter(finding.rule for finding in found.findings))
        print(
            f"{requirement}: {len(found.assets) - maps} scripts, {paired} with a map's name,",
            end=" ",
        )
        print(f"{maps} maps; {rules or 'nothing found'}")
        for finding in found.findings:
            print(f"  {finding}")


if __name__ == "__main__":
    main()
