"""Setuptools calls the plugin in every project: it has to leave the others alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from setuptools import Distribution
from setuptools.command.bdist_wheel import bdist_wheel

from hatch_sentry_artifacts.configuration.project import TABLE
from hatch_sentry_artifacts.integrations.setuptools import bdist_wheel as front_end
from hatch_sentry_artifacts.integrations.setuptools.bdist_wheel import (
    wrap_bdist_wheel,
)
from hatch_sentry_artifacts.integrations.setuptools.wheels import wheel_command

OTHERS = {
    "none at all": None,
    "empty": b"",
    "no TOML": b"[tool.sentry-artifacts",
    "not UTF-8": b"[tool.sentry-artifacts]\n# caf\xe9",
    "no [tool]": b"[project]\nname = 'x'\ndescription = 'like sentry-artifacts'",
    "tool is no table": b"tool = 'sentry-artifacts'",
    "other tools": b"[tool.sentry-artifacts-of-ours]\n[tool.other.sentry-artifacts]",
    "a folder": b"folder",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("content", OTHERS.values(), ids=list(OTHERS))
def test_other_projects_are_left_alone(project: Path, content: bytes | None) -> None:
    pyproject = project / "pyproject.toml"
    if content == b"folder":
        pyproject.mkdir()
    elif content is not None:
        pyproject.write_bytes(content)
    distribution = Distribution()

    assert "get_command_class" not in vars(distribution)
    assert distribution.get_command_class("bdist_wheel") is bdist_wheel


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder one works in")
def test_a_working_directory_that_is_gone_does_no_harm(project: Path) -> None:
    inner = project / "gone"
    inner.mkdir()
    code = "import os, setuptools; os.rmdir(os.getcwd()); setuptools.Distribution()"
    done = subprocess.run([sys.executable, "-c", code], cwd=inner, check=False, capture_output=True)

    assert (done.returncode, done.stderr) == (0, b"")


def test_the_wrap_keeps_class_and_cmdclass_as_they_are(project: Path) -> None:
    project.joinpath("pyproject.toml").write_text(f"[tool.{TABLE}]", "utf-8")
    distribution = Distribution()
    found = distribution.get_command_class("bdist_wheel")
    wrap_bdist_wheel(distribution)

    assert distribution.cmdclass == {}
    assert issubclass(found, bdist_wheel)
    assert found.__name__ == "bdist_wheel"
    assert found.user_options == bdist_wheel.user_options
    twice = distribution.get_command_class("bdist_wheel")
    assert twice is distribution.get_command_class("bdist_wheel")
    assert [each.__name__ for each in twice.__mro__].count("_Uploading") == 1
    assert distribution.get_command_class("sdist").__module__ == "setuptools.command.sdist"


def test_what_setuptools_loads_everywhere_imports_nothing_of_the_plugin(tmp_path: Path) -> None:
    code = (
        "import setuptools, sys; setuptools.Distribution(); "
        "print(*(name for name in sys.modules if name.startswith('hatch_sentry_artifacts')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )

    assert set(done.stdout.split()) == {
        "hatch_sentry_artifacts",
        "hatch_sentry_artifacts.integrations",
        "hatch_sentry_artifacts.integrations.setuptools",
        "hatch_sentry_artifacts.integrations.setuptools.wheels",
        "hatch_sentry_artifacts.integrations.setuptools.bdist_wheel",
    }


def test_a_setuptools_that_makes_no_wheels_says_what_to_install() -> None:
    from setuptools.errors import ModuleError

    def find(command: str) -> type[bdist_wheel]:
        raise ModuleError(f"invalid command '{command}'")

    with pytest.raises(ModuleError, match=r"install 'hatch-sentry-artifacts\[setuptools\]'"):
        wheel_command(find)


def test_the_module_has_the_command_and_no_other_names() -> None:
    assert front_end.sentry_artifacts.__name__ == "sentry_artifacts"
    with pytest.raises(AttributeError, match="has no attribute 'sentry_artefacts'"):
        front_end.sentry_artefacts  # noqa: B018
