"""Wheels that hold much more than they say, or than anybody ships: they end soon, and small."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.file_facts import MOST_BYTES
from hatch_sentry_artifacts.assets.source_maps.facts import read_facts
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.errors import DistributionError
from tests.support import make_wheel

pytestmark = pytest.mark.integration

METADATA = "shop-1.2.0.dist-info/METADATA"
# What the highest memory of the process was, in KiB, stands in its status.
PROGRAM = """
import sys
from pathlib import Path
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.errors import DistributionError
try:
    with open_distribution(Path(sys.argv[1])) as distribution:
        collect(distribution, include=DEFAULT_PATTERNS)
except DistributionError as error:
    print(error)
status = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""
METHODS = [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def packed(folder: Path, files: Mapping[str, bytes], method: int) -> Path:
    wheel = make_wheel(folder)
    with zipfile.ZipFile(wheel, "a", method) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return wheel


def declare(wheel: Path, path: str, size: int) -> None:
    """Let the archive say that the file has that size."""
    content = bytearray(wheel.read_bytes())
    name = path.encode()
    # Behind the name of an entry of the central directory lies its extra field.
    at = content.rindex(name) - 46
    assert content[at : at + 4] == b"PK\1\2"
    struct.pack_into("<I", content, at + 24, size)
    wheel.write_bytes(content)


def refused(wheel: Path) -> str:
    with pytest.raises(DistributionError) as error, open_distribution(wheel) as distribution:
        collect(distribution, include=DEFAULT_PATTERNS)
    return str(error.value)


@pytest.mark.parametrize("method", METHODS, ids="method {}".format)
@pytest.mark.parametrize(
    "path", ["shop/app.js", pytest.param("shop/app.js.map", marks=pytest.mark.slow)]
)
def test_a_member_is_not_unpacked_beyond_its_size(tmp_path: Path, path: str, method: int) -> None:
    wheel = packed(tmp_path, {path: b" " * 60_000_000}, method)
    declare(wheel, path, 1000)
    if sys.platform != "linux":
        assert "is damaged" in refused(wheel)
        return
    command = [sys.executable, "-c", PROGRAM, str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    message, _, peak = done.stdout.strip().rpartition("\n")
    assert f"the member '{path}' is damaged" in message
    assert int(peak) < 100_000


def test_a_map_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    wheel = packed(tmp_path, {"shop/app.js.map": b"{}"}, zipfile.ZIP_DEFLATED)
    declare(wheel, "shop/app.js.map", MOST_BYTES + 1)
    assert "shop/app.js.map has 209715201 bytes, more than the 209715200" in refused(wheel)


def test_metadata_that_are_too_large_are_not_read(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files={"shop/app.js": b""})
    declare(wheel, METADATA, 2**24)
    assert "METADATA has 16777216 bytes, more than the" in refused(wheel)


@pytest.mark.parametrize("method", METHODS, ids="method {}".format)
def test_damaged_members_are_told(tmp_path: Path, method: int) -> None:
    wheel = packed(tmp_path, {"shop/app.js": bytes(range(256)) * 40}, method)
    content = bytearray(wheel.read_bytes())
    at = content.index(b"shop/app.js") + 40
    content[at : at + 60] = b"\xff" * 60
    wheel.write_bytes(content)
    assert "is damaged" in refused(wheel)


SIZE = 1_500_000
HOSTILE = {
    "brackets": b"[" * SIZE,
    "braces": b'{"a":' * (SIZE // 5),
    "quotes": b'{"mappings":"' + rb"\"" * (SIZE // 2),
    "backslashes": b'{"mappings":"' + b"\\" * SIZE,
    "keys": b"{" + b",".join(b'"%d":0' % number for number in range(SIZE // 10)) + b"}",
    "sources": b'{"mappings":"AAAA","sources":[' + b",".join([b'""'] * (SIZE // 3)) + b"]}",
    "names": b'{"mappings":"AAAA","sources":[""],"names":['
    + b",".join([b'""'] * (SIZE // 3))
    + b"]}",
    "sections": b'{"sections":[' + b",".join([b"{}"] * (SIZE // 3)) + b"]}",
    "one long key": b'{"' + b"a" * SIZE + b'":1}',
    "one segment": b'{"sources":[""],"mappings":"' + b"g" * SIZE + b'"}',
    "many numbers": b'{"sources":[""],"mappings":"' + b"A" * SIZE + b'"}',
    "surrogates": b'{"mappings":"","a":"' + rb"\ud800" * (SIZE // 6) + b'"}',
    "an endless number": b'{"version":' + b"9" * SIZE + b"}",
    "guards": b")]}'" * (SIZE // 4),
    "spaces": b" " * SIZE,
    "ids": b'{"mappings":"",' + b'"debugId":"' * (SIZE // 11),
}


@pytest.mark.slow
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_maps_are_read_in_linear_time(content: bytes) -> None:
    started = time.process_time()
    read_facts(content)
    assert time.process_time() - started < 8


def test_a_map_with_more_sources_than_any_map_has_is_refused() -> None:
    content = json.dumps({"mappings": "AAAA", "sources": [""] * 300_000}).encode()
    assert read_facts(content).problem == "its `sources` are more than 200000"


def test_a_script_full_of_marks_of_debug_ids_is_read_in_linear_time(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files={"shop/app.js": b"_sentryDebugIds" * 50_000})
    started = time.process_time()
    with open_distribution(wheel) as distribution:
        collect(distribution, include=DEFAULT_PATTERNS)
    assert time.process_time() - started < 4


@pytest.mark.parametrize("name", [b"\0hop/a.js", b"\0\0\0\0\0\0\0\0\0"])
def test_a_member_without_a_name_is_refused(tmp_path: Path, name: bytes) -> None:
    wheel = make_wheel(tmp_path, files={"shop/a.js": b"a()"})
    wheel.write_bytes(wheel.read_bytes().replace(b"shop/a.js", name))
    with (
        pytest.raises(DistributionError, match="has no name"),
        open_distribution(wheel) as distribution,
    ):
        collect(distribution, include=DEFAULT_PATTERNS)
