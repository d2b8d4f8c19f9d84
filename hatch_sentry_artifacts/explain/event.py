"""Reads an event, as a server shows it: its release, and the frames before and after processing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hatch_sentry_artifacts.assets.debug_ids.uuids import canonical
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.frame import Frame, read_frame, shortened
from hatch_sentry_artifacts.explain.position import Position
from hatch_sentry_artifacts.explain.strange_places import strange_place
from hatch_sentry_artifacts.explain.trace import MOST_FRAMES, Trace

_MOST_ERRORS = 100
_OTHER_LANGUAGES = "it is not JavaScript"
_OURS = frozenset({"javascript", "node", "", "other"})
_LARGEST_NUMBER = 2**31 - 1

Json = Mapping[str, object]


@dataclass(frozen=True)
class Event:
    """An event: `received` in ISO 8601, "" if unknown; `errors` what Sentry said of each URL.

    Its frames are in the order of browsers: the place of the error first. `processed`: the server
    shows what it made of them.
    """

    id: str
    title: str
    release: str | None
    dist: str | None
    received: str
    trace: Trace
    errors: Mapping[str, tuple[str, ...]]
    processed: bool = True


def read_event(said: Json) -> Event:
    """Read the JSON of an event. Raises ConfigurationError if it has no frames."""
    tags = {_text(tag.get("key")): _text(tag.get("value")) for tag in _objects(said.get("tags"))}
    frames = list(_frames(said))
    event_id, title = _text(said.get("eventID")), _text(said.get("title"))
    if not frames:
        raise ConfigurationError(f"the event {event_id} ({shortened(title)}) has no stack trace")
    release = _text(_object(said.get("release")).get("version")) or tags.get("release")
    return Event(
        event_id,
        shortened(title),
        release or None,
        _text(said.get("dist")) or tags.get("dist") or None,
        _text(said.get("dateReceived")) or _text(said.get("dateCreated")),
        Trace(tuple(frames[:MOST_FRAMES]), len(frames[MOST_FRAMES:])),
        _errors(said),
        processed=said.get("processed") is not False,
    )


def _frames(said: Json) -> Iterator[Frame]:
    """Yield the frames of every trace of the event, the innermost of the last error first."""
    entries = _objects(said.get("entries"))
    ids = {
        _text(image.get("code_file")): canonical(_text(image.get("debug_id")))
        for entry in entries
        if _text(entry.get("type")) == "debugmeta"
        for image in _objects(_object(entry.get("data")).get("images"))
        if _text(image.get("type")) == "sourcemap"
    }
    platform = _text(said.get("platform"))
    for shown, raw in _stacks(entries):
        for index in reversed(range(len(raw))):
            yield _frame(raw[index], shown[index] if index < len(shown) else {}, ids, platform)


def _stacks(entries: Sequence[Json]) -> Iterator[tuple[Sequence[Json], Sequence[Json]]]:
    """Yield the processed and the raw frames of each trace; the latter are the same if none is."""
    for entry in entries:
        kind, data = _text(entry.get("type")), _object(entry.get("data"))
        if kind == "stacktrace":
            yield _both(data.get("frames"), None)
        if kind in {"exception", "threads"}:
            for value in reversed(_objects(data.get("values"))):
                raw = _object(value.get("rawStacktrace"))
                yield _both(_object(value.get("stacktrace")).get("frames"), raw.get("frames"))


def _both(shown: object, raw: object) -> tuple[Sequence[Json], Sequence[Json]]:
    processed, before = _objects(shown), _objects(raw)
    return processed, before if len(before) == len(processed) else processed


def _frame(raw: Json, shown: Json, ids: Mapping[str, str | None], platform: str) -> Frame:
    url = _text(raw.get("absPath")) or _text(raw.get("filename")) or _text(raw.get("module"))
    line, column = _number(raw.get("lineNo")), _number(raw.get("colNo"))
    place = ":".join(str(part) for part in (url, line, column) if part)
    function = _text(raw.get("function")) or "?"
    text = shortened(f"at {function} ({place})")
    if (_text(raw.get("platform")) or platform) not in _OURS:
        return Frame(text, None, _OTHER_LANGUAGES, foreign=True)
    strange = strange_place(url)
    if strange is not None:
        return Frame(text, None, strange.reason, strange.foreign)
    frame = _read(place, url, line, column)
    return replace(frame, text=text, debug_id=ids.get(url), shown=_shown(raw, shown))


def _read(place: str, url: str, line: int | None, column: int | None) -> Frame:
    """Return the frame of the place; a URL of no known kind is one all the same."""
    try:
        frame = read_frame(place)
    except ConfigurationError as error:
        return Frame(place, None, str(error))
    if frame is not None:
        return frame
    if not url:
        return Frame(place, None, "the event says no URL for it")
    return Frame(place, Position(url, line, column))


def _shown(raw: Json, shown: Json) -> str | None:
    """Return the place that Sentry shows in place of the minified one.

    A frame may name a map that the server did not get, so that says nothing.
    """
    keys = ("absPath", "filename", "lineNo", "colNo")
    if all(raw.get(key) == shown.get(key) for key in keys):
        return None
    place = [_text(shown.get("filename")) or _text(shown.get("absPath"))]
    place += [str(number) for key in ("lineNo", "colNo") if (number := _number(shown.get(key)))]
    function = _text(shown.get("function"))
    return shortened(":".join(place) + (f", in {function}" if function else ""))


def _errors(said: Json) -> Mapping[str, tuple[str, ...]]:
    """Return what the server said when it processed the event, by the URL that it is about."""
    found: dict[str, tuple[str, ...]] = {}
    for error in _objects(said.get("errors"))[:_MOST_ERRORS]:
        url = _text(_object(error.get("data")).get("url"))
        message = _text(error.get("message")) or _text(error.get("type"))
        if url and message:
            found[url] = (*found.get(url, ()), shortened(message))
    return found


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Sequence[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    """Return a text that can be written as UTF-8, "" for what is none."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    """Return a line or column; None for what is none, such as Sentry's "?"."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and 0 < value <= _LARGEST_NUMBER else None
