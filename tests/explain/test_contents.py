"""Contents are read once, as long as there is room for them."""

from __future__ import annotations

from functools import partial

from hatch_sentry_artifacts.explain.contents import Contents


class Files:
    """Files of some sizes, which count how often they were read."""

    def __init__(self, *sizes: int, most: int) -> None:
        self.reads = [0] * len(sizes)
        contents = Contents(most)
        self.files = [
            contents.keeping(partial(self._read, number, size)) for number, size in enumerate(sizes)
        ]

    def _read(self, number: int, size: int) -> bytes:
        self.reads[number] += 1
        return bytes(size)


def test_a_file_is_read_once_while_there_is_room() -> None:
    files = Files(4, 5, most=10)
    for _ in range(3):
        assert [len(read()) for read in files.files] == [4, 5]
    assert files.reads == [1, 1]


def test_the_file_that_was_not_read_for_longest_goes_first() -> None:
    files = Files(4, 4, 4, most=10)
    first, second, third = files.files
    for read in (first, second, first, third, first):
        read()
    assert files.reads == [1, 1, 1]
    second()
    assert files.reads == [1, 2, 1]


def test_a_file_larger_than_all_room_is_kept_until_the_next() -> None:
    files = Files(40, 4, most=10)
    large, small = files.files
    large(), large(), small(), large()
    assert files.reads == [2, 1]


def test_an_empty_file_is_kept_too() -> None:
    files = Files(0, most=10)
    files.files[0](), files.files[0]()
    assert files.reads == [1]
