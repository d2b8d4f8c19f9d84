"""Multipart bodies with a known length, that are read while they are sent."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import DistributionError

# Up to this size a body goes out in one piece: fewer system calls, and still little memory.
WHOLE_BYTES = 512 * 1024
BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True)
class FilePart:
    """The file of a form; `filename` and `content_type` are ASCII."""

    file: Asset = field(repr=False)
    filename: str
    content_type: str


class Form:
    """A multipart/form-data body (RFC 7578): text fields, then one file.

    `length` is known before the content is read, since the servers do not take chunked bodies.
    """

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

    def body(self) -> bytes | Generator[bytes, None, None]:
        """The body, anew at each call: in one piece if it is small, else block by block.

        Close a generator that is not read to its end: it holds the file open.
        """
        if self.length > WHOLE_BYTES:
            return self._blocks()
        return b"".join(self._blocks())

    def _blocks(self) -> Generator[bytes, None, None]:
        yield self._before
        left = self._file.size
        with self._file.open() as content:
            while block := content.read(BLOCK_BYTES):
                left -= len(block)
                yield block
        if left:
            raise DistributionError(
                f"{self._file.path}: changed while it was uploaded; run this again when "
                "nothing writes there"
            )
        yield self._after
