"""After which commit a release's commits begin."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.commits.base import Search
from hatch_sentry_artifacts.repository import history
from hatch_sentry_artifacts.repository.git import open_repository
from tests.support.history import GIT, History

pytestmark = pytest.mark.skipif(GIT is None, reason="git is not there")


@pytest.mark.parametrize(
    ("tags", "release", "base"),
    [
        ({1: ["v1.0"], 2: ["v1.1"]}, "1.1", "v1.0"),
        ({1: ["1.0"], 2: ["v1.1"]}, "1.1", "1.0"),
        ({1: ["v1.0"], 2: ["1.1"]}, "1.1", "v1.0"),
        ({0: ["v1.0"], 1: ["nightly", "latest"], 2: ["v1.1"]}, "1.1", "v1.0"),
        ({0: ["shop-v1.0"], 1: ["cart-v3.1"], 2: ["shop-v1.1"]}, "shop@1.1", "shop-v1.0"),
        ({0: ["shop-1.0"], 1: ["cart-3.1"], 2: ["shop-1.1", "cart-3.2"]}, "1.1", "shop-1.0"),
        ({0: ["shop2-1.0"], 1: ["shop1-9"], 2: ["shop2-1.1"]}, "shop2@1.1", "shop2-1.0"),
        ({0: ["a/b/v1"], 1: ["a/c/v1"], 2: ["a/b/v2"]}, "2", "a/b/v1"),
        ({0: ["2026.10"], 1: ["2026.11"], 2: ["2026.12"]}, "2026.12", "2026.11"),
        ({1: ["v1.1rc1"], 2: ["v1.1"]}, "1.1", "v1.1rc1"),
        ({1: ["v1.0"], 2: ["v1.1", "stable"]}, "another", "v1.0"),
        ({0: ["shop-1.0"], 1: ["cart-3.1"]}, "shop@1.1", "shop-1.0"),
        ({0: ["v1.0"], 1: ["docs"]}, "1.1", "v1.0"),
        ({1: ["cart-3.1"], 2: ["shop-1.1"]}, "shop@1.1", None),
        ({2: ["v1.0"]}, "1.0", None),
        ({}, "1.0", None),
    ],
)
def test_tags_of_the_same_kind_count(
    tmp_path: Path, tags: Mapping[int, list[str]], release: str, base: str | None
) -> None:
    made = History()
    marks: list[int] = []
    for number in range(3):
        marks.append(made.commit(str(number), {}, marks[-1:]))
    for number, names in tags.items():
        for name in names:
            made.tag(name, marks[number], annotated=number % 2 == 0)
    git = open_repository(made.write(tmp_path / "r"), os.environ)
    (head,) = history.resolve(git, "HEAD")
    assert head is not None
    found = Search(git, head, release).tagged()
    assert (found.label if found else None) == (f"tag {base}" if base else None)
