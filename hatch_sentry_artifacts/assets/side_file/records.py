"""What a side file says of its wheel and of each file to upload, and how that is read.

A side file is a zip archive laid out as an artifact bundle: `manifest.json`, and below `files/`
those contents that the wheel does not hold. Its manifest has an entry for every file of the
release, and besides the keys of a bundle those that are read here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hatch_sentry_artifacts.assets.asset import Asset, Member
from hatch_sentry_artifacts.assets.debug_ids.uuids import canonical
from hatch_sentry_artifacts.assets.kinds import is_map, is_script

# Higher where an earlier version could not read it.
FORMAT = 1
_ABOUT = "side_file"
_SHA1 = re.compile(r"[0-9a-f]{40}")
_URL = re.compile(r"(~/|https?://).+")
_HEADER = "Sourcemap"
_MOST_DIGITS = 20
# No path in a zip archive is longer.
_MOST_CHARACTERS = 0xFFFF
_SHOWN_CHARACTERS = 80
# For 30,000 files. Reading one that is made for it takes thirty times as much memory.
MOST_MANIFEST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Identity:
    """The wheel that a side file was made with: its file, project, version, and its scripts.

    `listing` is the sha1 of the paths of all its scripts and maps, those that are not uploaded too.
    """

    file: str
    name: str
    version: str
    listing: str


@dataclass(frozen=True)
class Record:
    """A file to upload. `kept` is its name in the side file; None if the wheel holds it."""

    path: str
    name: str
    size: int
    sha1: str
    kept: str | None
    headers: Mapping[str, str]
    debug_id: str | None
    registers_id: bool
    carries_map: bool
    named_as_map: bool
    rule: str
    also_named: str

    def asset(self, member: Member) -> Asset:
        """Return the file as it is uploaded, with the content of `member`."""
        return Asset(
            self.path,
            self.name,
            self.size,
            self.sha1,
            member.crc32,
            self.headers,
            member.open,
            self.debug_id,
            member.deflated,
            self.registers_id,
            self.carries_map,
            self.named_as_map,
            self.rule,
            self.also_named,
        )


@dataclass(frozen=True)
class Said:
    """All that the manifest says; `options` are those of the build, as in TOML, not read yet."""

    wheel: Identity
    options: Mapping[str, object]
    records: Sequence[Record]


def shortened(value: object) -> str:
    """Return what stands in a side file as Python writes it, for messages."""
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def listing_of(members: Iterable[Member]) -> str:
    """Return the sha1 of the paths of all scripts and maps."""
    paths = sorted(each.path for each in members if is_script(each.path) or is_map(each.path))
    return hashlib.sha1("\n".join(paths).encode(), usedforsecurity=False).hexdigest()


def add_to_manifest(
    manifest: dict[str, Any],
    wheel: Identity,
    options: Mapping[str, object],
    files: Mapping[str, Asset],
    kept: Iterable[str],
) -> bytes:
    """Return the manifest of a bundle with all that is read here, as JSON.

    `files` has the file of each name in the archive, `kept` the names of those that are in it.
    """
    contents = set(kept)
    for name, asset in files.items():
        manifest["files"][name] |= {
            "path": asset.path,
            "size": asset.size,
            "sha1": asset.sha1,
            "kept": name in contents,
            "release_headers": dict(asset.headers),
            "registers_id": asset.registers_id,
            "carries_map": asset.carries_map,
            "named_as_map": asset.named_as_map,
            "rule": asset.rule,
            "also_named": asset.also_named,
        }
    manifest[_ABOUT] = {
        "format": FORMAT,
        "wheel": wheel.file,
        "name": wheel.name,
        "version": wheel.version,
        "listing": wheel.listing,
        "options": dict(options),
    }
    return json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()


def read_manifest(content: bytes) -> Said:
    """Return what the manifest says. Raises ValueError with half a sentence if that is wrong."""
    try:
        manifest = json.loads(content, object_pairs_hook=_once, parse_int=_number)
    except RecursionError:
        raise ValueError("its manifest is nested too deep") from None
    except UnicodeDecodeError:
        raise ValueError("its manifest is no UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"its manifest is no JSON: {error}") from None
    about = manifest.get(_ABOUT) if isinstance(manifest, dict) else None
    if not isinstance(about, dict):
        raise ValueError("its manifest does not say which wheel it was made with")
    if about.get("format") != FORMAT or isinstance(about["format"], bool):
        raise ValueError(
            f"its format is {shortened(about.get('format'))}, and this version reads {FORMAT}: "
            "install the version that built the wheel"
        )
    said = _Object(about, _ABOUT)
    identity = Identity(
        said.text("wheel"), said.text("name"), said.text("version"), said.sha1("listing")
    )
    files = _Object(manifest, "the manifest").table("files")
    records = [_record(name, files.table(name)) for name in files.values]
    _refuse_equal_names(records)
    return Said(identity, said.table("options").values, records)


def _record(name: str, said: _Object) -> Record:
    given = said.table("headers")
    debug_id = given.text("debug-id") if "debug-id" in given.values else None
    if debug_id is not None and canonical(debug_id) != debug_id:
        raise ValueError(f"its manifest has no debug id in {shortened(name)}")
    headers = said.table("release_headers")
    if not {_HEADER}.issuperset(headers.values):
        raise ValueError(f"its manifest has unknown headers in {shortened(name)}")
    return Record(
        said.text("path"),
        said.url("url"),
        said.size("size"),
        said.sha1("sha1"),
        name if said.switch("kept") else None,
        {key: headers.printable(key) for key in headers.values},
        debug_id,
        said.switch("registers_id"),
        said.switch("carries_map"),
        said.switch("named_as_map"),
        said.printable("rule"),
        said.printable("also_named"),
    )


def _refuse_equal_names(records: Iterable[Record]) -> None:
    seen: set[str] = set()
    for each in records:
        if each.name in seen:
            raise ValueError(f"its manifest names {shortened(each.name)} twice")
        seen.add(each.name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of a JSON text. Raises ValueError if a key stands there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("its manifest has one key twice")
    return found


def _number(text: str) -> int:
    """Return an integer of a JSON text. Raises ValueError if it is longer than any size."""
    if len(text) > _MOST_DIGITS:
        raise ValueError("its manifest has a number that is too long")
    return int(text)


@dataclass(frozen=True)
class _Object:
    """An object of the manifest; each method raises ValueError for another type."""

    values: Mapping[str, Any]
    place: str

    def table(self, key: str) -> _Object:
        return _Object(self._of(dict, key, "an object"), f"{key} of {self.place}")

    def text(self, key: str) -> str:
        found: str = self._of(str, key, "a text")
        return found if len(found) <= _MOST_CHARACTERS else self._wrong(key, "a short text")

    def printable(self, key: str) -> str:
        found = self.text(key)
        return found if found.isprintable() else self._wrong(key, "a text without line breaks")

    def url(self, key: str) -> str:
        found = self.printable(key)
        return found if _URL.fullmatch(found) else self._wrong(key, "a name that begins with ~/")

    def sha1(self, key: str) -> str:
        found = self.text(key)
        return found if _SHA1.fullmatch(found) else self._wrong(key, "a sha1")

    def size(self, key: str) -> int:
        found: int = self._of(int, key, "a size")
        return found if found >= 0 and not isinstance(found, bool) else self._wrong(key, "a size")

    def switch(self, key: str) -> bool:
        found: bool = self._of(bool, key, "true or false")
        return found

    def _of(self, kind: type, key: str, wanted: str) -> Any:
        found = self.values.get(key)
        return found if isinstance(found, kind) else self._wrong(key, wanted)

    def _wrong(self, key: str, wanted: str) -> Any:
        raise ValueError(
            f"its manifest has {shortened(key)} of {shortened(self.place)} that is not {wanted}"
        )
