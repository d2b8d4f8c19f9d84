"""What the documentation shows in consoles is what happens, word by word, in an empty folder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer
from tests.support.machine import Machine, tool

from .pages import DOCS, Step, files_of, pages_with_consoles, steps_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("wheels"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js with npm"),
    pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a shell"),
]
# Pages that are read one after the other, in one folder.
WALKS = (("quick-start-hatch.md", "did-it-work.md"), ("quick-start-setuptools.md",))
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_ADDRESS = "https://sentry.io"


def _environment(server: LocalServer) -> dict[str, str]:
    """Return what the reader's shell has: the tools, the way to npm's registry, and a token."""
    return {
        "PATH": f"{Path(tool('hatch')[0]).parent}{os.pathsep}{os.environ['PATH']}",
        **{name: os.environ.get(name, "") for name in _PROXIES},
        "SENTRY_URL": server.url,
        "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
    }


def _run(machine: Machine, folder: Path, step: Step, environment: Mapping[str, str]) -> str:
    done = machine.run("sh", "-c", step.command, folder=folder, **environment)
    assert done.code == 0, f"{step.command}\n{done.output}"
    return done.out + done.err


@pytest.mark.parametrize("pages", WALKS, ids="-".join)
def test_commands_print_what_the_page_says(
    machine: Machine, server: LocalServer, tmp_path: Path, pages: tuple[str, ...]
) -> None:
    folder = tmp_path / "reader"
    folder.mkdir()
    environment = _environment(server)
    for page in pages:
        for path, text in files_of(page).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        for step in steps_of(page):
            if step.command.startswith("export "):
                continue
            output = _run(machine, folder, step, environment)
            missing = step.missing(output.replace(server.url, _ADDRESS))
            assert not missing, f"{page}: {step.command}\n{output}"


def test_every_page_with_a_console_is_walked() -> None:
    assert pages_with_consoles() == {page for walk in WALKS for page in walk}
    assert {path.name for path in DOCS.glob("*.md")} >= pages_with_consoles()
