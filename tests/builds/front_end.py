"""Writes the files that a bundler would, and looks into what was built of them."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

REFERENCE = b"//# sourceMappingURL="


def source_map(script: str) -> bytes:
    """Return a map of four lines, each to the same line of its source."""
    said = {
        "version": 3,
        "file": script,
        "sources": [f"../source/{script}.ts"],
        "sourcesContent": [f"// {script}\nfunction greet() {{\n  throw Error();\n}}\n"],
        "names": [],
        "mappings": "AAAA;AACA;AACA;AACA",
    }
    return json.dumps(said, separators=(",", ":")).encode()


def script(name: str) -> bytes:
    """Return a script of four lines, without a comment."""
    return f'let name="{name}";\nfunction greet(){{\nthrow Error(name)\n}}\n'.encode()


def with_map(name: str) -> dict[str, bytes]:
    """Return a script that refers to its map, and the map."""
    reference = REFERENCE + name.encode() + b".map\n"
    return {name: script(name) + reference, f"{name}.map": source_map(name)}


def with_bare_map(name: str) -> dict[str, bytes]:
    """Return such a pair whose map lacks the text of its source."""
    files = with_map(name)
    keys = json.loads(files[f"{name}.map"])
    del keys["sourcesContent"]
    return {**files, f"{name}.map": json.dumps(keys).encode()}


def with_inline_map(name: str) -> bytes:
    """Return a script that carries its map itself."""
    data = b"data:application/json;base64," + base64.b64encode(source_map(name))
    return script(name) + REFERENCE + data + b"\n"


def integrity(content: bytes) -> str:
    """Return what a page writes for a script of that content."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def front_end() -> dict[str, bytes]:
    """Return the files of a package: scripts, maps, compressed copies, a style sheet, a page."""
    pair = with_map("app.js")
    static = {
        **pair,
        **{f"{name}.gz": gzip.compress(content, mtime=0) for name, content in pair.items()},
        "inline.js": with_inline_map("inline.js"),
        "plain.js": script("plain.js"),
        "site.css": b"a{color:red}\n/*# sourceMappingURL=site.css.map */\n",
        "site.css.map": source_map("site.css"),
    }
    page = f'<script src="/static/app.js" integrity="{integrity(pair["app.js"])}"></script>\n'
    return {
        **{f"static/{name}": content for name, content in static.items()},
        "templates/page.html": page.encode(),
    }


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` below `folder`."""
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def tree(folder: Path, *besides: str) -> dict[str, tuple[bytes, int]]:
    """Content and mode of every file below `folder`, but for those in the folders `besides`."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in besides
    }


def shipped(wheel: Path) -> dict[str, bytes]:
    """Every file of the wheel. Its RECORD lists exactly those, with their hashes and sizes."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        files = {name: archive.read(name) for name in names if not name.endswith("/")}
    assert len(files) == len([name for name in names if not name.endswith("/")])
    (record,) = [name for name in files if name.endswith(".dist-info/RECORD")]
    listed = {row[0]: row[1:] for row in csv.reader(io.StringIO(files[record].decode()))}
    assert listed.pop(record) == ["", ""]
    assert listed == {
        name: ["sha256=" + _record_hash(content), str(len(content))]
        for name, content in files.items()
        if name != record
    }
    return files


def _record_hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def in_package(files: Mapping[str, bytes], package: str = "press") -> dict[str, bytes]:
    """Those of the wheel's files that lie in the package, without its Python."""
    return {
        path.partition("/")[2]: each
        for path, each in files.items()
        if path.startswith(f"{package}/") and not path.endswith(".py")
    }


def in_sdist(sdist: Path) -> dict[str, bytes]:
    """Every file of the sdist, without its first folder."""
    with tarfile.open(sdist) as archive:
        found = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name.partition("/")[2]: each.read() for name, each in found.items() if each}
