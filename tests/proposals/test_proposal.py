"""What is proposed for what a project holds: built files, a wheel, hooks, storages."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.configuration.options import Source, read_options
from hatch_sentry_artifacts.proposals.advice import Code
from hatch_sentry_artifacts.proposals.proposal import Proposal, propose
from tests.support import make_wheel

HATCHLING = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "shop"
version = "1.2.0"
"""
SETUPTOOLS = """\
[build-system]
requires = ["setuptools"]
[project]
name = "shop"
version = "1.2.0"
"""
IDS = '+debug-ids = "inject"'
MINIFIED = b"var a=1;" * 100


def _proposal(folder: Path, files: Mapping[str, str]) -> Proposal:
    for path, text in {".git/HEAD": "", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return propose(folder, {}, None, read_options(Source({})))


def _told(proposal: Proposal, title: str) -> str:
    """Return the text of the section that begins so; "" if there is none."""
    found = [each for each in proposal.sections if each.title.startswith(title)]
    parts = [part for each in found for part in each.parts]
    return "\n".join("\n".join(p.lines) if isinstance(p, Code) else p.text for p in parts)


def _added(proposal: Proposal) -> list[str]:
    return [line.partition("  #")[0].rstrip() for line in proposal.diff if line.startswith("+")]


def _wheel(folder: Path, files: Mapping[str, bytes], *requirements: str) -> None:
    (folder / "dist").mkdir()
    wheel = make_wheel(folder / "dist", files=files)
    with zipfile.ZipFile(wheel) as archive:
        contents = {each: archive.read(each) for each in archive.namelist()}
    metadata = next(each for each in contents if each.endswith("METADATA"))
    contents[metadata] += "".join(f"Requires-Dist: {each}\n" for each in requirements).encode()
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in contents.items():
            archive.writestr(path, content)


@pytest.mark.parametrize("requirement", ["dash", "nicegui"])
def test_ids_are_proposed_where_names_are_made_at_run_time(
    tmp_path: Path, requirement: str
) -> None:
    text = f'{HATCHLING}dependencies = ["{requirement}>=2"]\n'
    assert IDS in _added(_proposal(tmp_path, {"pyproject.toml": text}))


@pytest.mark.parametrize(
    ("file", "ids"),
    [
        ("site/settings.py", True),
        ("site/settings/production.py", True),
        ("site/views.py", False),
        ("tests/settings.py", False),
        ("shop/test/settings.py", False),
    ],
)
def test_ids_are_proposed_where_django_renames_files(
    tmp_path: Path, file: str, *, ids: bool
) -> None:
    text = 'STORAGES = {"staticfiles": {"BACKEND": "x.CompressedManifestStaticFilesStorage"}}\n'
    proposal = _proposal(tmp_path, {"pyproject.toml": SETUPTOOLS, file: text})
    assert (IDS in _added(proposal)) is ids


def test_a_wheel_of_dash_has_no_prefix_to_be_said(tmp_path: Path) -> None:
    _wheel(tmp_path, {"shop/app.js": b"a()\n"}, "dash")
    proposal = _proposal(tmp_path, {"pyproject.toml": HATCHLING})
    assert IDS in _added(proposal)
    assert "Dash serves" in _told(proposal, "Names")
    assert "network tab" not in _told(proposal, "Names")


def test_known_names_are_shown_with_their_rule(tmp_path: Path) -> None:
    page = b'<script src="/assets/app.js"></script>'
    _wheel(tmp_path, {"shop/web/assets/app.js": b"a()\n", "shop/web/index.html": page})
    told = _told(_proposal(tmp_path, {"pyproject.toml": HATCHLING}), "Names")
    assert "shop/web: ~/ [page]" in told


def test_names_of_django_are_those_without_hashes(tmp_path: Path) -> None:
    _wheel(tmp_path, {"shop/static/shop/a.js": b"a()\n", "shop/__init__.py": b""}, "django")
    told = _told(_proposal(tmp_path, {"pyproject.toml": HATCHLING}), "Names")
    assert "shop/static: ~/static [django-app]" in told
    assert "ManifestStaticFilesStorage" in told


def test_a_prefix_to_be_said_stands_beside_those_that_are_known(tmp_path: Path) -> None:
    page = b'<script src="/assets/app.js"></script>'
    files = {
        "shop/web/assets/app.js": b"a()\n",
        "shop/web/index.html": page,
        "shop/admin/x.js": b"b()\n",
    }
    _wheel(tmp_path, files, "tornado")
    told = _told(_proposal(tmp_path, {"pyproject.toml": HATCHLING}), "Names").splitlines()
    assert told[-3:] == [
        "[tool.hatch.build.targets.wheel.hooks.sentry.paths]",
        '"shop/admin" = "~/…"',
        '"shop/web" = "~/"',
    ]


def test_ids_are_advised_where_the_table_is_there(tmp_path: Path) -> None:
    _wheel(tmp_path, {"shop/app.js": b"a()\n"}, "tornado")
    table = '[tool.sentry-artifacts]\norganization = "acme"\nproject = "web"\n'
    text = SETUPTOOLS.replace('"setuptools"', '"setuptools", "hatch-sentry-artifacts"') + table
    proposal = _proposal(tmp_path, {"pyproject.toml": text})
    assert not proposal.changes
    assert 'Set `debug-ids = "inject"`' in _told(proposal, "Names")
    assert 'With `release = "{name}@{version}"`' in _told(proposal, "Where uploads go")


def test_a_wheel_without_maps_is_told_with_the_switch(tmp_path: Path) -> None:
    content = b"(self.webpackChunkshop=self.webpackChunkshop||[]).push(1);" + MINIFIED
    _wheel(tmp_path, {"shop/static/app.js": content})
    told = _told(_proposal(tmp_path, {"pyproject.toml": HATCHLING}), "Source maps")
    assert "0 of 1 scripts have a source map" in told
    assert "webpack wrote it: set `devtool:" in told


@pytest.mark.parametrize(
    ("text", "how"),
    [(HATCHLING, None), (SETUPTOOLS, "package-data")],
    ids=["hatchling", "setuptools"],
)
def test_a_wheel_without_scripts_is_told(tmp_path: Path, text: str, how: str | None) -> None:
    _wheel(tmp_path, {"shop/__init__.py": b""})
    told = _told(_proposal(tmp_path, {"pyproject.toml": text}), "Source maps")
    assert "holds no scripts" in told
    assert how is None or how in told


def test_a_stripped_wheel_has_no_maps_and_is_right(tmp_path: Path) -> None:
    _wheel(tmp_path, {"shop/app.js": MINIFIED})
    text = f'{SETUPTOOLS}[tool.sentry-artifacts]\nsource-maps = "strip"\n'
    proposal = _proposal(tmp_path, {"pyproject.toml": text})
    assert "ships without its source maps, as" in _told(proposal, "Source maps")
    assert "0 of 1" not in _told(proposal, "Source maps")
    # What changes the wheel has to take part in its build.
    assert "leave it out of `requires`" not in _told(proposal, "Release pipeline")


def test_a_damaged_wheel_is_told(tmp_path: Path) -> None:
    _wheel(tmp_path, {"shop/app.js": MINIFIED})
    wheel = next((tmp_path / "dist").iterdir())
    content = bytearray(wheel.read_bytes())
    content[content.index(b"var a")] ^= 1
    wheel.write_bytes(content)
    told = _told(_proposal(tmp_path, {"pyproject.toml": HATCHLING}), "Source maps")
    assert "shop/app.js" in told


ORDERS = {
    "[tool.hatch.build.hooks.custom]": "has to come last, and does: custom, sentry.",
    "[tool.hatch.build.targets.wheel.hooks]\nsentry = {}\ncustom = {}": (
        "does not see what custom makes, which runs after it: let "
        "[tool.hatch.build.targets.wheel.hooks.sentry] be the last table of hooks."
    ),
    "[tool.hatch.build.targets.wheel.hooks.npm]\n[tool.hatch.build.hooks.sentry]": (
        "does not see what npm makes"
    ),
    "[tool.hatch.build.hooks.version]": "",
}


@pytest.mark.parametrize(("tables", "told"), ORDERS.items())
def test_the_order_of_hooks_is_looked_at(tmp_path: Path, tables: str, told: str) -> None:
    proposal = _proposal(tmp_path, {"pyproject.toml": HATCHLING + tables})
    assert told in _told(proposal, "Order of hooks")
    assert bool(_told(proposal, "Order of hooks")) is bool(told)


@pytest.mark.parametrize(
    ("ignored", "files", "artifacts"),
    [
        ("*.js\n", {"shop/web/js/a.js": ""}, ["/shop/web/js/"]),
        (
            "/src/shop/web\n",
            {"src/shop/__init__.py": "", "src/shop/web/a/b.js": ""},
            ["/src/shop/web/"],
        ),
        ("/shop/web\n", {"ui/vite.config.js": "a({ outDir: '../shop/web' })"}, ["/shop/web/"]),
        ("/shop/web\n", {"ui/vite.config.js": "a({ outDir: '../../shop/web' })"}, None),
        ("/other/\n", {"other/a.js": ""}, None),
        ("*.js\n!/shop/a.js\n", {"shop/a.js": ""}, None),
        ("[z-a]\n*.js\n", {"shop/a.js": ""}, ["/shop/"]),
        ("\x00\xff", {"shop/a.js": ""}, None),
    ],
)
def test_ignored_files_of_packages_are_artifacts(
    tmp_path: Path, ignored: str, files: dict[str, str], artifacts: list[str] | None
) -> None:
    given = {"pyproject.toml": HATCHLING, ".gitignore": ignored, "shop/__init__.py": "", **files}
    added = [each for each in _added(_proposal(tmp_path, given)) if "artifacts =" in each]
    assert added == ([] if artifacts is None else [f'+artifacts = ["{artifacts[0]}"]'])


def test_an_ignore_file_above_the_checkout_does_not_count(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.js\n", "utf-8")
    files = {"pyproject.toml": HATCHLING, "shop/__init__.py": "", "shop/a.js": ""}
    assert "artifacts =" not in "\n".join(_added(_proposal(tmp_path / "checkout", files)))
