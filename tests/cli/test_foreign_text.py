"""Names in wheels, and texts in maps, reach no terminal, log or page unescaped."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import make_wheel
from tests.support.shell import Shell

pytestmark = pytest.mark.integration

ATTACKS = (
    "x\n::error title=pwned::run this\n.ts",
    "\x1b]0;pwned\x07\x1b[2J\x9b31m.ts",
    "\u202egpj.ts\u2028::error::x",
    "##[error]##vso[task.setvariable]x.ts",
)


def _wheel(shell: Shell, attack: str) -> Path:
    source_map = {"version": 3, "sources": [attack], "names": [], "mappings": "AAAA"}
    (shell.folder / "hostile").mkdir()
    return make_wheel(
        shell.folder / "hostile",
        files={
            f"shop/{attack.replace('/', '')}.js": b"a()",
            "shop/a.js": b"var a=1;\n//# sourceMappingURL=a.js.map\n",
            "shop/a.js.map": json.dumps(source_map).encode(),
        },
    )


def _assert_harmless(text: str) -> None:
    assert all(character.isprintable() or character == "\n" for character in text)
    assert not [line for line in text.split("\n") if line.lstrip().startswith("::")]
    assert "##[" not in text
    assert "##vso[" not in text


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "arguments",
    [
        ["upload"],
        ["upload", "--dry-run"],
        ["upload", "--json", "--validate", "error"],
        ["upload", "--json"],
        ["explain", "https://h/a.js:1:1", "--from"],
        ["explain", "https://h/a.js:1:1", "--json", "--from"],
        ["upload", "--report", "report.md"],
        ["upload", "--report", "report.json"],
    ],
)
def test_no_command_passes_foreign_text_on(shell: Shell, attack: str, arguments: list[str]) -> None:
    wheel = _wheel(shell, attack)
    done = shell.run(*arguments, str(wheel))
    _assert_harmless(done.out)
    _assert_harmless(done.err)
    for report in shell.folder.glob("report.*"):
        _assert_harmless(report.read_text("utf-8"))
    assert "pwned" not in attack or "pwned" in done.out + done.err or "--report" in arguments


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are no bytes there")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_lone_surrogates_are_shown_whatever_the_encoding(
    shell: Shell, encoding: str, flags: list[str]
) -> None:
    (shell.folder / "x").mkdir()
    (shell.folder / "x" / "a.js").write_text("a()")
    command = [sys.executable, "-m", "hatch_sentry_artifacts", "explain", *flags, "--from", "x"]
    done = subprocess.run(
        [*map(str.encode, command), "https://h/é".encode() + b"\xff.js"],
        env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1", "PATH": ""},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr == b""
    assert rb"\udcff.js" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize("arguments", [["explain", "https://h/a.js", "--from", "x"], ["--help"]])
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_output_that_cannot_be_written_is_told_without_a_traceback(
    shell: Shell, arguments: list[str], flags: list[str]
) -> None:
    (shell.folder / "x").mkdir()
    (shell.folder / "x" / "a.js").write_text("a()")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "hatch_sentry_artifacts", *arguments, *flags],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if "explain" in arguments:
        assert done.returncode == 1
        assert done.stderr.startswith("sentry-artifacts: error: the output cannot be written: ")


def test_output_that_nobody_reads_ends_quietly(shell: Shell) -> None:
    (shell.folder / "x").mkdir()
    (shell.folder / "x" / "a.js").write_text("a()")
    command = [sys.executable, "-m", "hatch_sentry_artifacts", "explain"]
    process = subprocess.Popen(
        [*command, "https://h/a.js", "--from", "x"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr as stderr:
        assert stderr.read() == ""
    assert process.wait() == 1


def test_a_stream_that_was_closed_before_the_start_is_no_error(shell: Shell) -> None:
    command = f'"{sys.executable}" -m hatch_sentry_artifacts upload --dry-run >&- 2>&-'
    done = subprocess.run(command, shell=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0
