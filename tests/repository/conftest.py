"""Repositories that no test changes, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.history import GIT, History

if GIT is None:
    collect_ignore_glob = ["test_git.py", "test_history.py"]


@pytest.fixture(scope="session")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository of most that a history can have."""
    made = History()
    first = made.commit("one", {"a.txt": b"a", "sub/b.txt": b"b", "link": b"file"})
    second = made.commit(
        "renamed, and changed in kind",
        {"a.txt": None, "moved/a.txt": b"a", "link": b"->sub"},
        [first],
    )
    made.tag("v1.0.0", second)
    side = made.commit("side\n\nwith a body\n", {"sub/c.txt": b"c"}, [first], branch="side")
    merge = made.commit("Merge side", {"sub/c.txt": b"c"}, [second, side])
    latin = made.commit(
        b"Gr\xfc\xdfe", {"x": b"1"}, [merge], author=b"J\xfcrgen <j@example.invalid>"
    )
    rocket = made.commit("\N{ROCKET} off", {"\N{ROCKET}.txt": b"1", "nl\\tab": b"2"}, [latin])
    empty = made.commit("", {}, [rocket], zone="-0930")
    made.tag("v1.1.0", empty, annotated=True)
    made.tag("shop-v7", empty)
    one = made.commit("p", {"p": b"p"}, [empty], branch="p")
    two = made.commit("q", {"q": b"q"}, [empty], branch="q")
    made.commit("octopus", {"p": b"p", "q": b"q"}, [empty, one, two])
    return made.write(tmp_path_factory.mktemp("varied") / "repository")
