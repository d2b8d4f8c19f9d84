"""What users run: builds in environments of their own, from the sdist, with versions of a tag."""

from __future__ import annotations

import tarfile
from collections.abc import Callable

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer
from tests.support.machine import tool
from tests.support.project import Project
from tests.support.sentry_contents import contents, releases, shipped

from .builds import BUILD, PROJECTS, UV, script, steps

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("wheels")]

FRONT_ENDS = {"python -m build": BUILD, "uv build": UV}
every_front_end = pytest.mark.parametrize("front_end", FRONT_ENDS.values(), ids=list(FRONT_ENDS))
ORCHARD = script("orchard/static", "~/static")


@every_front_end
@pytest.mark.parametrize("name", PROJECTS)
def test_a_wheel_that_is_built_from_the_sdist_is_uploaded_once(
    copy: Callable[[str], Project], server: LocalServer, name: str, front_end: tuple[str, ...]
) -> None:
    project = copy(name)
    result = project.run(*front_end)

    assert result.code == 0, result.output
    release, names = PROJECTS[name]
    assert steps(result) == [
        f"{project.wheel.name}: {len(names)} files",
        f"release {release}: {len(names)} uploaded",
    ]
    assert contents(server, release) == shipped(project.wheel, names)


@every_front_end
def test_sentryclirc_is_found_in_the_project_and_not_in_the_sdist(
    copy: Callable[[str], Project], server: LocalServer, front_end: tuple[str, ...]
) -> None:
    kiosk = copy("setuptools_package_data").without("SENTRY_AUTH_TOKEN", "SENTRY_URL")
    clirc = f"[defaults]\nurl = {server.url}\n[auth]\ntoken = {DEFAULT_TOKEN}\n"
    kiosk.folder.joinpath(".sentryclirc").write_text(clirc, "utf-8")
    result = kiosk.run(*front_end, SENTRY_ARTIFACTS="upload")

    assert result.code == 0, result.output
    (sdist,) = kiosk.folder.glob("dist/*.tar.gz")
    with tarfile.open(sdist) as archive:
        assert not [name for name in archive.getnames() if name.endswith(".sentryclirc")]
    assert releases(server) == ["1.1.0"]


@every_front_end
def test_setuptools_scm_gives_the_release_its_version_by_the_environment(
    copy: Callable[[str], Project], server: LocalServer, front_end: tuple[str, ...]
) -> None:
    orchard = copy("setuptools_scm_version")
    result = orchard.run(*front_end, "--wheel", SETUPTOOLS_SCM_PRETEND_VERSION="6.1.0")

    assert result.code == 0, result.output
    assert contents(server, "6.1.0") == shipped(orchard.wheel, ORCHARD)


@every_front_end
def test_setuptools_scm_gives_the_release_its_version_by_a_tag(
    copy: Callable[[str], Project], server: LocalServer, front_end: tuple[str, ...]
) -> None:
    orchard = copy("setuptools_scm_version")
    person = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "All"), ("tag", "v6.2.0")):
        done = orchard.run("git", *person, *arguments)
        assert done.code == 0, done.output
    result = orchard.run(*front_end)

    assert result.code == 0, result.output
    assert orchard.wheel.name.startswith("orchard-6.2.0-")
    assert contents(server, "6.2.0") == shipped(orchard.wheel, ORCHARD)


@every_front_end
def test_an_sdist_alone_uploads_nothing(
    copy: Callable[[str], Project], server: LocalServer, front_end: tuple[str, ...]
) -> None:
    result = copy("setuptools_faulty").run(*front_end, "--sdist", SENTRY_ARTIFACTS="upload")

    assert (result.code, result.lines) == (0, [])
    assert releases(server) == []


def test_validate_pyproject_takes_the_tables_of_all_projects(
    copy: Callable[[str], Project],
) -> None:
    for name in (*PROJECTS, "setuptools_scm_version"):
        result = copy(name).run(*tool("validate-pyproject", "pyproject.toml"))
        assert result.code == 0, result.output
