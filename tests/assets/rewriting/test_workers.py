"""Work shared with further processes comes to the same as work done here."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.rewriting import workers


def square(number: int) -> tuple[int, int]:
    time.sleep(0.002)
    return number * number, os.getpid()


def square_or_die(number: int) -> tuple[int, int]:
    if number == 90:
        os._exit(1)
    return square(number)


def square_or_raise(number: int) -> tuple[int, int]:
    if number == 90:
        raise ValueError("ninety")
    return square(number)


def share(
    tasks: Sequence[int],
    work: Callable[[int], tuple[int, int]],
    function: Callable[[int], tuple[int, int]],
    *,
    helpers: int,
) -> list[tuple[int, int]]:
    with workers.Helpers(helpers) as processes:
        return processes.share(tasks, work, lambda number: number, function)


@pytest.mark.slow
def test_results_come_in_order_and_from_all_processes() -> None:
    results = share(range(400), square, square, helpers=2)
    assert [value for value, _ in results] == [number * number for number in range(400)]
    pids = {pid for _, pid in results}
    assert os.getpid() in pids
    assert len(pids) == 3


def test_nothing_to_do_is_done() -> None:
    assert share([], square, square, helpers=1) == []


@pytest.mark.slow
@pytest.mark.parametrize("function", [square_or_die, square_or_raise])
def test_what_a_failed_process_had_is_done_here(function: Callable[[int], tuple[int, int]]) -> None:
    results = share(range(100), square, function, helpers=1)
    assert [value for value, _ in results] == [number * number for number in range(100)]


@pytest.mark.parametrize("executable", ["", "/nowhere/python", None])
def test_without_further_processes_all_is_done_here(
    monkeypatch: pytest.MonkeyPatch, executable: str | None
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    results = share(range(20), square, square, helpers=2)
    assert {pid for _, pid in results} == {os.getpid()}


def test_an_error_here_ends_the_other_processes() -> None:
    started = time.monotonic()
    with pytest.raises(ValueError, match="ninety"):
        share(range(90, 10_000), square_or_raise, square, helpers=1)
    assert time.monotonic() - started < 10


def test_files_are_injected_as_well_by_other_processes(tmp_path: Path) -> None:
    from hatch_sentry_artifacts.assets.debug_ids.inject import inject
    from hatch_sentry_artifacts.assets.rewriting.injection import inject_files
    from tests.assets.debug_ids.support import MAP

    sources: dict[str, Path] = {}
    for number in range(120):
        for path, content in ((f"{number}.js", b"a(%d)\n\n" % number), (f"{number}.js.map", MAP)):
            sources[path] = tmp_path / path
            sources[path].write_bytes(content)
    into = tmp_path / "changed"
    result = inject_files(sources, list(sources), into=into, helpers=1)
    assert sorted(result.written) == sorted(sources)
    assert {path.name for path in into.iterdir()} == set(sources)
    for number in range(120):
        injected = inject(b"a(%d)\n\n" % number, MAP)
        assert (into / f"{number}.js").read_bytes() == injected.script
        assert (into / f"{number}.js.map").read_bytes() == injected.source_map
        assert sources[f"{number}.js"].read_bytes() == b"a(%d)\n\n" % number
