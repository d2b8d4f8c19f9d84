"""Comments and references of real scripts, against an independent parser and a browser's engine."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.assets.scripts.comments import EndingReader, read_ending
from hatch_sentry_artifacts.assets.scripts.lexer import Lexer
from tests.wheels.bundles import make_bundles, npm_folder
from tests.wheels.published import FINDINGS, download, scripts_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js with npm"),
]
BLOCK = 256 * 1024
TIMEOUT = 600.0


def said_by_node(scripts: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Yield what acorn and V8 say of each script that is JavaScript."""
    acorn = npm_folder() / "node_modules" / "acorn"
    command = ["node", "--stack-size=4000", "--max-old-space-size=4000"]
    done = subprocess.run(
        [*command, str(Path(__file__).with_name("comments.js")), str(acorn)],
        input="\n".join(str(script) for script in scripts).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=TIMEOUT,
    )
    for line in done.stdout.splitlines():
        said = json.loads(line)
        if said["comments"] is not None:
            yield said


def compare(said: dict[str, Any]) -> None:
    content = Path(said["path"]).read_bytes()
    reader = EndingReader()
    for start in range(0, len(content), BLOCK):
        reader.feed(content[start : start + BLOCK])
    lexer = Lexer(content)
    found = [[start, end, mark == b"/*"] for start, end, mark in lexer.comments()]
    assert found == said["comments"]
    assert lexer.code_end == said["codeEnd"]
    url = reader.ending(lambda: content).url
    assert url == read_ending(content).url == said["reference"]
    if url is None or " " not in url:
        assert url == said.get("v8", url)


# A quarter of them, as acorn takes long, and for one of them longer than for all others.
_READ = [each for each in list(FINDINGS)[::4] if not each.startswith("panel=")]


@pytest.mark.parametrize("requirement", _READ)
def test_every_comment_of_a_published_script_is_found(requirement: str, tmp_path: Path) -> None:
    scripts = []
    for number, (path, content) in enumerate(scripts_of(download(requirement))):
        scripts.append(tmp_path / f"{number:05} {Path(path).name}")
        scripts[-1].write_bytes(content)
    compared = 0
    for said in said_by_node(scripts):
        compare(said)
        compared += 1
    # The others are templates of scripts, and JSON.
    assert compared > 0.97 * len(scripts) - 3


def test_every_comment_of_minified_bundles_is_found(tmp_path: Path) -> None:
    scripts = make_bundles(tmp_path)[::2]
    compared = list(said_by_node(scripts))
    assert len(compared) == len(scripts)
    for said in compared:
        compare(said)
    assert sum(bool(said["reference"]) for said in compared) == len(scripts)
