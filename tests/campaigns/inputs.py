"""Generated and mutated inputs, through what reads them: a batch of them in this process.

`python -m tests.campaigns.inputs FIRST COUNT` prints a JSON object of what came of them. An input
that takes 10 seconds ends the process, with where it was on stderr. `--one NUMBER` runs one, with
its traceback.
"""

from __future__ import annotations

import base64
import faulthandler
import io
import json
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.scripts.comments import remove_references
from hatch_sentry_artifacts.configuration.credentials.settings import find_settings
from hatch_sentry_artifacts.configuration.options import Options, read_options
from hatch_sentry_artifacts.configuration.project import read_project
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.explain.answers import answer_frames
from hatch_sentry_artifacts.explain.event import read_event
from hatch_sentry_artifacts.explain.explanation import Explanation, explain
from hatch_sentry_artifacts.explain.frame import Frame
from hatch_sentry_artifacts.explain.gathering import distribution_artifacts
from hatch_sentry_artifacts.explain.trace import Trace, read_trace
from hatch_sentry_artifacts.explain.trace_wording import (
    answer_json,
    answer_lines,
    event_lines,
    summary_lines,
)
from hatch_sentry_artifacts.sentry.http.typed import mapping, parse

from .answers import OPEN, answer_of_a_server
from .mutation import mutated

MOST_SECONDS = 10
_INCLUDE = Options().include

_UUID = b"5f2c0a3e-8d4b-4e0f-9a51-0d3b6c7e8f90"
_MAP = (
    b'{"version":3,"file":"a.js","sourceRoot":"src","sources":["c.ts","webpack://x/b.ts"],'
    b'"sourcesContent":["let a = 1;\\nfoo(a)\\n",null],"names":["a","foo"],'
    b'"mappings":"AAAA,CAAC;ACAA,EAAEA","debugId":"%s"}' % _UUID
)
_INDEX = (
    b'{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":{"version":3,'
    b'"sources":["a.ts"],"sourcesContent":["x"],"names":[],"mappings":"AAAA"}},'
    b'{"offset":{"line":1,"column":4},"map":{"version":3,"sources":["b.ts"],"names":["n"],'
    b'"mappings":"AAAAA;AACA"}}]}'
)
_SCRIPT = (
    b'#!/usr/bin/env node\n/*! l */ "use strict";\nlet a=`x${/[/]/.test("}")}`;foo(a);\n'
    b'!function(){try{var e=self;e._sentryDebugIds=e._sentryDebugIds||{},e._sentryDebugIds[n]="%s",'
    b'e._sentryDebugIdIdentifier="sentry-dbid-%s"}catch(e){}}();\n'
    b"//# sourceMappingURL=a.js.map\n//# debugId=%s\n" % (_UUID, _UUID, _UUID)
)
_PLAIN = b"(()=>{let a=1;\nthrow a})();\n//# sourceMappingURL=a.js.map"
_INLINE = (
    b"let a=1;\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,"
    + base64.b64encode(_MAP)
)
_METADATA = b"Metadata-Version: 2.1\nName: shop\nVersion: 1.2.0\nSummary: of all\n\nText: of it\n"
_TOML = b"""[project]
name = "shop"
version = "1.2.0"
[tool.sentry-artifacts]
release = "{name}@{version}"
dist = "1"
url = "https://sentry.example"
include = ["*.js", "**/*.map"]
exclude = ["vendor/**"]
paths = { static = "~/static" }
upload-as = "artifact-bundle"
timeout = 2.5
workers = 3
report = "out.json"
validate = "error"
"""
_RC = b"[defaults]\nurl = https://sentry.example/\norg = acme\nproject = web\n[auth]\ntoken=ab\n"
_EVENTS = tuple(
    path.read_bytes() for path in sorted(Path(__file__).parents[1].glob("explain/events/*.json"))
)
_PLACES = (
    "https://h/a.js:1:3",
    "    at f (https://h/static/a.js?x#y:2:1)\n    at https://h/a.js:9:9",
    "~/a.js:1:1",
    '  File "app:///a.js", line 1, in f',
)


def _archive(generator: random.Random, files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    kind = generator.choice(
        [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2]
    )
    with zipfile.ZipFile(made, "w", kind) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return made.getvalue()


def _wheel(folder: Path, content: bytes) -> Path:
    path = folder / "shop-1.2.0-py3-none-any.whl"
    path.write_bytes(content)
    return path


def _upload(wheel: Path) -> None:
    """Do with a wheel what an upload does before it sends anything, and read what it would."""
    with open_distribution(wheel) as distribution:
        for asset in collect(distribution, include=_INCLUDE).assets:
            with asset.open() as opened:
                while opened.read(1 << 16):
                    pass


def _files(generator: random.Random) -> dict[str, bytes]:
    return {
        "shop/a.js": generator.choice([_SCRIPT, _PLAIN, _INLINE]),
        "shop/a.js.map": generator.choice([_MAP, _INDEX]),
        "shop-1.2.0.dist-info/METADATA": _METADATA,
    }


def _damaged_wheel(generator: random.Random, folder: Path) -> None:
    _upload(_wheel(folder, mutated(_archive(generator, _files(generator)), generator)))


def _damaged_member(generator: random.Random, folder: Path) -> None:
    files = _files(generator)
    path = generator.choice(list(files))
    files[path] = mutated(files[path], generator)
    if generator.random() < 0.1:
        other = mutated(path.encode(), generator).decode("utf-8", "replace")
        files[other.partition("\0")[0] or "x"] = b"x"  # zipfile writes no names without characters
    _upload(_wheel(folder, _archive(generator, files)))


def _injection(generator: random.Random, _: Path) -> None:
    script = generator.choice([_SCRIPT, _PLAIN, _INLINE])
    source_map = generator.choice([_MAP, _INDEX, None])
    damaged = source_map is None or generator.random() < 0.5
    if damaged:
        script = mutated(script, generator)
    elif source_map:
        source_map = mutated(source_map, generator)
    remove_references(script)
    first = inject(script, source_map)
    again = inject(first.script, first.source_map)
    # A comment or a literal without an end makes no comment of what is put behind it.
    if not damaged and (again.steps or again.debug_id != first.debug_id):
        raise AssertionError(f"a second injection changes: {again.steps}")


def _inline_map(generator: random.Random, folder: Path) -> None:
    source_map = base64.b64encode(mutated(generator.choice([_MAP, _INDEX]), generator))
    script = b"let a=1;\n//# sourceMappingURL=data:application/json;base64," + source_map
    if generator.random() < 0.3:
        script = mutated(script, generator)
    _upload(_wheel(folder, _archive(generator, {**_files(generator), "shop/a.js": script})))
    inject(script)


def _explanation(generator: random.Random, folder: Path) -> None:
    files = _files(generator)
    path = generator.choice(["shop/a.js", "shop/a.js.map", "shop/a.js.map"])
    files[path] = mutated(files[path], generator)
    place = generator.choice(_PLACES)
    if generator.random() < 0.3:
        place = mutated(place.encode(), generator).decode("utf-8", "surrogateescape")
    trace = read_trace(place)
    _answer_frames(trace, _wheel(folder, _archive(generator, files)))


def _answer_frames(trace: Trace, wheel: Path) -> None:
    with distribution_artifacts(wheel, Options(), None) as artifacts:

        def explained(frame: Frame) -> Explanation:
            assert frame.position is not None
            return explain(frame.position, artifacts)

        answers = list(answer_frames(trace.frames, explained))
        for answer in answers:
            answer_json(answer)
            list(answer_lines(answer, len(answers)))
        list(summary_lines(answers, trace.left_out))


def _event(generator: random.Random, folder: Path) -> None:
    """Explain the frames of an event by what is uploaded."""
    content = mutated(generator.choice(_EVENTS), generator)
    try:
        said = parse(content)
    except ValueError:
        return  # the HTTP layer tells it
    event = read_event(mapping(said, "the event"))
    list(event_lines(event, "https://sentry.example", None))
    _answer_frames(event.trace, _wheel(folder, _archive(generator, _files(generator))))


def _configuration(generator: random.Random, folder: Path) -> None:
    for name in ("pyproject.toml", "hatch.toml"):
        folder.joinpath(name).unlink(missing_ok=True)
    content = mutated(_TOML, generator)
    if generator.random() < 0.2:
        hook = b"[build.targets.wheel.hooks.sentry]\n" + _TOML.partition(b"artifacts]\n")[2]
        folder.joinpath("hatch.toml").write_bytes(mutated(hook, generator))
    else:
        folder.joinpath("pyproject.toml").write_bytes(content)
    read_options(read_project(folder).source)


def _credentials(generator: random.Random, folder: Path) -> None:
    folder.joinpath(".sentryclirc").write_bytes(mutated(_RC, generator))
    variables = {}
    if generator.random() < 0.5:
        claims = base64.b64encode(mutated(b'{"url":"https://a","org":"acme"}', generator)).decode()
        variables["SENTRY_AUTH_TOKEN"] = f"sntrys_{claims}_x"
    if generator.random() < 0.5:
        url = mutated(b"https://user@[::1]:80/a?b", generator).decode("utf-8", "surrogateescape")
        variables["SENTRY_URL"] = url
    find_settings(environment=variables, folder=folder, home=None).connection()


def _answer(generator: random.Random, _: Path) -> None:
    answer_of_a_server(generator)


KINDS: Mapping[str, Callable[[random.Random, Path], None]] = {
    "wheels": _damaged_wheel,
    "members": _damaged_member,
    "injections": _injection,
    "inline maps": _inline_map,
    "explanations": _explanation,
    "configuration": _configuration,
    "credentials": _credentials,
    "answers": _answer,
    "events": _event,
}


def run_one(number: int, folder: Path) -> str:
    """Run the input of that number; return its kind, and whether it was refused."""
    kind = list(KINDS)[number % len(KINDS)]
    try:
        KINDS[kind](random.Random(number), folder)
    except SentryArtifactsError:
        return f"{kind}, refused"
    return f"{kind}, read"


def run_batch(first: int, count: int) -> None:
    """Run `count` inputs, and print what came of them."""
    counts: Counter[str] = Counter()
    crashes: dict[int, str] = {}
    slowest = 0.0
    with OPEN, tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + count):
            faulthandler.dump_traceback_later(MOST_SECONDS, exit=True)
            started = time.monotonic()
            try:
                counts[run_one(number, Path(folder))] += 1
            except Exception:  # noqa: BLE001 - to be counted is what they are for
                crashes[number] = traceback.format_exc()
            slowest = max(slowest, time.monotonic() - started)
    faulthandler.cancel_dump_traceback_later()
    print(json.dumps({"counts": counts, "crashes": crashes, "slowest": slowest}))


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        with OPEN, tempfile.TemporaryDirectory() as place:
            print(run_one(int(sys.argv[2]), Path(place)))
    else:
        run_batch(int(sys.argv[1]), int(sys.argv[2]))
