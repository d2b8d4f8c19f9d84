"""Multipart bodies with a known length, which servers insist on."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import DistributionError

# Up to this size a body goes out in one piece: fewer system calls, and still little memory.
WHOLE_BYTES = 512 * 1024
BLOCK_BYTES = 256 * 1024
_CHUNK_TYPE = "application/octet-stream"


class Body(Protocol):
    """The body of a request: `length` bytes, which `body` returns anew at each call."""

    content_type: str
    length: int

    def body(self) -> bytes | Stream:
        """Return the body, in one piece or block by block."""


class Stream:
    """A body that is read while it is sent. Close it if it was not read to its end.

    Because it has a length, requests sends a Content-Length instead of chunks.
    """

    def __init__(self, blocks: Generator[bytes, None, None], length: int) -> None:
        self._blocks = blocks
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        return self._blocks

    def close(self) -> None:
        """Close the file."""
        self._blocks.close()


@dataclass(frozen=True)
class FilePart:
    """The file of a form; `filename` and `content_type` are ASCII."""

    file: Asset = field(repr=False)
    filename: str
    content_type: str


class Form:
    """A multipart/form-data body (RFC 7578): text fields, then one file, read as it is sent."""

    def __init__(self, fields: Sequence[tuple[str, str]], part: FilePart) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        texts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields
        ]
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{part.filename}"\r\nContent-Type: {part.content_type}\r\n\r\n'
        )
        self._before = ("".join(texts) + head).encode()
        self._after = f"\r\n--{boundary}--\r\n".encode()
        self._file = part.file
        self.length = len(self._before) + part.file.size + len(self._after)

    def body(self) -> bytes | Stream:
        """Return a new body: in one piece if it is small, otherwise block by block."""
        if self.length > WHOLE_BYTES:
            return Stream(self._blocks(), self.length)
        return b"".join(self._blocks())

    def _blocks(self) -> Generator[bytes, None, None]:
        yield self._before
        left = self._file.size
        with self._file.open() as content:
            # A file that grows during the upload is cut at the announced length.
            while block := content.read(min(BLOCK_BYTES, left)):
                left -= len(block)
                yield block
        if left:
            raise DistributionError(
                f"{self._file.path}: changed while it was uploaded; run this again when "
                "nothing writes there"
            )
        yield self._after


class ChunkForm:
    """A multipart/form-data body of chunks, each under its sha1.

    `field` is `file`, or `file_gzip` for chunks that are compressed.
    """

    def __init__(self, field: str, chunks: Sequence[tuple[str, bytes]]) -> None:
        # A dependency of requests, which only uploads import.
        from urllib3.filepost import encode_multipart_formdata

        parts = [(field, (sha1, content, _CHUNK_TYPE)) for sha1, content in chunks]
        self._body, self.content_type = encode_multipart_formdata(parts)
        self.length = len(self._body)

    def body(self) -> bytes:
        """Return the whole body."""
        return self._body
