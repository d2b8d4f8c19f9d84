"""Where a bundle is cut depends on the files beside the cut, and on no others."""

from __future__ import annotations

import random
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.bundle.chunks import (
    MOST_OF_MEAN,
    SMALLEST_MEAN,
    Span,
    cut,
    evenly,
)

_SPANS = st.lists(
    st.builds(
        Span,
        st.text("abc/.", min_size=1, max_size=6),
        st.integers(1, 5000),
        st.integers(0, 1 << 18),
    ),
    max_size=60,
)


def _project(count: int, seed: int = 1) -> list[Span]:
    """Scripts and maps as front end builds make them: of very different sizes."""
    source = random.Random(seed)
    spans = []
    for number in range(count):
        name = f"~/static/{source.randbytes(4).hex()}-{number}.js"
        size = int(source.lognormvariate(10, 1.2)) + 100
        spans.append(Span(name, size, size // 4))
        spans.append(Span(name + ".map", 3 * size, 3 * size // 4))
    return sorted(spans, key=lambda span: span.name)


def _chunks(spans: list[Span], largest: int = 8 << 20) -> list[tuple[str, ...]]:
    """Return the names of the files that end in each chunk."""
    ends = list(accumulate(cut(spans, largest=largest)))
    chunks: list[list[str]] = [[] for _ in ends]
    for span, end in zip(spans, accumulate(span.size for span in spans), strict=True):
        chunks[next(index for index, at in enumerate(ends) if end <= at)].append(span.name)
    return [tuple(chunk) for chunk in chunks]


@given(spans=_SPANS, largest=st.integers(1, 9000))
def test_sizes_sum_up_and_none_is_over_the_largest(spans: list[Span], largest: int) -> None:
    sizes = cut(spans, largest=largest)
    assert sum(sizes) == sum(span.size for span in spans)
    assert all(0 < size <= largest for size in sizes)


@given(size=st.integers(0, 10_000), largest=st.integers(1, 999))
def test_even_cuts_are_as_few_as_can_be(size: int, largest: int) -> None:
    sizes = evenly(size, largest)
    assert sum(sizes) == size
    assert all(0 < each <= largest for each in sizes)
    assert len(sizes) == -(-size // largest)


@given(
    pairs=st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000)), max_size=40),
    largest=st.integers(6000, 20_000),
    heavy=st.integers(1, 1000),
)
def test_script_and_map_stay_together_where_they_fit(
    pairs: list[tuple[int, int]], largest: int, heavy: int
) -> None:
    spans = []
    for number, sizes in enumerate(pairs):
        names = f"~/{number:02}.js", f"~/{number:02}.js.map"
        spans += [Span(name, size, size * heavy) for name, size in zip(names, sizes, strict=True)]
    for chunk in _chunks(spans, largest):
        assert {name.removesuffix(".map") for name in chunk} == {
            name for name in chunk if not name.endswith(".map")
        }


@given(spans=_SPANS)
def test_the_same_files_are_cut_in_the_same_places(spans: list[Span]) -> None:
    assert cut(spans, largest=9000) == cut(list(spans), largest=9000)


def _shared(spans: list[Span], others: list[Span]) -> int:
    """How many chunks of `others` are not among those of `spans`."""
    return len(set(_chunks(others)) - set(_chunks(spans)))


@pytest.mark.parametrize("seed", range(20))
def test_changed_added_or_removed_file_leaves_all_but_a_few_cuts(seed: int) -> None:
    spans = _project(300, seed)
    assert len(_chunks(spans)) > 50
    source = random.Random(seed)
    index = source.randrange(len(spans))
    changed, old = list(spans), spans[index]
    changed[index] = Span(old.name, old.size + 77, old.weight + 19)
    assert _shared(spans, changed) <= 2
    assert _shared(spans, spans[:index] + spans[index + 1 :]) <= 2
    new = Span(old.name + ".new.js", 9000, 2250)
    added = sorted([*spans, new], key=lambda span: span.name)
    assert _shared(spans, added) <= 2


def test_chunks_of_a_project_are_neither_many_nor_large() -> None:
    for count in (100, 1000):
        spans = _project(count)
        chunks = cut(spans, largest=8 << 20)
        weight = sum(span.weight for span in spans)
        assert weight / SMALLEST_MEAN / 3 < len(chunks) < 3 * MOST_OF_MEAN
        assert max(chunks) < sum(chunks) / 4


def test_light_files_end_fewer_chunks_than_heavy_ones() -> None:
    light = [Span(f"~/{number}.js", 1000, 100) for number in range(2000)]
    heavy = [Span(f"~/{number}.js", 1000, 10_000) for number in range(2000)]
    assert len(cut(light, largest=1 << 20)) * 10 < len(cut(heavy, largest=1 << 20))


def test_a_heavy_file_is_a_chunk_of_its_own() -> None:
    light = [Span(f"~/{letter}.js", 100, 100) for letter in "abc"]
    heavy = Span("~/h.js", 500_000, 2 * SMALLEST_MEAN)
    spans = [*light, heavy, *light]
    assert cut(spans, largest=8 << 20) == [300, 500_000, 300]
