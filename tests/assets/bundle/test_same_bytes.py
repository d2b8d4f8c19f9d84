"""One input makes one bundle: whoever makes it, wherever, whenever, on whichever Python."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support import make_wheel

from .support import bundle_from, whole, write_files

_SOURCE = random.Random(7)
FILES = {
    f"shop/static/{name}.js{end}": (
        b"%s();\n//# sourceMappingURL=%s.js.map\n" % (name.encode(), name.encode())
        if not end
        else b'{"version":3,"sources":["%s.ts"],"names":[],"mappings":"AAAA"}' % name.encode()
    )
    + b" " * _SOURCE.randrange(9000)
    for name in ("app", "cart", "größe", "vendor/react")
    for end in ("", ".map")
}
# What another Python needs to make a bundle of a folder, and nothing else.
_PROGRAM = """
import sys
from pathlib import Path
from tests.assets.bundle.support import bundle_from
with bundle_from(Path(sys.argv[1]), largest_chunk=int(sys.argv[2])) as bundle:
    print(bundle.checksum, *[chunk.sha1 for chunk in bundle.chunks])
"""


def test_order_and_times_of_a_wheels_members_do_not_matter(tmp_path: Path) -> None:
    bundles = set()
    for number, names in enumerate([sorted(FILES), sorted(FILES, reverse=True)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        wheel = make_wheel(folder, files={})
        with zipfile.ZipFile(wheel, "a", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                info = zipfile.ZipInfo(name, (1990 + number, 1, 2, 3, 4, 6))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = (0o600 + number) << 16
                archive.writestr(info, FILES[name])
        for _ in range(2):
            with bundle_from(wheel) as bundle:
                bundles.add(whole(bundle))
    assert len(bundles) == 1


def test_times_and_place_of_a_folders_files_do_not_matter(tmp_path: Path) -> None:
    bundles = set()
    for place, when in [("one", 1_000_000_000), ("other/deeper", 1_500_000_000)]:
        folder = write_files(tmp_path / place, FILES)
        for name in FILES:
            os.utime(folder / name, (when, when))
        with bundle_from(folder / "shop") as bundle:
            bundles.add(whole(bundle))
    assert len(bundles) == 1


def test_stored_entries_of_a_wheel_and_files_of_a_folder_make_the_same_bundle(
    tmp_path: Path,
) -> None:
    folder = write_files(tmp_path, FILES)
    wheel = make_wheel(tmp_path, files={})
    with zipfile.ZipFile(wheel, "a", zipfile.ZIP_STORED) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    with bundle_from(wheel) as one, bundle_from(folder / "shop") as other:
        assert whole(one) == whole(other)


def _interpreters() -> list[Path]:
    places = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    return [
        python
        for version in ("3.10", "3.13")
        for python in sorted(places.glob(f"{version}.*/bin/python"))[:1]
    ]


@pytest.mark.slow
@pytest.mark.skipif(not _interpreters(), reason="there is no Python 3.10 or 3.13 of pyenv")
@pytest.mark.parametrize("python", _interpreters(), ids=lambda path: path.parent.parent.name)
@pytest.mark.parametrize("kind", ["folder", "wheel"])
def test_another_python_makes_the_same_bundle(tmp_path: Path, python: Path, kind: str) -> None:
    folder = write_files(tmp_path, FILES) / "shop"
    distribution = folder if kind == "folder" else make_wheel(tmp_path, files=FILES)
    environment = tmp_path / "venv"
    subprocess.run([python, "-m", "venv", environment], check=True, timeout=120)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    packages = ["pathspec", *(["tomli"] if "3.10" in str(python) else [])]
    subprocess.run(
        [scripts / "python", "-m", "pip", "install", "-q", *packages], check=True, timeout=300
    )
    made = [
        subprocess.run(
            [each, "-c", _PROGRAM, str(distribution), "512"],
            cwd=Path(__file__).parents[3],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            check=True,
            capture_output=True,
            timeout=60,
        ).stdout.split()
        for each in (Path(sys.executable), scripts / "python")
    ]
    assert made[0] == made[1]
    assert len(made[0]) > 3
