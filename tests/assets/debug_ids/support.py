"""Runs node, and makes scripts and maps."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node.js")
MAP = b'{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA;;AACA"}'
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
OTHER_ID = "11111111-2222-4333-8444-555555555555"

# Says for each script whether it is one, or a module if that is asked for.
_PARSE = """
const vm = require("node:vm");
const lines = require("node:readline").createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const { source, kind } = JSON.parse(line);
  let problem = null;
  try {
    if (kind === "module") new vm.SourceTextModule(source);
    else new vm.Script(source);
  } catch (error) {
    problem = String(error);
  }
  console.log(JSON.stringify(problem));
});
"""


class Parser:
    """A node process that parses one script after another."""

    def __init__(self) -> None:
        assert NODE is not None
        self._process = subprocess.Popen(
            [NODE, "--no-warnings", "--experimental-vm-modules", "-e", _PARSE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def problem(self, script: bytes, kind: str) -> str | None:
        """Why node does not take `script` as a "script" or "module"; None if it does."""
        assert self._process.stdin
        assert self._process.stdout
        # As node and browsers do before they parse.
        source = script.decode().removeprefix("\ufeff")
        self._process.stdin.write(json.dumps({"source": source, "kind": kind}) + "\n")
        self._process.stdin.flush()
        answer: str | None = json.loads(self._process.stdout.readline())
        return answer

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


def run_node(*arguments: str, folder: Path, timeout: float = 60) -> str:
    """Return what node prints; assert that its exit code is 0."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, "--no-warnings", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def normal(script: bytes | None) -> str:
    """`script` with SNIPPET and ID in the place of what differs from one id to another."""
    assert script is not None
    text = re.sub(rb'!function\(i\)\{.*?\}\("', b'SNIPPET("', script)
    return re.sub(UUID.encode(), b"ID", text).decode()


def loaded(source_map: bytes | None) -> Any:
    """Decode a map into what it means."""
    assert source_map is not None
    return json.loads(source_map)


# A folder of scripts and maps, as commands find it.
SCRIPT = b'"use strict";a()\n//# sourceMappingURL=app.js.map\n'
FILES = {
    "js/app.js": SCRIPT,
    "js/app.js.map": MAP,
    "js/alone.mjs": b"alone()",
    "app.css": b"a{}",
    "app.css.map": MAP,
}


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
