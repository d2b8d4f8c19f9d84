"""The words that cases are written in: requests, what they carry, and what has to come back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

BOUNDARY = "ThisLineIsInNoContent"


class Like:
    """Equal to any text that the regular expression matches as a whole."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern, re.DOTALL)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self._pattern.fullmatch(other) is not None

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Like({self._pattern.pattern!r})"


class Unordered:
    """Equal to a list of these values in any order."""

    def __init__(self, *values: str) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list) and sorted(other) == sorted(self.values)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Unordered{self.values!r}"


class Including:
    """Equal to any list that has all of these values."""

    def __init__(self, *values: str) -> None:
        self._values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list) and set(self._values) <= set(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Including{self._values!r}"


DATE = Like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
NUMBER = Like(r"\d+")
INTERNAL_ERROR = {"detail": "Internal Error"}
NOT_FOUND = {"detail": "The requested resource does not exist"}
FORBIDDEN = {"detail": "You do not have permission to perform this action."}
UNAUTHENTICATED = {"detail": "Authentication credentials were not provided."}
ANYTHING = object()


@dataclass(frozen=True)
class Body:
    """Bytes with their type; `chunked` sends them without saying how many there are."""

    content: bytes
    content_type: str | None = None
    chunked: bool = False


@dataclass(frozen=True)
class Part:
    """One part of multipart/form-data; a part with a file name is a file."""

    name: str
    content: bytes | str = b""
    filename: str | None = None
    content_type: str | None = None

    def encode(self) -> bytes:
        lines = [f"--{BOUNDARY}", f'Content-Disposition: form-data; name="{self.name}"']
        if self.filename is not None:
            lines[1] += f'; filename="{self.filename}"'
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        content = self.content if isinstance(self.content, bytes) else self.content.encode()
        return "\r\n".join([*lines, "", ""]).encode() + content + b"\r\n"


def multipart(*parts: Part, chunked: bool = False) -> Body:
    content = b"".join(part.encode() for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    return Body(content, f"multipart/form-data; boundary={BOUNDARY}", chunked)


def in_json(value: object) -> Body:
    return Body(json.dumps(value).encode(), "application/json")


@dataclass(frozen=True)
class Chunks:
    """The body of a request that uploads contents that were made.

    `a` is all of the content `a`, `a_2` its second piece. Those of `packed` go as `file_gzip`;
    `misnamed` goes under another sha1; `compressed` packs the whole body.
    """

    plain: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()
    misnamed: str | None = None
    compressed: bool = False


@dataclass(frozen=True)
class Make:
    """Makes a content that no other run has, out of the run's names, and cuts it into pieces.

    Names: `$a` its sha1, `$a_1` … those of the pieces, `$a_id` the id it has as a bundle.
    """

    name: str
    content: Callable[[Mapping[str, str]], bytes]
    pieces: int = 1


@dataclass(frozen=True)
class Step:
    """One request and its answer. `$names` in paths and bodies are filled in by the runner.

    `answer` is what the JSON answer has to hold: of an object the given keys, of a list every
    item. `content` is the exact body, as text the name of what
    was made. `remember` keeps the id of the answer, or of its only item, under a name.
    """

    method: str
    path: str
    status: int
    answer: object = ANYTHING
    body: Body | Chunks | None = None
    token: str | None = "full"
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | str | None = None
    answer_headers: Mapping[str, object] = field(default_factory=dict)
    remember: str | None = None


@dataclass(frozen=True)
class Parallel:
    """Requests sent at the same time; only their statuses are compared, in any order."""

    steps: tuple[Step, ...]
    statuses: tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """One behaviour: a sentence, and the steps that show it, on a release of its own.

    Its release `$version` is there, and linked to `$project`, unless `release` is False.
    """

    name: str
    steps: tuple[Step | Parallel | Make, ...]
    release: bool = True

    def needs(self) -> set[str]:
        """Return what the server must offer for the case: tokens, `other` for a second project."""
        needed = set()
        for step in self.all_steps():
            if step.token is not None:
                needed.add(step.token)
            content = step.body.content if isinstance(step.body, Body) else b""
            text = step.path.encode() + content
            if b"$other" in text:
                needed.add("other")
        return needed

    def all_steps(self) -> Iterable[Step]:
        for step in self.steps:
            if isinstance(step, Parallel):
                yield from step.steps
            elif isinstance(step, Step):
                yield step


def case(name: str, *steps: Step | Parallel | Make, release: bool = True) -> Case:
    return Case(name, steps, release)


def upload(
    name: str,
    content: bytes = b"content",
    *,
    status: int = 201,
    answer: object = ANYTHING,
    dist: str | None = None,
    headers: Iterable[str] = (),
    remember: str | None = None,
    token: str | None = "full",
    path: str = "$files",
    content_type: str | None = "application/javascript",
) -> Step:
    """Store a file, as a client does."""
    parts = [Part("file", content, "file.js", content_type), Part("name", name)]
    if dist is not None:
        parts.append(Part("dist", dist))
    parts += [Part("header", header) for header in headers]
    body = multipart(*parts)
    return Step("POST", path, status, answer, body, token, remember=remember)
