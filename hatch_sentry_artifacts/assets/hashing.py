"""Hashes in a thread of its own, so that two hashes of the same bytes take as long as one."""

from __future__ import annotations

import hashlib
from queue import SimpleQueue
from threading import Semaphore, Thread

# So many blocks may wait: it is their reader that waits then.
_MOST_WAITING = 8


class HashThread:
    """A digest that is updated behind the back of its user, as long as the context lasts."""

    def __init__(self, digest: hashlib._Hash) -> None:
        self._digest = digest
        self._blocks: SimpleQueue[bytes | None] = SimpleQueue()
        self._room = Semaphore(_MOST_WAITING)
        self._thread = Thread(target=self._work, name="hash", daemon=True)

    def __enter__(self) -> HashThread:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def update(self, block: bytes) -> None:
        """Add `block`."""
        self._room.acquire()
        self._blocks.put(block)

    def hexdigest(self) -> str:
        """The digest of all blocks; no other may follow."""
        self._end()
        return self._digest.hexdigest()

    def _end(self) -> None:
        self._blocks.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (block := self._blocks.get()) is not None:
            self._digest.update(block)
            self._room.release()
