"""The command line: what it prints where, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.configuration.options import OPTIONS
from tests.support import make_wheel
from tests.support.shell import FILES, Shell


def test_upload_takes_the_project_s_newest_wheel(shell: Shell) -> None:
    make_wheel(shell.folder / "dist", version="1.1.9", files={"shop/old.js": b"old"})
    make_wheel(shell.folder / "dist", name="other", version="9.0", files={"other/x.js": b"x"})
    done = shell.run("upload")
    assert done.code == 0
    assert done.out == ""
    assert re.search(
        r"release (1\.2\.0\+\w+): 2 uploaded \(.* sent in .* s\), see "
        r"http://.*/organizations/acme/releases/1\.2\.0%2B\w+/\n$",
        done.err,
    )


def test_a_second_upload_sends_nothing(shell: Shell) -> None:
    shell.run("upload")
    again = shell.run("upload", "--json")
    assert again.code == 0
    assert again.json["summary"] == {"unchanged": 2}
    assert again.json["requests"] == 2


def test_the_json_report_is_on_stdout_and_nothing_else(shell: Shell) -> None:
    done = shell.run("upload", "--json")
    report = done.json
    assert list(report) == [
        "release", "dist", "organization", "projects", "url", "page", "upload_as", "dry_run",
        "files", "summary", "bytes_sent", "requests", "seconds", "ok", "warnings",
    ]  # fmt: skip
    assert report["ok"] is True
    assert report["organization"] == "acme"
    assert report["projects"] == ["web"]
    (script, _) = report["files"]
    assert script == {
        "path": "shop/static/app.js",
        "name": "~/static/app.js",
        "size": len(FILES["shop/static/app.js"]),
        "sha1": script["sha1"],
        "headers": {"Sourcemap": "app.js.map"},
        "debug_id": None,
        "status": "uploaded",
        "error": None,
        "rule": "first-folder",
    }


def test_several_wheels_give_a_line_of_json_each(shell: Shell, tmp_path: Path) -> None:
    one = make_wheel(tmp_path, version="7.1", files=FILES)
    two = make_wheel(tmp_path, version="7.2", files=FILES)
    done = shell.run("upload", str(one), str(two), "--json")
    releases = [json.loads(line)["release"] for line in done.out.splitlines()]
    assert releases == ["7.1", "7.2"]


def test_wheels_that_give_one_name_to_different_files_are_refused(
    shell: Shell, tmp_path: Path
) -> None:
    one = make_wheel(tmp_path, files=FILES)
    two = make_wheel(tmp_path, "admin", files={"admin/static/app.js": b"other()"})
    done = shell.run("upload", str(one), str(two))
    assert done.code == 2
    assert (
        "admin/static/app.js of admin-1.2.0-py3-none-any.whl would both be ~/static/app.js"
        in done.err
    )
    assert shell.run("list", "1.2.0").code != 0


def test_wheels_that_give_one_name_to_the_same_file_are_uploaded(
    shell: Shell, tmp_path: Path
) -> None:
    one = make_wheel(tmp_path, files=FILES)
    two = make_wheel(tmp_path, "admin", files=FILES)
    assert shell.run("upload", str(one), str(two)).code == 0


def test_wheels_of_different_releases_may_give_one_name(shell: Shell, tmp_path: Path) -> None:
    one = make_wheel(tmp_path, files=FILES)
    two = make_wheel(tmp_path, "admin", files={"admin/static/app.js": b"other()"})
    done = shell.run("upload", str(one), str(two), "--release", "{name}@{version}")
    assert done.code == 0


def test_the_report_goes_to_a_file_too(shell: Shell) -> None:
    shell.run("upload", "--report", "reports/sentry.json")
    report = json.loads((shell.folder / "reports/sentry.json").read_text("utf-8"))
    assert report["summary"] == {"uploaded": 2}


def test_a_report_in_markdown_is_a_table(shell: Shell) -> None:
    shell.run("upload", "--report", "summary.md")
    text = (shell.folder / "summary.md").read_text("utf-8")
    assert text.startswith("## Sentry release `1.2.0+")
    assert "| `shop/static/app.js` | `~/static/app.js` | 36 B | uploaded |" in text


def test_a_dry_run_shows_names_headers_and_sizes_and_sends_nothing(shell: Shell) -> None:
    first = shell.run("upload", "--dry-run")
    assert first.code == 0
    assert [line.split() for line in first.out.splitlines()] == [
        ["new", "36", "B", "~/static/app.js", "Sourcemap:", "app.js.map", "[first-folder]"],
        ["new", "40", "B", "~/static/app.js.map", "[first-folder]"],
    ]
    assert "nothing sent" in first.err
    assert shell.run("list").code == 2  # there is no release yet
    shell.run("upload")
    make_wheel(
        shell.folder / "dist",
        version=_version(shell),
        files={**FILES, "shop/static/app.js": b"other()"},
    )
    second = shell.run("upload", "-n")
    assert [line.split()[0] for line in second.out.splitlines()] == ["changed", "same"]


def test_a_dry_run_needs_no_token(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SENTRY_AUTH_TOKEN")
    done = shell.run("upload", "--dry-run")
    assert done.code == 0
    assert "~/static/app.js" in done.out
    assert "server was not looked at" in done.err


def test_a_folder_is_uploaded_to_the_release_that_is_named(shell: Shell) -> None:
    for path, content in FILES.items():
        (shell.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (shell.folder / path).write_bytes(content)
    done = shell.run("upload", "shop", "--release", "folder-1", "--dist", "d", "--json")
    assert [file["name"] for file in done.json["files"]] == [
        "~/static/app.js",
        "~/static/app.js.map",
    ]
    listed = shell.run("list", "--release", "folder-1", "--json").json
    assert [(file["name"], file["dist"]) for file in listed["files"]] == [
        ("~/static/app.js", "d"),
        ("~/static/app.js.map", "d"),
    ]


def test_list_is_a_table_of_the_current_release(shell: Shell) -> None:
    shell.run("upload")
    done = shell.run("list")
    assert [line.split()[-1] for line in done.out.splitlines()] == [
        "NAME",
        "~/static/app.js",
        "~/static/app.js.map",
    ]
    assert "2 files" in done.err


def test_flags_win_over_the_configuration(shell: Shell) -> None:
    done = shell.run("upload", "-o", "acme", "-p", "other", "-r", "flag-{version}", "--json")
    assert done.json["projects"] == ["other"]
    assert done.json["release"].startswith("flag-1.2.0")


def test_paths_may_be_given_as_flags(shell: Shell) -> None:
    done = shell.run("upload", "--dry-run", "--paths", "shop/static=https://cdn.example/s")
    assert "https://cdn.example/s/app.js.map" in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "nope"], 'no organization "nope"'),
        (["-p", "nope"], 'no project "nope"'),
    ],
)
@pytest.mark.parametrize("command", ["upload", "check"])
def test_an_unknown_destination_is_named(
    shell: Shell, command: str, arguments: list[str], message: str
) -> None:
    done = shell.run(command, *arguments)
    assert done.code == 3
    assert message in done.out + done.err


@pytest.mark.parametrize("command", ["upload", "check"])
def test_a_bad_token_is_told_without_showing_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", "sntryu_" + "f" * 64)
    done = shell.run(command)
    assert done.code == 3
    assert "does not accept the token from SENTRY_AUTH_TOKEN (401" in done.out + done.err


def test_no_token_is_a_matter_of_configuration(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SENTRY_AUTH_TOKEN")
    done = shell.run("upload")
    assert (done.code, done.err) == (
        2,
        (
            "sentry-artifacts: error: no token: set SENTRY_AUTH_TOKEN, or [auth] token in "
            ".sentryclirc\n"
        ),
    )


def test_nothing_to_upload_has_its_own_exit_code(shell: Shell, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files={"shop/__init__.py": b""})
    done = shell.run("upload", str(wheel))
    assert done.code == 4
    assert "looked for *.js" in done.err


def test_a_finding_stops_the_upload_if_that_is_wanted(shell: Shell, tmp_path: Path) -> None:
    script = FILES["shop/static/app.js"]
    wheel = make_wheel(tmp_path, version="8.0", files={"shop/static/app.js": script})
    done = shell.run("upload", str(wheel), "--validate", "error")
    assert done.code == 1
    assert "app.js.map" in done.err
    assert shell.run("list", "--release", "8.0").code == 2
    assert shell.run("upload", str(wheel), "--validate", "off", "-n").err.count("app.js.map") == 0
    assert "warning: shop/static/app.js: refers to" in shell.run("upload", str(wheel)).err


def test_many_findings_of_one_rule_do_not_bury_another(shell: Shell, tmp_path: Path) -> None:
    script = FILES["shop/static/app.js"]
    files = {f"shop/static/{number}.js": script for number in range(20)}
    wheel = make_wheel(tmp_path, files={**files, "shop/static/lone.js.map": b"{}"})
    warnings = [
        line for line in shell.run("upload", str(wheel), "-n").err.splitlines() if "warning" in line
    ]
    assert [line.count("[missing-map]") for line in warnings[:4]] == [1, 1, 1, 1]
    assert "and 17 more [missing-map]" in warnings[3]
    assert any("lone.js.map" in line for line in warnings[4:])


def test_all_that_is_wrong_with_flags_and_configuration_is_told_at_once(shell: Shell) -> None:
    file = shell.folder / "pyproject.toml"
    file.write_text(file.read_text("utf-8") + "retries = 3\nworkers = 0\n", "utf-8")
    done = shell.run("upload", "--timeout", "soon", "--upload-as", "bundle")
    assert done.code == 2
    hook = "tool.hatch.build.targets.wheel.hooks.sentry"
    for part in (f"{hook}.retries: ", f"{hook}.workers: ", "--timeout: ", "--upload-as: "):
        assert part in done.err


def test_a_pyproject_that_is_no_toml_is_told(shell: Shell) -> None:
    (shell.folder / "pyproject.toml").write_text("[project\n", "utf-8")
    done = shell.run("upload")
    assert done.code == 2
    assert "pyproject.toml: cannot be read as TOML" in done.err


def test_two_configurations_are_one_too_many(shell: Shell) -> None:
    file = shell.folder / "pyproject.toml"
    file.write_text(file.read_text("utf-8") + "[tool.sentry-artifacts]\n", "utf-8")
    done = shell.run("upload")
    assert done.code == 2
    assert "tool.sentry-artifacts configure the upload" in done.err


def test_a_project_without_a_wheel_is_told_to_build_one(shell: Shell) -> None:
    for wheel in (shell.folder / "dist").iterdir():
        wheel.unlink()
    done = shell.run("upload")
    assert done.code == 2
    assert "there is no wheel of shop in" in done.err


def test_debug_shows_requests_but_no_token(shell: Shell) -> None:
    done = shell.run("upload", "--debug")
    assert re.search(r"POST http://127.*/files/ answered 201 \[\d+ ms\]", done.err)


@pytest.mark.parametrize("command", ["upload", "list", "check", "serve"])
def test_help_fits_80_columns(shell: Shell, command: str) -> None:
    done = shell.run(command, "--help")
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80


def test_upload_has_a_flag_for_each_option(shell: Shell) -> None:
    text = shell.run("upload", "--help").out
    for key in OPTIONS:
        assert f"--{key}" in text


def test_the_version_is_told(shell: Shell) -> None:
    assert __version__ in shell.run("--version").out


def _version(shell: Shell) -> str:
    (wheel,) = (shell.folder / "dist").glob("*.whl")
    return wheel.name.split("-")[1]


def test_the_step_summary_of_github_gets_markdown_at_its_end(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "step_summary_1234"
    summary.write_text("other steps\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert shell.run("upload", "--report", str(summary)).code == 0
    text = summary.read_text("utf-8")
    assert text.startswith("other steps\n## Sentry release `1.2.0+")


@pytest.mark.parametrize("report", ["../out.json", "{}/out.json", "link.json", "linked/out.json"])
def test_a_report_of_the_configuration_stays_in_the_project(
    shell: Shell, tmp_path: Path, report: str
) -> None:
    (shell.folder / "link.json").symlink_to(tmp_path / "out.json")
    (shell.folder / "linked").symlink_to(tmp_path)
    shell.configure(f'report = "{report.format(tmp_path.as_posix())}"')
    done = shell.run("upload")
    assert done.code == 2
    assert "--report may name any" in done.err
    assert not (tmp_path / "out.json").exists()


def test_a_report_is_written_in_a_dry_run_only_if_a_flag_names_it(shell: Shell) -> None:
    shell.configure('report = "configured.json"')
    shell.run("upload", "--dry-run")
    assert not (shell.folder / "configured.json").exists()
    shell.run("upload", "--dry-run", "--report", "../given.json")
    assert (shell.folder.parent / "given.json").exists()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("shop-1.2.0.tar.gz", "is an sdist"),
        ("app.js", "pass the folder that holds it"),
        ("app.js.map", "pass the folder that holds it"),
    ],
)
def test_what_is_no_wheel_is_called_by_its_name(shell: Shell, name: str, hint: str) -> None:
    (shell.folder / name).write_bytes(b"x")
    done = shell.run("upload", name)
    assert done.code == 2
    assert f"error: {name}: is " in done.err
    assert hint in done.err


def test_a_misspelt_flag_is_answered_with_the_right_one_and_its_command(shell: Shell) -> None:
    done = shell.run("upload", "--projet", "web")
    assert done.code == 2
    assert done.err.startswith("usage: hatch-sentry-artifacts upload ")
    assert "--projet (did you mean --project?)" in done.err


def test_a_home_folder_that_the_shell_put_in_is_recognised(shell: Shell) -> None:
    done = shell.run("upload", "--paths", f"static={Path.home()}/static")
    assert done.code == 2
    assert "quote it, --paths 'static=~/static'" in done.err


@pytest.mark.parametrize("token", [None, ""])
def test_a_missing_token_is_a_warning_for_whoever_says_so(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    monkeypatch.delenv("SENTRY_AUTH_TOKEN")
    if token is not None:
        monkeypatch.setenv("SENTRY_AUTH_TOKEN", token)
    done = shell.run("upload", "--on-error", "warn")
    assert done.code == 0
    assert done.err.splitlines()[-1].startswith("sentry-artifacts: warning: ")
    assert "token" in done.err.splitlines()[-1]
    assert shell.run("upload").code == 2
