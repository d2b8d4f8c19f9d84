"""What is printed, and written, where a build service runs an upload."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.faults import answer, late_answer
from tests.support import make_wheel
from tests.support.shell import FILES, Shell

pytestmark = pytest.mark.integration
# It tries to write commands into the log, and Markdown into the page.
_HOSTILE = "::error::x %0A |`a`|.js"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    """Return the file of the step's summary, to which another step has written."""
    file = tmp_path / "step_summary_1234"
    file.write_text("# Other\n", "utf-8")
    return file


@pytest.fixture
def github(shell: Shell, summary: Path) -> Run:
    """Return what runs a command as a step of GitHub Actions does."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_STEP_SUMMARY": str(summary)}
        return subprocess.run(
            [sys.executable, "-m", "hatch_sentry_artifacts", *arguments],
            check=False,
            cwd=shell.folder,
            env={**os.environ, **given, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )

    return run


def _commands(output: str) -> list[str]:
    """Return what the runner takes for its commands."""
    return [line for line in output.splitlines() if re.match(r"\s*::", line) or "##[" in line]


def test_an_upload_folds_its_names_and_adds_to_the_summary(
    github: Run, shell: Shell, summary: Path
) -> None:
    wheel = make_wheel(shell.folder / "dist", version="2.0", files={"shop/a.js": b"a", **FILES})
    done = github("upload", str(wheel))
    assert (done.returncode, done.stdout) == (0, "")
    assert _commands(done.stderr) == [
        "::group::sentry-artifacts: 3 files of release 2.0",
        "::endgroup::",
    ]
    lines = done.stderr.splitlines()
    within = lines[lines.index("::endgroup::") - 3 : lines.index("::endgroup::")]
    assert within[0] == "  uploaded  ~/a.js  1 B"
    page = r"http://127\.0\.0\.1:\d+/organizations/acme/releases/2\.0/"
    assert re.search(rf"release 2\.0: 3 uploaded \(.*\), see {page}$", lines[-1])
    text = summary.read_text("utf-8")
    assert text.startswith("# Other\n## Sentry release `2.0`\n\n3 uploaded (")
    assert re.search(rf"\. \[The release in Sentry\]\({page}\)\n", text)
    assert "\n| `shop/a.js` | `~/a.js` | 1 B | uploaded |\n" in text


def test_warnings_are_annotations_that_foreign_names_cannot_write(
    github: Run, shell: Shell, summary: Path
) -> None:
    script = b"//# sourceMappingURL=gone.js.map\n"
    wheel = make_wheel(shell.folder / "dist", version="2.1", files={f"shop/{_HOSTILE}": script})
    done = github("upload", str(wheel))
    assert done.returncode == 0
    warning, *rest = _commands(done.stderr)
    assert warning.startswith("::warning::sentry-artifacts: shop/::error::x %250A |`a`|.js: refers")
    assert [line.partition("::group::")[0] for line in rest] == ["", "::endgroup::"]
    warned = [line for line in summary.read_text("utf-8").splitlines() if line.startswith("- ")]
    assert len(warned) == 1
    assert warned[0].startswith("- ``shop/::error::x %0A \\|`a`\\|.js: refers to gone.js.map")


def test_an_error_is_an_annotation_and_in_the_summary(
    github: Run, shell: Shell, summary: Path
) -> None:
    done = github("upload", SENTRY_AUTH_TOKEN="a" * 64)
    assert done.returncode == 3
    (error,) = _commands(done.stderr)
    assert re.match(r"::error::sentry-artifacts: .* does not accept the token", error)
    text = summary.read_text("utf-8")
    assert re.search(r"\n\*\*Error:\*\*\n\n- `http.* does not accept the token", text)

    done = github("upload", "--paths", "nowhere=~/x")
    assert done.returncode == 4
    assert "## Sentry: `shop-1.2.0" in summary.read_text("utf-8")


def test_the_server_s_own_words_are_escaped(
    github: Run, shell: Shell, shared_server: LocalServer, summary: Path
) -> None:
    words = b'{"detail": "no\\n::error::evil ##[error]evil <script>"}'
    with FaultProxy(shared_server.url) as proxy:
        fault = answer(400, {"Content-Type": "application/json"}, words)
        proxy.on(fault, path="/releases/", times=float("inf"))
        done = github("upload", "--url", proxy.url)
    assert done.returncode == 1
    assert len(_commands(done.stderr)) == 1
    (shown,) = [line for line in summary.read_text("utf-8").splitlines() if "<script>" in line]
    assert re.fullmatch(r"- `.*<script>.*`", shown)


def test_a_dry_run_writes_no_summary(github: Run, summary: Path) -> None:
    assert github("upload", "--dry-run").returncode == 0
    assert summary.read_text("utf-8") == "# Other\n"


def test_a_summary_that_is_the_report_is_written_once(github: Run, summary: Path) -> None:
    assert github("upload", "--report", str(summary)).returncode == 0
    assert summary.read_text("utf-8").count("## Sentry release") == 1


def test_a_summary_that_cannot_be_written_fails_nothing(github: Run, tmp_path: Path) -> None:
    done = github("upload", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert done.returncode == 0
    assert "::warning::sentry-artifacts: GITHUB_STEP_SUMMARY: " in done.stderr


def test_a_markdown_report_holds_an_error_that_left_nothing_else_to_report(shell: Shell) -> None:
    done = shell.run("upload", "--paths", "nowhere=~/x", "--report", "all.md")
    assert done.code == 4
    text = (shell.folder / "all.md").read_text("utf-8")
    assert re.match(r"## Sentry: `shop-1.2.0.*` was not uploaded\n\n\*\*Error:\*\*\n\n- `", text)


def test_a_markdown_report_is_added_to(shell: Shell) -> None:
    for _ in range(2):
        assert shell.run("upload", "--report", "all.md").code == 0
    assert (shell.folder / "all.md").read_text("utf-8").count("## Sentry release") == 2


@pytest.mark.parametrize(
    ("way", "first"), [("release-files", "/releases/"), ("artifact-bundle", "/chunk-upload/")]
)
def test_a_line_tells_how_far_it_is_where_there_is_no_terminal(
    shell: Shell,
    shared_server: LocalServer,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    first: str,
) -> None:
    monkeypatch.setattr("hatch_sentry_artifacts.progress.SECONDS", 0.2)
    with FaultProxy(shared_server.url) as proxy:
        proxy.on(late_answer(1.5), method="GET", path=first)
        done = shell.run("upload", "--url", proxy.url, "--upload-as", way)
    assert done.code == 0
    told = re.findall(
        r"sentry-artifacts: 0 of 2 files, 0 B of 76 B after \d(?:\.\d)? s\n", done.err
    )
    assert len(told) >= 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_report_into_a_pipe_that_nobody_reads_is_an_error(shell: Shell) -> None:
    os.mkfifo(shell.folder / "report.json")
    done = shell.run("upload", "--dry-run", "--report", str(shell.folder / "report.json"))
    assert done.code == 2
    assert "the report could not be written to" in done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_report_into_a_pipe_that_is_read_comes_whole(shell: Shell) -> None:
    pipe = shell.folder / "report.json"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(reader) as opened:
        assert shell.run("upload", "--dry-run", "--report", str(pipe)).code == 0
        assert json.loads(opened.read())["dry_run"] is True
