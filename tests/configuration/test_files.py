"""Files that configure an upload: bounded, regular, and trusted, or a clear error."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hatch_sentry_artifacts.configuration.credentials.settings import Settings, find_settings
from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
from hatch_sentry_artifacts.configuration.files import is_trusted, read_toml
from hatch_sentry_artifacts.configuration.options import Source, read_options
from hatch_sentry_artifacts.configuration.project import find_project_folder, read_project
from hatch_sentry_artifacts.errors import ConfigurationError

NAMELESS = "0123456789abcdef" * 4
SERVER = "https://sentry.acme.example"
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to give files away"
)
STRANGER = 12345

BAD_TOML = {
    "nested arrays": b"a = " + b"[" * 100_000,
    "nested tables": b"a = " + b"{a=" * 50_000,
    "a key of many parts": b"a" + b".a" * 100_000 + b" = 1",
    "a table of many parts": b"[" + b"'a' . \"b\" . " * 50_000 + b"a]",
    "an inline key of many parts": b"a = {b" + b".a" * 100_000 + b" = 1}",
    "a huge number": b"a = " + b"9" * 10_000,
    "too large": b"#" * (3 * 1024 * 1024),
    "no UTF-8": b'a = "\xff"',
    "no TOML": b"a",
}


@pytest.mark.parametrize(
    "content",
    [
        b"a.b.c.d.e.f.g.h = 1",
        b'a = "' + b".".join([b"b"] * 30) + b'"',
        b"a = [" + b'"https://www.example.com/a.b", ' * 500 + b"]",
        b"# ..." + b"." * 500,
    ],
    ids=["a key of eight parts", "a text with dots", "many texts with dots", "a comment of dots"],
)
def test_toml_with_dots_is_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    assert read_toml(tmp_path / "pyproject.toml") is not None


def test_more_patterns_than_anybody_writes_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="must hold at most 10000 patterns, not 200000"):
        read_options(Source({"include": ["*.js"] * 200_000}))


@pytest.mark.parametrize("content", BAD_TOML.values(), ids=list(BAD_TOML))
def test_toml_that_cannot_be_read_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as raised:
        read_toml(file)
    assert str(raised.value).startswith(f"{file}: ")
    assert len(str(raised.value)) < len(str(file)) + 200


@posix
@pytest.mark.parametrize("name", ["pyproject.toml", "hatch.toml"])
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(ConfigurationError, match="is no regular file"):
        read_project(tmp_path)


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(ConfigurationError, match=r"pyproject\.toml: "):
        read_project(tmp_path)


def _nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize("value", [_nested(100_000), 16**100_000], ids=["nested", "huge"])
@pytest.mark.parametrize("key", ["organization", "project", "workers", "timeout", "paths", "url"])
def test_values_that_cannot_be_shown_are_refused_like_others(key: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"tool.{key}"):
        read_options(Source({key: value}, "tool"))


def _settings(folder: Path, home: Path | None, **environment: str) -> Settings:
    return find_settings(environment=environment, folder=folder, home=home)


@posix
def test_a_sentryclirc_that_is_a_pipe_or_too_large_is_told(tmp_path: Path) -> None:
    file = tmp_path / ".sentryclirc"
    file.write_bytes(b"#" * (1024 * 1024))
    assert "larger than" in _settings(tmp_path, None).problems[0]
    file.unlink()
    os.mkfifo(file)
    assert "no regular file" in _settings(tmp_path, None).problems[0]


@pytest.mark.parametrize("name", ["h" * 5000, "with\0zero"])
def test_a_home_that_cannot_be_is_no_home(tmp_path: Path, name: str) -> None:
    assert _settings(tmp_path, tmp_path / name).problems == []


@as_root
def test_another_user_s_files_above_do_not_count(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text("", "utf-8")
    assert find_project_folder(inner) == tmp_path
    os.chown(pyproject, STRANGER, STRANGER)
    assert find_project_folder(inner) == inner
    # Where one works, one knows what lies there: as in a container on another user's checkout.
    assert find_project_folder(tmp_path) == tmp_path


@as_root
def test_another_user_s_hatch_toml_above_does_not_count_either(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    for name in ("pyproject.toml", "hatch.toml"):
        tmp_path.joinpath(name).write_text("", "utf-8")
    os.chown(tmp_path / "hatch.toml", STRANGER, STRANGER)
    assert find_project_folder(inner) == inner


@as_root
@pytest.mark.parametrize("owned", ["the link", "what it leads to"])
def test_a_link_is_trusted_if_both_ends_are(tmp_path: Path, owned: str) -> None:
    file, link = tmp_path / "file", tmp_path / ".sentryclirc"
    file.write_text(f"[defaults]\nurl={SERVER}\n", "utf-8")
    link.symlink_to(file)
    assert is_trusted(link)
    os.chown(link if owned == "the link" else file, STRANGER, STRANGER, follow_symlinks=False)
    assert not is_trusted(link)
    assert _settings(tmp_path, None).url.value == "https://sentry.io"


def _of_command(folder: Path, home: Path, configured: Wanted, **environment: str) -> Settings:
    given = {"SENTRY_AUTH_TOKEN": NAMELESS, **environment}
    return find_settings(
        environment=given, folder=folder, home=home, configured=configured, by_command=True
    )


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    project, home = tmp_path / "project", tmp_path / "home"
    project.mkdir()
    home.mkdir()
    return project, home


@pytest.mark.parametrize("where", ["pyproject.toml", ".sentryclirc"])
def test_a_command_sends_a_nameless_token_nowhere_on_the_word_of_the_project_alone(
    folders: tuple[Path, Path], where: str
) -> None:
    project, home = folders
    configured = Wanted()
    if where == "pyproject.toml":
        configured = Wanted(url=SERVER, source=where)
    else:
        project.joinpath(where).write_text(f"[defaults]\nurl={SERVER}\n", "utf-8")
    (problem,) = _of_command(project, home, configured).problems

    assert f"pass --url {SERVER}, or set SENTRY_URL" in problem
    assert NAMELESS not in problem
    assert _of_command(project, home, configured, SENTRY_URL=SERVER).problems == []
    home.joinpath(".sentryclirc").write_text(f"[defaults]\nurl={SERVER}\n", "utf-8")
    assert _of_command(project, home, configured).problems == []


def test_sentry_io_needs_no_word_of_its_own(folders: tuple[Path, Path]) -> None:
    configured = Wanted(url="https://de.sentry.io", source="pyproject.toml")
    assert _of_command(*folders, configured).problems == []


def test_a_server_that_the_home_names_wrongly_is_no_word(folders: tuple[Path, Path]) -> None:
    folders[1].joinpath(".sentryclirc").write_text("[defaults]\nurl=http://[::1\n", "utf-8")
    assert _of_command(*folders, Wanted(url=SERVER, source="pyproject.toml")).problems


@pytest.mark.parametrize(
    ("line", "meant"), [("a = True", "true"), ("b = Off # c", "false"), ("c = None", "false")]
)
def test_values_of_other_languages_are_answered_with_those_of_toml(
    tmp_path: Path, line: str, meant: str
) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(f"[tool]\n{line}\n", "utf-8")

    with pytest.raises(ConfigurationError, match=rf"did you mean {meant}\?"):
        read_toml(file)
