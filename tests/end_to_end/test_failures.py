"""What a build says, and how it ends, where the upload cannot work."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest

from hatch_sentry_artifacts.local_server.server import CI_TOKEN, DEFAULT_TOKEN, LocalServer
from tests.support.project import READ_ONLY_TOKEN, Project
from tests.support.sentry_contents import contents, releases, shipped

from .test_uploads import SHOP

TABLE = "tool.hatch.build.targets.wheel.hooks.sentry"


@pytest.mark.smoke
def test_all_errors_of_the_configuration_come_at_once_before_anything_is_built(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    faulty = copy("faulty")
    result = faulty.build()

    assert result.code == 2
    prefix = f"sentry-artifacts: error: {TABLE}."
    assert [line.removeprefix(prefix).partition(": ")[0] for line in result.err.splitlines()] == [
        "organization",
        "relaese",
        "dist",
        "workers",
        "on-error",
        "upload-as",
        "auth-token",
        "paths",
        "exclude",
    ]
    assert f"{prefix}organization: must be a string, not 42" in result.err.splitlines()
    assert "sntrys_" not in result.output
    assert faulty.wheels == []
    assert releases(server) == []


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("forum", "tool.hatch.build.hooks.sentry"),
        ("wiki", "hatch.toml: build.targets.wheel.hooks.sentry"),
    ],
)
def test_an_error_names_the_table_that_it_stands_in(
    copy: Callable[[str], Project], name: str, table: str
) -> None:
    project = copy(name)
    file = "hatch.toml" if name == "wiki" else "pyproject.toml"
    project.edit('project = "web"', 'project = "web"\nworkers = 0', file)
    result = project.build()

    assert result.code == 2
    assert result.lines == [f"error: {table}.workers: must be a whole number from 1 to 128, not 0"]


REFUSALS = {
    "bad token": ({"SENTRY_AUTH_TOKEN": "b" * 40}, "(401: Invalid token)"),
    "missing scope": ({"SENTRY_AUTH_TOKEN": READ_ONLY_TOKEN}, "403"),
    "unknown organization": ({"SENTRY_ORG": "nobody"}, "nobody"),
    "unknown project": ({"SENTRY_PROJECT": "nothing"}, "nothing"),
}


@pytest.mark.parametrize(("environment", "named"), REFUSALS.values(), ids=list(REFUSALS))
def test_a_refusal_fails_the_build_and_leaves_the_wheel(
    shop: Project, server: LocalServer, environment: dict[str, str], named: str
) -> None:
    result = shop.build(**environment)

    assert result.code == 3
    errors = [line for line in result.lines if line.startswith("error: ")]
    assert len(errors) == 1
    assert named in errors[0]
    assert result.lines[-1].endswith(f"hatch-sentry-artifacts upload dist/{shop.wheel.name}")
    assert shop.wheel
    assert releases(server) == []


def test_with_on_error_warn_the_build_goes_on_and_says_what_is_missing(
    shop: Project, server: LocalServer
) -> None:
    shop.configure('on-error = "warn"', 'report = "sentry.json"')
    result = shop.build(SENTRY_AUTH_TOKEN=READ_ONLY_TOKEN)

    assert result.code == 0
    warnings = [line for line in result.lines if line.startswith("warning: ")]
    assert len(warnings) == 1
    assert warnings[0].endswith('(the build goes on, since on-error is "warn")')
    assert shop.wheel
    report = json.loads(shop.folder.joinpath("sentry.json").read_text("utf-8"))
    assert (report["ok"], report["summary"]) == (False, {"failed": 4})
    assert releases(server) == []


def test_on_error_warn_does_not_hide_a_wrong_configuration(shop: Project) -> None:
    shop.configure('on-error = "warn"', "workers = 0")

    assert shop.build().code == 2
    assert shop.wheels == []


@pytest.mark.parametrize(("on_error", "code"), [("fail", 1), ("warn", 0)])
def test_a_conflict_changes_nothing_and_names_the_file(
    shop: Project, server: LocalServer, on_error: str, code: int
) -> None:
    shop.build()
    before = contents(server, "1.2.0")
    shop.configure('on-conflict = "error"', f'on-error = "{on_error}"')
    shop.edit("e.data+1", "e.data+2", "shop/static/js/worker.mjs")
    result = shop.build()

    assert result.code == code
    assert "release 1.2.0 holds other content under these names" in result.lines[-2]
    assert [line for line in result.err.splitlines() if "~/" in line] == [
        "  ~/static/js/worker.mjs"
    ]
    assert contents(server, "1.2.0") == before


def test_a_token_without_the_right_to_delete_still_replaces(
    shop: Project, server: LocalServer
) -> None:
    assert shop.build(SENTRY_AUTH_TOKEN=CI_TOKEN).code == 0
    shop.edit("e.data+1", "e.data+2", "shop/static/js/worker.mjs")
    result = shop.build(SENTRY_AUTH_TOKEN=CI_TOKEN, SENTRY_ARTIFACTS="upload")

    assert result.code == 0
    wanted = shipped(shop.wheel, SHOP)
    held = contents(server, "1.2.0")
    assert {name: held[name] for name in wanted} == wanted


@pytest.mark.parametrize(("validate", "code"), [("warn", 0), ("error", 1), ("off", 0)])
def test_a_reference_without_its_map_is_found(
    shop: Project, server: LocalServer, validate: str, code: int
) -> None:
    shop.configure(f'validate = "{validate}"')
    shop.folder.joinpath("shop/static/js/app.js.map").unlink()
    result = shop.build()

    assert result.code == code
    assert ("refers to app.js.map" in result.output) is (validate != "off")
    assert releases(server) == ([] if validate == "error" else ["1.2.0"])


def test_a_token_goes_nowhere_where_only_the_project_s_files_want_it(
    shop: Project, server: LocalServer
) -> None:
    shop.configure('url = "http://127.0.0.1:9"')
    clirc = f"[defaults]\nurl = {server.url}\n[auth]\ntoken = {DEFAULT_TOKEN}\n"
    shop.machine.home.joinpath(".sentryclirc").write_text(clirc, "utf-8")
    result = shop.without("SENTRY_AUTH_TOKEN", "SENTRY_URL").build(SENTRY_ARTIFACTS="upload")

    assert result.code == 2
    assert server.url in result.lines[0]
    assert "http://127.0.0.1:9" in result.lines[0]


def test_a_sentryclirc_that_cannot_be_read_is_named_and_not_shown(shop: Project) -> None:
    file = shop.folder / ".sentryclirc"
    file.write_text(f"[auth\ntoken = {DEFAULT_TOKEN}\n", "utf-8")
    tokenless = shop.without("SENTRY_AUTH_TOKEN")
    problem = f"{file}: cannot be read as an INI file (MissingSectionHeaderError): "

    result = tokenless.build(SENTRY_ARTIFACTS="upload")
    assert result.code == 2
    assert result.lines[0].startswith(f"error: {problem}")


@pytest.mark.slow  # every retry is waited for
@pytest.mark.parametrize(("on_error", "code"), [("fail", 1), ("warn", 0)])
def test_a_server_that_does_not_answer_is_one_clear_line(
    shop: Project, on_error: str, code: int
) -> None:
    shop.configure(f'on-error = "{on_error}"')
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        result = shop.build(SENTRY_URL=url)

    assert result.code == code
    kind = "error" if on_error == "fail" else "warning"
    problems = [line for line in result.lines if line.startswith(f"{kind}: ")]
    assert len(problems) == 1
    assert url in problems[0]
    assert shop.wheel
