"""Sends the steps of a case to a server and compares what comes back."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from string import Template
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

from tests.support import sha1

from .step import (
    ANYTHING,
    Body,
    Case,
    Chunks,
    Make,
    Parallel,
    Part,
    Step,
    Unordered,
    in_json,
    multipart,
)

_CONNECTIONS = 6
_SECONDS = 60


@dataclass(frozen=True)
class Target:
    """A server to test; `tokens` by kind: full, ci, readonly, noscope."""

    url: str
    organization: str
    project: str
    other: str | None
    tokens: Mapping[str, str]

    def lacks(self, case: Case) -> list[str]:
        """Return what the case needs and this server was not given, as environment variables."""
        offered = {*self.tokens, "bad", *(["other"] if self.other else [])}
        names = {"other": "SENTRY_TEST_PROJECT2"}
        return sorted(
            names.get(need, f"SENTRY_TEST_TOKEN_{need.upper()}") for need in case.needs() - offered
        )


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    content: bytes


class Run:
    """One case on one server."""

    def __init__(self, target: Target, version: str) -> None:
        self._target = target
        releases = f"/api/0/organizations/{target.organization}/releases/"
        project = f"/api/0/projects/{target.organization}/{target.project}/"
        of_project = f"{project}releases/"
        organization = f"/api/0/organizations/{target.organization}/"
        self._made: dict[str, bytes] = {}
        self._names = {
            "organization": target.organization,
            "project": target.project,
            "other": target.other or "",
            "version": version,
            "url": target.url,
            "releases": releases,
            "release": f"{releases}{quote(version, safe='')}/",
            "files": f"{of_project}{quote(version, safe='')}/files/",
            "organization_files": f"{releases}{quote(version, safe='')}/files/",
            "chunk_upload": f"{organization}chunk-upload/",
            "assemble": f"{organization}artifactbundle/assemble/",
            "bundles": f"{project}files/artifact-bundles/",
            "bundle": f"{project}artifact-bundles/",
            "archives": f"{project}files/source-maps/",
            "lookup": f"{project}artifact-lookup/",
            "debug_id": str(uuid4()),
            "other_debug_id": str(uuid4()),
        }

    def create_release(self) -> None:
        body = in_json({"version": self._names["version"], "projects": [self._names["project"]]})
        answer = self.send(Step("POST", "$releases", 201, body=body))
        assert answer.status == 201, answer.content

    def clear_up(self) -> None:
        projects = [self._target.project, *([self._target.other] if self._target.other else [])]
        for name in self._made:
            for project in projects if f"{name}_id" in self._names else ():
                path = f"/api/0/projects/$organization/{project}/files/artifact-bundles/"
                self.send(Step("DELETE", f"{path}?bundleId=${name}_id", 204))
        self.send(Step("DELETE", "$release", 204))

    def play(self, step: Step | Parallel | Make) -> None:
        if isinstance(step, Make):
            self._make(step)
        elif isinstance(step, Parallel):
            with ThreadPoolExecutor(_CONNECTIONS) as pool:
                statuses = [answer.status for answer in pool.map(self.send, step.steps)]
            assert sorted(statuses) == sorted(step.statuses)
        else:
            self._compare(step, self.send(step))

    def _make(self, step: Make) -> None:
        content = step.content(self._names)
        size = -(-len(content) // step.pieces)
        pieces = [content[start : start + size] for start in range(0, len(content), size)]
        numbered = {f"{step.name}_{number}": piece for number, piece in enumerate(pieces, 1)}
        self._made |= {step.name: content, **numbered}
        for name in (step.name, *numbered):
            self._names[name] = sha1(self._made[name])
        self._names[f"{step.name}_id"] = str(UUID(self._names[step.name][:32]))

    def send(self, step: Step) -> Response:
        address = urlsplit(self._target.url)
        connection = http.client.HTTPConnection(address.netloc, timeout=_SECONDS)
        headers = dict(step.headers)
        if step.token is not None:
            token = "f" * 64 if step.token == "bad" else self._target.tokens[step.token]
            headers["Authorization"] = f"Bearer {token}"
        try:
            self._request(connection, step, headers)
            response = connection.getresponse()
            return Response(response.status, response.headers, response.read())
        finally:
            connection.close()

    def _request(
        self, connection: http.client.HTTPConnection, step: Step, headers: dict[str, str]
    ) -> None:
        path, body = self._fill(step.path), step.body or Body(b"")
        if isinstance(body, Chunks):
            body = self._upload(body)
        content = body.content
        if body.content_type is not None:
            headers["Content-Type"] = body.content_type
            if body.content_type == "application/json":
                content = self._fill(content.decode()).encode()
        if body.chunked:
            headers["Transfer-Encoding"] = "chunked"
            connection.request(step.method, path, iter([content]), headers, encode_chunked=True)
        else:
            connection.request(step.method, path, content or None, headers)

    def _compare(self, step: Step, answer: Response) -> None:
        assert answer.status == step.status, answer.content[:1000]
        if step.answer is not ANYTHING:
            actual = json.loads(answer.content)
            expected = self._fill_all(step.answer)
            assert _part_of(actual, expected) == expected
        if isinstance(step.content, str):
            assert answer.content == self._made[step.content]
        elif step.content is not None:
            assert answer.content == step.content
        expected_headers = {
            key: self._fill_all(step.answer_headers[key]) for key in step.answer_headers
        }
        assert {key: answer.headers.get(key) for key in expected_headers} == expected_headers
        if step.remember is not None:
            value = json.loads(answer.content)
            (found,) = value if isinstance(value, list) else [value]
            self._names[step.remember] = str(found["id"])

    def _upload(self, chunks: Chunks) -> Body:
        parts = [
            Part(
                "file",
                self._made[name],
                sha1(b"") if name == chunks.misnamed else self._names[name],
            )
            for name in chunks.plain
        ]
        parts += [
            Part("file_gzip", gzip.compress(self._made[name]), self._names[name])
            for name in chunks.packed
        ]
        body = multipart(*parts)
        return replace(body, content=gzip.compress(body.content)) if chunks.compressed else body

    def _fill(self, text: str) -> str:
        return Template(text).safe_substitute(self._names)

    def _fill_all(self, value: object) -> object:
        if isinstance(value, str):
            return self._fill(value)
        if isinstance(value, dict):
            return {key: self._fill_all(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._fill_all(item) for item in value]
        if isinstance(value, Unordered):
            return Unordered(*(self._fill(item) for item in value.values))
        return value


def _part_of(actual: object, expected: object) -> object:
    """Return the answer without the keys that the case does not speak of."""
    if isinstance(actual, dict) and isinstance(expected, dict):
        return {key: _part_of(actual[key], expected[key]) for key in expected if key in actual}
    if isinstance(actual, list) and isinstance(expected, list):
        kept = [_part_of(one, other) for one, other in zip(actual, expected, strict=False)]
        return kept + actual[len(expected) :]
    return actual
