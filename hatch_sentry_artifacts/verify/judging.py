"""Judges each script of a site: whose it is, and whether an error in it would be readable."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import islice

from hatch_sentry_artifacts.assets.debug_ids.known_ids import IdReader
from hatch_sentry_artifacts.assets.scripts.comments import read_ending, same_code
from hatch_sentry_artifacts.errors import FilesHidden, SentryArtifactsError
from hatch_sentry_artifacts.explain.artifacts import Artifact, Artifacts, EventBundle, Kind
from hatch_sentry_artifacts.explain.explanation import Explanation, explain
from hatch_sentry_artifacts.explain.position import Position
from hatch_sentry_artifacts.verify.addresses import file_begin
from hatch_sentry_artifacts.verify.exploration import SeenScript

_SAMPLES = 9
# What bundlers add by themselves, such as Vite's preloading, is mapped to nothing. So may be most
# places of a short script, and all of one that holds nothing else, whose map is empty.
_MOST_ADDED = 8 * 1024
# Where errors stand in traces: at what is called, and at what is thrown.
_CALL = re.compile(rb"[\w$)\]](?=\()|\bthrow\b|\bnew\b")
_MOST_CALLS = 20_000
# Files whose names begin alike that are read, to find the one that a site has a copy of.
_MOST_ALIKE = 5
_LINE_END = re.compile(r"\r\n|[\n\r\u2028\u2029]")


class Verdict(Enum):
    """What would become of an error in a script, the worst first; values are those of JSON."""

    UNREACHABLE = "unreachable"
    OTHER_NAME = "other-name"
    OTHER_BUILD = "other-build"
    CHANGED = "changed"
    NOT_UPLOADED = "not-uploaded"
    NO_MAP = "no-map"
    UNRESOLVED = "unresolved"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    RESOLVES = "resolves"


# With these, a trace stays minified, or is wrong.
FAULTS = frozenset(Verdict) - {Verdict.UNKNOWN, Verdict.FOREIGN, Verdict.RESOLVES}


@dataclass(frozen=True)
class Judgement:
    """The verdict on a script, why, and what was looked at.

    `name` is that under which it was found; `samples` are the places looked up, and `resolved` how
    many of them lead to an original.
    """

    script: SeenScript
    verdict: Verdict
    reason: str
    name: str | None = None
    debug_id: str | None = None
    samples: int = 0
    resolved: int = 0


@dataclass(frozen=True)
class Truth:
    """What a site is compared with: `artifacts` of the release, on a server or in a wheel.

    `find_bundle` returns the bundle with a debug id; `find_other` returns where else a content of
    that sha1 is, as half a sentence.
    """

    artifacts: Artifacts
    find_bundle: Callable[[str], EventBundle | None]
    find_other: Callable[[str], str | None]

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all scripts."""
        return frozenset(file.name for file in self.scripts)

    @cached_property
    def scripts(self) -> Sequence[Artifact]:
        """All scripts, as far as it is known that they are."""
        return [file for file in self._files if file.kind != Kind.MAP.value]

    @cached_property
    def by_sha1(self) -> Mapping[str, Artifact]:
        """The files whose content's sha1 is known."""
        return {file.sha1: file for file in self._files if file.sha1}

    @cached_property
    def _files(self) -> Sequence[Artifact]:
        bundles = (file for bundle in self.artifacts.bundles for file in bundle.files)
        return (*self.artifacts.files, *bundles)

    def seen_by(self, debug_id: str | None) -> Artifacts:
        """Return what an event with that debug id finds."""
        if debug_id is None:
            return self.artifacts
        return replace(self.artifacts, debug_id=debug_id, identified=self.find_bundle(debug_id))


def judge(script: SeenScript, truth: Truth, *, own: bool) -> Judgement:
    """Return the verdict on a script; `own` is whether it comes from the site itself."""
    if script.fetched is None:
        verdict = Verdict.UNREACHABLE if own else Verdict.FOREIGN
        return Judgement(script, verdict, script.fault)
    content = script.fetched.content
    sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    debug_id = _debug_id(content)
    artifacts = truth.seen_by(debug_id)
    found = explain(Position(script.url), artifacts)
    stored = found.script.artifact
    base = Judgement(script, Verdict.RESOLVES, "", debug_id=debug_id)
    if stored is None:
        return _of_missing(base, content, sha1, truth, own=own)
    base = replace(base, name=stored.name)
    difference = _difference(content, sha1, stored, truth)
    if difference is not None:
        return replace(base, verdict=difference[0], reason=difference[1])
    return _of_found(base, found, content, artifacts)


def _of_missing(
    base: Judgement, content: bytes, sha1: str, truth: Truth, *, own: bool
) -> Judgement:
    elsewhere = truth.by_sha1.get(sha1) or (
        _copied(base.script.url, content, truth) if own else None
    )
    if elsewhere is not None:
        reason = f"it was uploaded, but as {elsewhere.name}, which no event of this page asks for"
        return replace(base, verdict=Verdict.OTHER_NAME, reason=reason, name=elsewhere.name)
    other = truth.find_other(sha1) if own else None
    if other is not None:
        return replace(base, verdict=Verdict.OTHER_BUILD, reason=other)
    if not own:
        return replace(base, verdict=Verdict.FOREIGN, reason="of another host, and not uploaded")
    by_id = f", nor has an upload its debug id {base.debug_id}" if base.debug_id else ""
    reason = f"nothing was uploaded under its name{by_id}"
    return replace(base, verdict=Verdict.NOT_UPLOADED, reason=reason)


def _copied(url: str, content: bytes, truth: Truth) -> Artifact | None:
    """Return the file of which a site has a copy, as Django's `collectstatic` makes them.

    These have a hash in their name, and another reference to the map in their content.
    """
    begin = file_begin(url)
    alike = (file for file in truth.scripts if file_begin(file.name) == begin)
    for file in islice(alike, _MOST_ALIKE):
        try:
            if same_code(file.read(), content):
                return file
        except SentryArtifactsError:
            continue
    return None


def _difference(
    content: bytes, sha1: str, stored: Artifact, truth: Truth
) -> tuple[Verdict, str] | None:
    """Return what is wrong with the content that the site sends; None if it is the stored one."""
    if stored.sha1 is not None and stored.sha1 == sha1:
        return None
    try:
        kept = stored.read()
    except FilesHidden:
        if stored.sha1 is None:
            return None  # the debug id or the name has to do
        kept = None
    except SentryArtifactsError as error:
        return Verdict.UNKNOWN, str(error)
    if kept is not None and same_code(kept, content):
        return None
    other = truth.find_other(sha1)
    if other is not None:
        return Verdict.OTHER_BUILD, other
    return _changed(content, kept)


def _changed(content: bytes, kept: bytes | None) -> tuple[Verdict, str]:
    if kept is None:
        return Verdict.OTHER_BUILD, "the site sends other content than was uploaded under that name"
    core = kept.strip()
    own_id, its_id = _debug_id(kept), _debug_id(content)
    if core and core in content:
        more = len(content) - len(core)
        return Verdict.CHANGED, f"something on the way adds {more} bytes to what was uploaded"
    if own_id is not None and own_id == its_id:
        return Verdict.CHANGED, "it has the debug id of what was uploaded, but other code"
    if _words(kept) == _words(content):
        return Verdict.CHANGED, "something on the way writes the same code otherwise"
    reason = (
        f"the site sends {len(content)} bytes of another build than the {len(kept)} uploaded "
        "under that name"
    )
    return Verdict.OTHER_BUILD, reason


def _of_found(
    base: Judgement, found: Explanation, content: bytes, artifacts: Artifacts
) -> Judgement:
    if found.error is not None:
        return _of_unknown(base, found.error)
    if found.reason is not None:
        return replace(base, verdict=Verdict.NO_MAP, reason=found.reason)
    samples = list(sample(content, base.script.url))
    answers = [explain(place, artifacts) for place in samples]
    hidden = next((each.error for each in answers if each.error is not None), None)
    if hidden is not None:
        return _of_unknown(base, hidden)
    good = [each for each in answers if each.original is not None and not each.original.near]
    base = replace(base, samples=len(samples), resolved=len(good))
    if good or not answers:
        return base
    if len(content) <= _MOST_ADDED and all(each.maps_nothing for each in answers):
        return replace(base, reason="its map is empty, as of code that only the bundler added")
    first = answers[0]
    why = first.reason or "the map maps nothing there"
    return replace(base, verdict=Verdict.UNRESOLVED, reason=f"{first.position}: {why}")


def _of_unknown(base: Judgement, error: SentryArtifactsError) -> Judgement:
    hidden = isinstance(error, FilesHidden)
    reason = (
        "it is there; whether its map resolves, this token may not see" if hidden else str(error)
    )
    return replace(base, verdict=Verdict.UNKNOWN, reason=reason)


def sample(content: bytes, url: str) -> Iterator[Position]:
    """Yield a few places of a script at which errors may stand, from its begin to its end."""
    places = []
    for found in _CALL.finditer(content):
        places.append(found.start())
        if len(places) >= _MOST_CALLS:
            break
    if not places:
        return
    last = len(places) - 1
    chosen = dict.fromkeys(
        places[round(number * last / max(1, _SAMPLES - 1))] for number in range(_SAMPLES)
    )
    for offset in chosen:
        before = _LINE_END.split(content[:offset].decode("utf-8", "replace"))
        column = len(before[-1].encode("utf-16-le")) // 2 + 1
        yield Position(url, len(before), column)


def map_reference(script: SeenScript) -> str | None:
    """Return the reference to its map that a script sends to whoever asks, None if it has none."""
    if script.fetched is None:
        return None
    headers = script.fetched.headers
    said = headers.get("sourcemap") or headers.get("x-sourcemap")
    return said or read_ending(script.fetched.content).url


def _debug_id(content: bytes) -> str | None:
    reader = IdReader()
    reader.feed(content)
    return reader.registered[-1] if reader.registered else None


def _words(code: bytes) -> list[bytes]:
    return re.findall(rb"[\w$]+", code)
