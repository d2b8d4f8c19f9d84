"""`upload` with side files: several at once, wrong ones, and what of the project still counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import make_wheel
from tests.support.shell import Shell
from tests.support.side_files import SCRIPT, SCRIPTS, keep, rewrite, stripped


@pytest.fixture
def version(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a version that no other test has; the job's folder has no project any more."""
    monkeypatch.setenv("SENTRY_ORG", "acme")
    monkeypatch.setenv("SENTRY_PROJECT", "web")
    (wheel,) = shell.folder.glob("dist/*.whl")
    wheel.unlink()
    (shell.folder / "pyproject.toml").unlink()
    return wheel.name.split("-")[1]


def _pair(folder: Path, name: str, version: str, **options: object) -> tuple[str, str]:
    wheel, shipment = stripped(folder / "dist", name=name, version=version)
    return str(wheel), str(keep(wheel, shipment, folder / "maps", **options))


def test_several_wheels_are_uploaded_each_with_its_own(shell: Shell, version: str) -> None:
    template = {"release": "{name}@{version}"}
    pairs = [_pair(shell.folder, name, version, **template) for name in ("shop", "bank")]
    (wheels, side_files) = map(list, zip(*pairs, strict=True))
    old = _pair(shell.folder / "old", "shop", "1.0", **template)[1]
    done = shell.run("upload", *wheels, *side_files[::-1], old, "--json")

    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert [f'"release": "{name}@{version}"' in line for name, line in
            zip(("shop", "bank"), lines, strict=True)] == [True, True]  # fmt: skip
    assert all('"name": "~/static/app.js.map"' in line for line in lines)
    assert f"{old} goes with none of the wheels that were named" in " ".join(done.err.split())


def test_one_wrong_side_file_stops_all_of_them(shell: Shell, version: str) -> None:
    wheel, side_file = _pair(shell.folder, "shop", version)
    bank, its = _pair(shell.folder, "bank", version)
    make_wheel(shell.folder / "dist", "bank", version, {**SCRIPTS, SCRIPT: b"other()\n"})
    done = shell.run("upload", wheel, side_file, bank, its)
    assert done.code == 2
    assert "shop/static/app.js of the wheel differ from what it says" in done.err
    assert shell.run("list", "--release", version).code != 0


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"url": "https://evil.example"}, "its option 'url' is none that a side file has"),
        ({"auth-token": "x"}, "its option 'auth-token' is none"),
        ({"organization": "evil"}, "its option 'organization' is none"),
        ({"release": "a\nb"}, "its option 'release' is none"),
        ({"release": "{version.__class__}"}, "shop-VERSION.sentry.zip.release: unknown place"),
        ({"upload-as": "ftp"}, "shop-VERSION.sentry.zip.upload-as: must be"),
        ({"on-conflict": 5}, "shop-VERSION.sentry.zip.on-conflict: must be"),
        ({"create-release": "true"}, "shop-VERSION.sentry.zip.create-release: must be"),
    ],
)
def test_options_that_no_build_hands_on_are_refused(
    shell: Shell, version: str, given: dict[str, object], problem: str
) -> None:
    wheel, side_file = _pair(shell.folder, "shop", version)
    rewrite(Path(side_file), lambda said: said["side_file"]["options"].update(given))
    done = shell.run("upload", wheel, side_file)
    assert done.code == 2
    assert problem.replace("VERSION", version) in " ".join(done.err.split())
    assert shell.run("list", "--release", version).code != 0


def test_a_project_s_own_options_make_way_for_those_of_the_build(
    shell: Shell, version: str
) -> None:
    wheel, side_file = _pair(shell.folder, "shop", version, dist="{name}")
    (shell.folder / "pyproject.toml").write_text(
        '[tool.sentry-artifacts]\nrelease = "other"\ndist = "none"\npaths = {other = "~/x"}\n'
        'source-maps = "strip"\nkeep-maps = "maps"\nworkers = 2\n'
    )
    done = shell.run("upload", wheel, side_file, "--json")
    assert done.code == 0, done.err
    assert (done.json["release"], done.json["dist"]) == (version, "shop")
    assert len(done.json["files"]) == 3
    assert not done.json["warnings"]


def test_a_release_that_the_environment_named_for_the_build_stays(
    shell: Shell, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTRY_RELEASE", f"{{of}}-{version}")
    wheel, side_file = _pair(shell.folder, "shop", version)
    monkeypatch.setenv("SENTRY_RELEASE", "of-the-other-job")
    done = shell.run("upload", wheel, side_file, "--json")
    assert done.json["release"] == f"{{of}}-{version}"
    monkeypatch.delenv("SENTRY_RELEASE")
    wheel, side_file = _pair(shell.folder, "shop", version)
    monkeypatch.setenv("SENTRY_RELEASE", f"by-the-job-{version}")
    done = shell.run("upload", wheel, side_file, "--json")
    assert done.json["release"] == f"by-the-job-{version}"


def test_a_pattern_without_files_is_told(shell: Shell, version: str) -> None:
    wheel, _ = _pair(shell.folder, "shop", version)
    done = shell.run("upload", wheel, "none/*.sentry.zip")
    assert done.code == 2
    assert "none/*.sentry.zip: there is no such side file" in " ".join(done.err.split())
