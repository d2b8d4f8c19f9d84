"""`init`: the diff, the advice, and what it writes."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support import make_wheel
from tests.support.shell import Shell

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HATCHLING = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "shop"
version = "1.2.0"
dependencies = ["flask"]
"""
SETUPTOOLS = HATCHLING.replace('"hatchling"', '"setuptools>=77"').replace(
    "hatchling.build", "setuptools.build_meta"
)
POETRY = HATCHLING.replace('"hatchling"', '"poetry-core"').replace(
    "hatchling.build", "poetry.core.masonry.api"
)
SLUGS = ("--organization", "acme", "--project", "web")
Make = Callable[[Mapping[str, str]], Shell]


@pytest.fixture
def make(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    bare_environment: None,
) -> Make:
    """Return what makes a project of files, and a shell in its folder."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)

    def make_project(files: Mapping[str, str]) -> Shell:
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        return Shell(folder, capsys)

    return make_project


def _tables(shell: Shell, file: str = "pyproject.toml") -> dict[str, object]:
    return tomllib.loads((shell.folder / file).read_text("utf-8"))


def test_the_diff_is_shown_and_nothing_is_written(make: Make) -> None:
    shell = make({"pyproject.toml": HATCHLING})
    done = shell.run("init", *SLUGS)
    assert done.code == 0
    assert done.out.startswith("""\
--- pyproject.toml
+++ pyproject.toml
@@ -6,3 +6,10 @@
 name = "shop"
 version = "1.2.0"
 dependencies = ["flask"]
+
+[tool.hatch.build.targets.wheel.hooks.sentry]
+enable-by-default = false     # installing from the sdist needs no plugin
+dependencies = ["hatch-sentry-artifacts"]
+organization = "acme"
+project = "web"
+release = "{name}@{version}"  # pages have to tell Sentry the same
""")
    assert "nothing is written yet" in done.err
    assert (shell.folder / "pyproject.toml").read_text("utf-8") == HATCHLING


@pytest.mark.parametrize("text", [HATCHLING, SETUPTOOLS, POETRY], ids=["hatch", "setup", "poetry"])
def test_what_is_written_is_all_that_is_needed(make: Make, text: str) -> None:
    shell = make({"pyproject.toml": text})
    file = shell.folder / "pyproject.toml"
    assert shell.run("init", *SLUGS, "--write").code == 0
    first = file.read_bytes()
    again = shell.run("init", *SLUGS)
    assert "nothing is to be changed" in again.err
    assert "---" not in again.out
    assert shell.run("init", *SLUGS, "--write").code == 0
    assert file.read_bytes() == first
    checked = shell.run("check")
    assert "organization   acme" in checked.out
    assert "plugin" not in checked.out
    assert not any("table" in line.split()[:2] for line in checked.out.splitlines())


def test_a_build_with_setuptools_is_to_install_the_plugin(make: Make) -> None:
    shell = make({"pyproject.toml": SETUPTOOLS})
    shell.run("init", *SLUGS, "--write")
    assert _tables(shell)["build-system"] == {
        "requires": ["setuptools>=77", "hatch-sentry-artifacts"],
        "build-backend": "setuptools.build_meta",
    }


def test_a_build_with_pdm_is_to_install_the_plugin(make: Make) -> None:
    text = SETUPTOOLS.replace("setuptools>=77", "pdm-backend").replace(
        "setuptools.build_meta", "pdm.backend"
    )
    shell = make({"pyproject.toml": text, "pdm_build.py": "run(['npm', 'ci'])\n"})
    out = shell.run("init", *SLUGS, "--write").out
    assert _tables(shell)["build-system"] == {
        "requires": ["pdm-backend", "hatch-sentry-artifacts"],
        "build-backend": "pdm.backend",
    }
    assert "SENTRY_ARTIFACTS=upload pipx run build" in out


def test_setuptools_that_has_to_be_old_gets_the_package_wheel(make: Make) -> None:
    shell = make({"pyproject.toml": SETUPTOOLS.replace(">=77", ">=61,<70")})
    assert '"hatch-sentry-artifacts[setuptools]"' in shell.run("init").out


@pytest.mark.parametrize("file", ["setup.py", "setup.cfg"])
def test_a_project_of_setuptools_alone_gets_a_pyproject(make: Make, file: str) -> None:
    shell = make({file: ""})
    done = shell.run("init", *SLUGS, "--write")
    assert done.code == 0
    assert done.out.startswith("--- /dev/null\n+++ pyproject.toml\n")
    assert _tables(shell) == {
        "build-system": {
            "requires": ["setuptools>=70.1", "hatch-sentry-artifacts"],
            "build-backend": "setuptools.build_meta",
        },
        "tool": {
            "sentry-artifacts": {
                "organization": "acme",
                "project": "web",
                "release": "{name}@{version}",
            }
        },
    }


def test_other_back_ends_get_the_recipe_of_commands(make: Make) -> None:
    shell = make({"pyproject.toml": POETRY, "shop/__init__.py": "", "shop/static/app.js": "a()"})
    out = shell.run("init").out
    commands = [line.strip() for line in out.splitlines() if "pipx run" in line]
    assert commands == [
        "pipx run hatch-sentry-artifacts inject shop/static",
        "pipx run build",
        "pipx run hatch-sentry-artifacts upload",
    ]


def test_slugs_are_found_where_uploads_find_them(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTRY_PROJECT", "web,api")
    rc = "[defaults]\norg = acme\nurl = https://sentry.example.org\n[auth]\ntoken = t0ken\n"
    shell = make({"pyproject.toml": SETUPTOOLS, ".sentryclirc": rc})
    done = shell.run("init", "--write")
    tool = _tables(shell)["tool"]
    assert tool == {
        "sentry-artifacts": {
            "organization": "acme",
            "project": ["web", "api"],
            "url": "https://sentry.example.org",
            "release": "{name}@{version}",
        }
    }
    assert "t0ken" not in done.out + done.err


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://sentry.io", ""),
        ("https://acme.sentry.io", ""),
        ("http://127.0.0.1:9000", ""),
        ("https://sentry.example.org", '+url = "https://sentry.example.org"'),
        ("http://[x", "An upload would stop: SENTRY_URL: url is not a URL"),
        ("sentry.example.org", "An upload would stop: SENTRY_URL: url must be an http(s) URL"),
    ],
)
def test_the_server_is_named_where_it_has_to_be(
    make: Make, monkeypatch: pytest.MonkeyPatch, url: str, told: str
) -> None:
    monkeypatch.setenv("SENTRY_URL", url)
    done = make({"pyproject.toml": SETUPTOOLS}).run("init")
    assert done.code == 0
    assert told in done.out
    assert ("+url" in done.out) is told.startswith("+url")


def test_what_is_not_known_is_to_be_filled_in(make: Make) -> None:
    shell = make({"pyproject.toml": SETUPTOOLS, ".github/workflows/x.yml": ""})
    out = shell.run("init", "--write").out
    assert '+# organization = "…"' in out
    assert "SENTRY_PROJECT: ${{ vars.SENTRY_PROJECT }}" in out
    assert "nothing is to be changed" in shell.run("init").err
    # The line to fill in stays; what is known then is added.
    shell.run("init", "--write", *SLUGS)
    text = (shell.folder / "pyproject.toml").read_text("utf-8")
    assert '\norganization = "acme"\n' in text


@pytest.mark.parametrize("place", ["--organization", "--project", "SENTRY_ORG", ".sentryclirc"])
def test_a_token_is_never_written(make: Make, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    token = "a1b2" * 16
    shell = make({"pyproject.toml": SETUPTOOLS})
    arguments = [place, token] if place.startswith("--") else []
    if place == "SENTRY_ORG":
        monkeypatch.setenv(place, token)
    elif not arguments:
        shell = make({place: f"[defaults]\norg = {token}\n"})
    done = shell.run("init", "--write", *arguments)
    assert done.code == 2
    assert "looks like a token" in done.err
    assert token not in done.out + done.err
    assert (shell.folder / "pyproject.toml").read_text("utf-8") == SETUPTOOLS


def test_half_a_table_keeps_what_it_has(make: Make) -> None:
    table = '[tool.sentry-artifacts]\norganization = "ours"  # not acme\nrelease = "{version}"\n'
    shell = make({"pyproject.toml": f"{SETUPTOOLS}\n{table}"})
    shell.run("init", "--write", *SLUGS)
    text = (shell.folder / "pyproject.toml").read_text("utf-8")
    assert text.endswith(f'\n{table}project = "web"\n')


def test_half_a_hook_gets_its_dependencies(make: Make) -> None:
    table = '[tool.hatch.build.hooks.sentry]\nproject = "web"\ndependencies = ["brotli"]\n'
    shell = make({"pyproject.toml": f"{HATCHLING}\n{table}"})
    shell.run("init", "--write", *SLUGS)
    text = (shell.folder / "pyproject.toml").read_text("utf-8")
    wanted = table.replace('"brotli"]', '"brotli", "hatch-sentry-artifacts"]')
    assert text.endswith(f'\n{wanted}organization = "acme"\n')


def test_the_build_of_a_hatch_toml_is_configured_there(make: Make) -> None:
    shell = make({"pyproject.toml": HATCHLING, "hatch.toml": "[build]\ndirectory = 'dist'\n"})
    done = shell.run("init", *SLUGS, "--write")
    assert done.out.startswith("--- hatch.toml\n")
    assert (shell.folder / "pyproject.toml").read_text("utf-8") == HATCHLING
    assert "[build.targets.wheel.hooks.sentry]" in (shell.folder / "hatch.toml").read_text("utf-8")
    assert "nothing is to be changed" in shell.run("init").err


def test_a_hatch_toml_without_a_build_is_left_alone(make: Make) -> None:
    shell = make({"pyproject.toml": HATCHLING, "hatch.toml": "[envs.default]\n"})
    assert shell.run("init").out.startswith("--- pyproject.toml\n")


def test_built_files_that_git_ignores_are_packed_all_the_same(make: Make) -> None:
    shell = make(
        {
            "pyproject.toml": HATCHLING,
            ".gitignore": "/shop/static/\n*.pyc\nnode_modules\n",
            "shop/__init__.py": "",
            "shop/static/js/app.js": "a()",
            "shop/other/app.js": "a()",
            "node_modules/x/x.js": "a()",
        }
    )
    shell.run("init", "--write")
    tool = _tables(shell)["tool"]
    assert isinstance(tool, dict)
    assert tool["hatch"]["build"]["artifacts"] == ["/shop/static/"]


@pytest.mark.parametrize(
    "lines",
    [
        '[tool.hatch.build]\nartifacts = ["*.js"]\n',
        '[tool.hatch.build.targets.wheel]\nartifacts = ["shop/static"]\n',
        "[tool.hatch.build]\nignore-vcs = true\n",
        '[tool.hatch.build.targets.wheel.shared-data]\n"shop/static" = "share/shop"\n',
        '[tool.hatch.build.force-include]\n"shop/static" = "shop/static"\n',
    ],
)
def test_what_the_wheel_holds_anyway_is_no_artifact(make: Make, lines: str) -> None:
    shell = make(
        {
            "pyproject.toml": f"{HATCHLING}\n{lines}",
            ".gitignore": "/shop/static/\n",
            "shop/__init__.py": "",
            "shop/static/app.js": "a()",
        }
    )
    assert "+artifacts" not in shell.run("init").out


def test_ids_are_proposed_where_the_wheel_does_not_tell_its_names(make: Make) -> None:
    shell = make({"pyproject.toml": HATCHLING})
    (shell.folder / "dist").mkdir()
    wheel = make_wheel(shell.folder / "dist", files={"shop/web/app.js": b"a()\n"})
    _require(wheel, "flask")
    out = shell.run("init").out
    assert '+debug-ids = "inject"' in out
    assert "shop/web: the wheel requires flask" in " ".join(out.split())
    assert '"shop/web" = "~/…"' in out


def test_nothing_is_proposed_for_names_that_are_known(make: Make) -> None:
    shell = make({"pyproject.toml": HATCHLING})
    (shell.folder / "dist").mkdir()
    make_wheel(shell.folder / "dist", files={"shop/web/app.js": b"a()\n"})
    out = shell.run("init").out
    assert "debug-ids" not in out
    assert "are known" in out


@pytest.mark.parametrize(("ignored", "keeps"), [("build/\n", True), ("", False)])
def test_closed_sources_do_not_ship(make: Make, *, ignored: str, keeps: bool) -> None:
    closed = 'classifiers = ["Private :: Do Not Upload"]\n'
    shell = make({"pyproject.toml": SETUPTOOLS + closed, ".gitignore": ignored})
    out = shell.run("init", "--write").out
    tool = _tables(shell)["tool"]
    assert isinstance(tool, dict)
    assert tool["sentry-artifacts"]["source-maps"] == "strip"
    # What is kept must not get into an sdist.
    assert ("keep-maps" in tool["sentry-artifacts"]) is keeps
    assert ("let git ignore that folder" in " ".join(out.split())) is not keeps


def _require(wheel: Path, name: str) -> None:
    import zipfile

    with zipfile.ZipFile(wheel) as archive:
        contents = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(wheel, "w") as archive:
        for each, content in contents.items():
            more = f"Requires-Dist: {name}\n".encode() if each.endswith("METADATA") else b""
            archive.writestr(each, content + more)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "neither here nor above there is a pyproject.toml"),
        ({"pyproject.toml": "[project\n"}, "cannot be read as TOML"),
        ({"pyproject.toml": "a = '\x00'"}, "cannot be read as TOML"),
        ({"pyproject.toml": "[tool.ruff]\n"}, "has neither [project] nor [build-system]"),
        ({"pyproject.toml": "# " + "x" * 2**21}, "is larger than"),
        (
            {
                "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
                "packages/a/pyproject.toml": HATCHLING,
            },
            "in the folder of one of its projects: packages/a",
        ),
        (
            {"pyproject.toml": f"{SETUPTOOLS}[[tool.sentry-artifacts]]\nproject = 'x'\n"},
            "tool.sentry-artifacts: must be a table",
        ),
        (
            {"pyproject.toml": f"{HATCHLING}[[tool.hatch.build.hooks.sentry]]\nproject = 'x'\n"},
            "tool.hatch.build.hooks.sentry: must be a table",
        ),
        (
            {"pyproject.toml": f"{HATCHLING}[tool.hatch.build]\ntargets = 'wheel'\n"},
            "tool.hatch.build.targets: must be a table",
        ),
        (
            {"pyproject.toml": f"{SETUPTOOLS}[tool.sentry-artifacts]\nurls = 'x'\n"},
            "tool.sentry-artifacts.urls: unknown option",
        ),
        (
            {"pyproject.toml": f"{HATCHLING}[tool.sentry-artifacts]\nproject = 'x'\n"},
            "is for setuptools, and this project's back end is hatchling",
        ),
        (
            {"pyproject.toml": SETUPTOOLS.replace('["setuptools>=77"]', '"setuptools"')},
            "build-system.requires: must be a list of strings",
        ),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    make: Make, files: dict[str, str], told: str
) -> None:
    shell = make(files)
    done = shell.run("init", "--write", *SLUGS)
    assert done.code == 2
    assert told in done.err
    assert done.out == ""
    for path, text in files.items():
        assert (shell.folder / path).read_bytes() == text.encode()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there, and modes are others")
def test_a_link_stays_one_and_the_mode_stays(make: Make, tmp_path: Path) -> None:
    shell = make({"real.toml": SETUPTOOLS})
    (shell.folder / "real.toml").chmod(0o640)
    link = shell.folder / "pyproject.toml"
    link.symlink_to("real.toml")
    shell.run("init", "--write", *SLUGS)
    assert link.is_symlink()
    assert "[tool.sentry-artifacts]" in (shell.folder / "real.toml").read_text("utf-8")
    assert stat.S_IMODE((shell.folder / "real.toml").stat().st_mode) == 0o640
    assert sorted(each.name for each in shell.folder.iterdir()) == [
        ".git",
        "pyproject.toml",
        "real.toml",
    ]


def test_a_folder_of_the_project_will_do(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = make({"pyproject.toml": SETUPTOOLS, "shop/__init__.py": ""})
    monkeypatch.chdir(shell.folder / "shop")
    assert shell.run("init", "--write", *SLUGS).code == 0
    assert "[tool.sentry-artifacts]" in (shell.folder / "pyproject.toml").read_text("utf-8")


def test_json_has_the_same(make: Make) -> None:
    shell = make({"pyproject.toml": POETRY})
    said = shell.run("init", "--json", "--write", *SLUGS).json
    assert said["file"] == str(shell.folder / "pyproject.toml")
    assert said["back_end"] == "poetry.core.masonry.api"
    assert said["written"] is True
    assert said["changes"][0] == {
        "table": "tool.sentry-artifacts",
        "key": "organization",
        "value": "acme",
    }
    assert '+organization = "acme"' in said["diff"]
    assert {"Source maps", "Release pipeline"} <= {each["title"] for each in said["sections"]}
    again = shell.run("init", "--json", *SLUGS).json
    assert (again["changes"], again["diff"], again["written"]) == ([], [], False)
