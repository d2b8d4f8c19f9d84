"""What `init --write` makes of a project is enough: the reader takes it, and a build uploads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

from hatch_sentry_artifacts.cli import main
from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer
from tests.support.machine import Machine, module, uv
from tests.support.project import Project

PACKAGE = {
    "shop/__init__.py": '"""A shop."""\n',
    "shop/static/app.js": "a()\n//# sourceMappingURL=app.js.map\n",
    "shop/static/app.js.map": '{"version":3,"sources":["a.ts"],"sourcesContent":["a()"],'
    '"names":[],"mappings":"AAAA"}',
}
METADATA = '[project]\nname = "shop"\nversion = "1.2.0"\ndescription = "A shop."\n'
HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
SETUPTOOLS = """\
[build-system]
requires = [
    "setuptools>=61",  # PEP 621
]
build-backend = "setuptools.build_meta"
"""
CLOSED = 'classifiers = ["Private :: Do Not Upload"]\n'
PACKAGE_DATA = """\
[tool.setuptools]
packages = ["shop"]
package-data = { shop = ["static/*"] }
"""
SETUP_PY = """\
from setuptools import setup

setup(name="shop", version="1.2.0", packages=["shop"], package_data={"shop": ["static/*"]})
"""
SETUP_CFG = """\
[metadata]
name = shop
version = 1.2.0

[options]
packages = shop

[options.package_data]
shop = static/*
"""
POETRY = """\
[tool.poetry]
name = "shop"
version = "1.2.0"
description = "A shop."
authors = []

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
CUSTOM_HOOK = """\
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface):
    def initialize(self, version, build_data):
        Path(self.root, "shop/static/late.js").write_text("late();")
"""


def _standard(requires: str, back_end: str) -> str:
    return f'{METADATA}\n[build-system]\nrequires = ["{requires}"]\nbuild-backend = "{back_end}"\n'


@dataclass(frozen=True)
class Shape:
    """A project before `init`: its files besides the package, and what builds it.

    `is_hooked` is whether the build itself uploads.
    """

    files: Mapping[str, str]
    needs: str = ""
    is_hooked: bool = True
    scripts: frozenset[str] = field(default=frozenset({"~/static/app.js"}))


SHAPES = {
    "hatchling": Shape({"pyproject.toml": HATCHLING + METADATA}),
    "hatchling, with line ends of Windows and none at the end": Shape(
        {"pyproject.toml": (HATCHLING + METADATA).rstrip().replace("\n", "\r\n")}
    ),
    "hatchling, configured in hatch.toml": Shape(
        {
            "pyproject.toml": HATCHLING + METADATA,
            "hatch.toml": '[build.targets.wheel]\npackages = ["shop"]\n',
        }
    ),
    "hatchling, files that git ignores": Shape(
        {"pyproject.toml": HATCHLING + METADATA, ".gitignore": "/shop/static/\n"}
    ),
    "hatchling, in one line": Shape(
        {
            "pyproject.toml": f"tool.hatch.build = {{ ignore-vcs = true }}\n{HATCHLING}{METADATA}",
            ".gitignore": "*.js\n",
        }
    ),
    "hatchling, with a front end's hook": Shape(
        {
            "pyproject.toml": f"{HATCHLING}{METADATA}\n[tool.hatch.build]\n"
            "targets.wheel.hooks.custom = {}\n[tool.ruff]\n",
            "hatch_build.py": CUSTOM_HOOK,
        },
        scripts=frozenset({"~/static/app.js", "~/static/late.js"}),
    ),
    "hatchling, closed source": Shape(
        {
            "pyproject.toml": HATCHLING + METADATA + CLOSED,
            ".gitignore": "build/\n",
        }
    ),
    "setuptools": Shape({"pyproject.toml": SETUPTOOLS + METADATA + PACKAGE_DATA}),
    "setuptools, half a table": Shape(
        {
            "pyproject.toml": f"{SETUPTOOLS}{METADATA}{PACKAGE_DATA}\n[tool.sentry-artifacts]\n"
            'release = "{name}@{version}"\n',
        }
    ),
    "setuptools, in one line": Shape(
        {
            "pyproject.toml": "build-system = { requires = ['setuptools'], build-backend = "
            "'setuptools.build_meta' }\n[tool]\nsentry-artifacts = { release = "
            "'{name}@{version}' }\n",
            "setup.py": SETUP_PY,
        }
    ),
    "setuptools, by setup.py alone": Shape({"setup.py": SETUP_PY}),
    "setuptools, by setup.cfg and no build system": Shape(
        {"pyproject.toml": "[tool.ruff]\nline-length = 99\n", "setup.cfg": SETUP_CFG}
    ),
    "poetry-core": Shape({"pyproject.toml": POETRY}, "poetry.core", is_hooked=False),
    "flit-core": Shape(
        {"pyproject.toml": _standard("flit_core>=3.2", "flit_core.buildapi")},
        "flit_core",
        is_hooked=False,
    ),
    "pdm-backend": Shape(
        {"pyproject.toml": _standard("pdm-backend", "pdm.backend")}, "pdm.backend"
    ),
    "uv_build": Shape(
        {
            # uv builds with the back end that it carries if that is the one that is required.
            "pyproject.toml": _standard(f"uv_build=={version('uv')}", "uv_build")
            + '[tool.uv.build-backend]\nmodule-root = ""\n'
        },
        "uv",
        is_hooked=False,
    ),
}
Make = Callable[[Shape], Project]

pytestmark = pytest.mark.slow


@pytest.fixture
def make(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bare_environment: None,
    machine: Machine,
    server: LocalServer,
) -> Make:
    """Return what makes a project, and goes to its folder."""
    environment = {"CI": "true", "SENTRY_URL": server.url, "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN}
    for name, value in {**environment, "HOME": str(machine.home)}.items():
        monkeypatch.setenv(name, value)

    def make_project(shape: Shape) -> Project:
        folder = tmp_path / "project"
        for path, text in {".git/HEAD": "", **PACKAGE, **shape.files}.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        monkeypatch.chdir(folder)
        return Project(folder, machine, environment)

    return make_project


def _build(project: Project, shape: Shape) -> None:
    orders = (
        {"HATCH_BUILD_HOOK_ENABLE_SENTRY": "true", "SENTRY_ARTIFACTS": "upload"}
        if shape.is_hooked
        else {}
    )
    flags = ("--wheel", "--no-isolation", "--skip-dependency-check")
    command = module("build", *flags)
    if shape.needs == "uv":
        command = uv("build", "--wheel", "--offline")
        # Without the folder of wheels: nothing is installed.
        home = project.machine.home
        orders = {"UV_CONFIG_FILE": str(home / "uv.toml"), "UV_FIND_LINKS": str(home)}
        (home / "uv.toml").touch()
    result = project.run(*command, **orders)
    assert result.code == 0, result.output


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_build_uploads_by_what_init_wrote(
    make: Make, capsys: pytest.CaptureFixture[str], shape: Shape
) -> None:
    if shape.needs:
        pytest.importorskip(shape.needs)
    project = make(shape)
    before = {path.name: path.read_bytes() for path in project.folder.iterdir() if path.is_file()}

    assert main(["init", "--write", "--organization", "acme", "--project", "web"]) == 0
    capsys.readouterr()
    assert main(["check"]) == 0
    assert "FAILED" not in capsys.readouterr().out
    if not shape.is_hooked:
        assert main(["inject", "shop/static"]) == 0
    _build(project, shape)
    if not shape.is_hooked:
        assert main(["upload"]) == 0

    capsys.readouterr()
    assert main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["release"] == "shop@1.2.0"
    # What has debug ids is sent as a bundle.
    kept = listed["files"] + [each for bundle in listed["bundles"] for each in bundle["files"]]
    names = {each["name"] for each in kept}
    assert {name for name in names if name.endswith(".js")} == shape.scripts
    assert "~/static/app.js.map" in names
    assert bool(listed["bundles"]) is not shape.is_hooked
    # Now there is a wheel to be looked at, too: that changes nothing.
    after = {path.name: path.read_bytes() for path in project.folder.iterdir() if path.is_file()}
    assert main(["init", "--write", "--organization", "acme", "--project", "web"]) == 0
    assert "nothing is to be changed" in capsys.readouterr().err
    assert {name for name in before if before[name] != after[name]} <= {
        "pyproject.toml",
        "hatch.toml",
    }
