"""What the lexer takes for comments and code, judged by parsers of JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from hatch_sentry_artifacts.assets.scripts.lexer import Lexer
from tests.assets.scripts.tails import SCRIPTS
from tests.wheels.bundles import npm_folder

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js with npm")


class Acorn:
    """A node process that tells what acorn finds in one script after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [
                "node",
                str(Path(__file__).with_name("comments_of_acorn.js")),
                str(npm_folder() / "node_modules" / "acorn"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def read(self, script: str) -> Any:
        """Return comments and the end of the code, in characters; None for what is no script."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(script) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def acorn() -> Iterator[Acorn]:
    running = Acorn()
    yield running
    running.stop()


def characters(script: bytes, offset: int) -> int:
    return len(script[:offset].decode())


@needs_npm
@pytest.mark.slow
@settings(
    max_examples=1_000,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(script=SCRIPTS)
def test_acorn_finds_the_same_comments_in_whatever_is_a_script(acorn: Acorn, script: str) -> None:
    said = acorn.read(script)
    assume(said is not None)
    content = script.encode()
    lexer = Lexer(content)
    found = [
        [characters(content, start), characters(content, end), mark == b"/*"]
        for start, end, mark in lexer.comments()
    ]
    assert found == said["comments"]
    assert characters(content, lexer.code_end) == said["codeEnd"]


@pytest.mark.parametrize(
    "text",
    [
        'x="UNIT"'.replace("UNIT", "\\a" * 5_000),
        "x=[UNIT]".replace("UNIT", "1," * 5_000),
        "x=`UNIT`".replace("UNIT", "$a\\`" * 5_000),
        "x=/UNIT/".replace("UNIT", "\\/[a]" * 5_000),
        "//UNIT".replace("UNIT", "€" * 5_000),
        "é" * 5_000,
        "(" * 5_000,
        "`${" * 5_000,
        '\\"' * 5_000,
        "=/[" * 5_000,
        "<!--" * 5_000,
        "-->" * 5_000,
        "/*" * 5_000,
        "function " * 5_000,
        "\n" * 5_000,
        "\u00a0" * 5_000,
    ],
    ids=lambda text: text[:12],
)
def test_memory_is_bounded_whatever_is_read(text: str) -> None:
    script = text.encode()
    tracemalloc.start()
    for _ in Lexer(script).comments():
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * len(script) + 100_000
