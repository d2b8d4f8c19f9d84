"""What the command line shows on a terminal, and how much of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.faults import answer, late_answer
from tests.support import make_wheel
from tests.support.shell import Shell

MANY = {f"shop/static/{number:02}.js": b"%d" % number for number in range(14)}
# Each refers to a map that is not there.
LONELY = dict.fromkeys(MANY, b"//# sourceMappingURL=gone.map\n")
OnTerminal = Callable[..., str]


@pytest.fixture
def on_terminal(shell: Shell) -> OnTerminal:
    """Return what runs a command on a terminal of 80 columns, and returns what it shows there."""
    pty = pytest.importorskip("pty")

    def run(*arguments: str, typed: str = "", **environment: str) -> str:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "hatch_sentry_artifacts", *arguments]
        given = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **environment}
        with subprocess.Popen(
            command, cwd=shell.folder, env=given, stdin=theirs, stdout=theirs, stderr=theirs
        ) as process:
            os.close(theirs)
            os.write(ours, typed.encode())
            shown = b""
            while block := _read(ours):
                shown += block
            process.wait(60)
        os.close(ours)
        return shown.decode("utf-8").replace("\r\n", "\n")

    return run


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so that the other side has closed it
        return b""


@pytest.mark.integration
@pytest.mark.parametrize(
    ("environment", "head"),
    [
        ({}, "\x1b[31msentry-artifacts: error:\x1b[0m "),
        ({"NO_COLOR": "1"}, "sentry-artifacts: error: "),
    ],
)
def test_errors_are_red_on_a_terminal(
    on_terminal: OnTerminal, environment: dict[str, str], head: str
) -> None:
    assert on_terminal("upload", "gone.whl", **environment).startswith(f"{head}gone.whl")


@pytest.mark.integration
def test_messages_stand_beside_the_bar_and_nothing_is_left_of_it(
    on_terminal: OnTerminal, shared_server: LocalServer
) -> None:
    with FaultProxy(shared_server.url) as proxy:
        proxy.on(late_answer(1.5), method="GET", path="/releases/")
        proxy.on(answer(503), method="POST", path="/files/")
        shown = on_terminal("upload", "--url", proxy.url)
    assert re.search(r"\r  0%\| +\| 0/2 \[", shown)  # the bar
    # What a terminal shows in the end of what is written over.
    lines = [_overwritten(line) for line in shown.rstrip().split("\n")]
    told = [line for line in lines if " answered 503 (no); attempt 2 of 6 follows in " in line]
    assert [line[:18] for line in told] == ["sentry-artifacts: "]
    assert [line for line in lines if "%|" in line] == []
    assert lines[-1].startswith("sentry-artifacts: release 1.2.0")


def _overwritten(line: str) -> str:
    shown = ""
    for part in line.split("\r"):
        shown = part + shown[len(part) :]
    return shown.rstrip()


def test_a_normal_run_names_ten_files(shell: Shell) -> None:
    wheel = make_wheel(shell.folder / "dist", version="3.0", files=MANY)
    lines = shell.run("upload", str(wheel)).err.splitlines()
    named = [line for line in lines if line.startswith("  ")]
    assert named[0] == "  uploaded  ~/static/00.js  1 B"
    assert (len(named), named[-1]) == (11, "  … and 4 more")

    again = shell.run("upload", str(wheel)).err
    assert "~/static" not in again  # nothing was done to them
    verbose = shell.run("-v", "upload", str(wheel)).err
    line = r"(?m)^  unchanged ~/static/\d\d\.js  \d B  \[first-folder\]$"
    assert len(re.findall(line, verbose)) == 14


def test_quiet_leaves_warnings_and_errors(shell: Shell) -> None:
    wheel = make_wheel(shell.folder / "dist", version="3.1", files=LONELY)
    done = shell.run("upload", "-q", str(wheel))
    assert (done.code, done.out) == (0, "")
    lines = done.err.splitlines()
    assert [line for line in lines if not line.startswith("sentry-artifacts: warning: ")] == []
    assert len(lines) == 4
    assert "11 more [missing-map]; -v, or" in lines[-1]
    assert len(shell.run("upload", "-q", "-v", "-n", str(wheel)).err.splitlines()) > 4

    done = shell.run("upload", "-q", "gone.whl")
    assert done.err.startswith("sentry-artifacts: error: gone.whl: ")


def test_verbose_lists_every_finding(shell: Shell) -> None:
    wheel = make_wheel(shell.folder / "dist", version="3.2", files=LONELY)
    told = [
        line for line in shell.run("upload", "-v", str(wheel)).err.splitlines() if "gone" in line
    ]
    assert len(told) == 14


def test_the_command_alone_shows_its_help(shell: Shell) -> None:
    done = shell.run()
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("usage: hatch-sentry-artifacts ")
    assert "    upload       upload the scripts" in done.err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("uplaod", "there is no command uplaod: did you mean upload?"),
        ("chekc", "there is no command chekc: did you mean check?"),
        ("frobnicate", "there is no command frobnicate: there are init, upload, inject, "),
    ],
)
def test_a_misspelt_command_is_answered_with_the_right_one(
    shell: Shell, given: str, told: str
) -> None:
    done = shell.run(given, "--release", "1")
    assert done.code == 2
    assert f"sentry-artifacts: error: {told}" in done.err


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "tcsh", "powershell"])
def test_completion_knows_commands_and_flags(shell: Shell, name: str) -> None:
    done = shell.run("completion", name)
    assert (done.code, done.err) == (0, "")
    assert all(word in done.out for word in ("explain", "on-conflict", "artifact-bundle"))


@pytest.mark.integration
@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["expl"], {"explain"}),
        (["upload", "--on-"], {"--on-conflict", "--on-error"}),
        (["upload", "--on-conflict", "re"], {"replace"}),
    ],
)
def test_bash_completes(
    shell: Shell, tmp_path: Path, words: list[str], completed: set[str]
) -> None:
    file = tmp_path / "completion.bash"
    file.write_text(shell.run("completion", "bash").out, "utf-8")
    script = (
        f'source "{file}"; COMP_WORDS=(hatch-sentry-artifacts {" ".join(words)}); '
        f"COMP_CWORD={len(words)}; _shtab_hatch_sentry_artifacts; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script, "bash"], check=False, capture_output=True, encoding="utf-8"
    )
    assert {line.strip() for line in done.stdout.splitlines()} == completed, done.stderr


@pytest.mark.integration
def test_prune_asks_on_a_terminal_and_deletes_only_for_a_yes(
    on_terminal: OnTerminal, shell: Shell
) -> None:
    for number in "12":
        shell.run("upload", "--release", f"asked-{shell.folder.stat().st_ino}-{number}")
    pattern = f"asked-{shell.folder.stat().st_ino}-*"
    command = ("prune", "--keep", "1", "--release", pattern)
    assert "nothing was deleted, as no one can be asked" in on_terminal(*command, CI="true")
    shown = on_terminal(*command, typed="\n")
    assert "delete 2 files, 76 B? [y/N]" in shown
    assert "nothing was deleted" in shown
    assert "deleted 2 files and 0 artifact bundles (76 B)" in on_terminal(*command, typed="y\n")
