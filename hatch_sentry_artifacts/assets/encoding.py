"""Finds where a file stops being UTF-8, block by block."""

from __future__ import annotations

import codecs


class Utf8Reader:
    """Reads a file block by block; `wrong_from` is the offset of what cannot be UTF-8, if any."""

    def __init__(self) -> None:
        self.wrong_from: int | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._offset = 0
        self._cut = 0

    def feed(self, block: bytes) -> None:
        """Take the next block of the file."""
        # Nearly all scripts are ASCII, which is quick to check.
        if self.wrong_from is None and (self._cut or not block.isascii()):
            self._decode(block)
        self._offset += len(block)

    def end(self) -> None:
        """Check the end of the file: no block follows."""
        if self.wrong_from is None and self._cut:
            self._decode(b"", final=True)

    def _decode(self, block: bytes, *, final: bool = False) -> None:
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            self.wrong_from = self._offset - self._cut + error.start
        # The rest of a character that the block cuts in two.
        self._cut = len(self._decoder.getstate()[0])
