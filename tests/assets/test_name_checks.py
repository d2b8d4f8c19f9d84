"""Keys of `paths` that hold nothing, and names that are served elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.errors import NothingToUpload
from tests.support import make_wheel

LABEXTENSION = "shop-1.2.0.data/data/share/jupyter/labextensions/shop/static/app.js"


def findings(tmp_path: Path, *files: str, paths: Mapping[str, str] | None) -> list[Finding]:
    wheel = make_wheel(tmp_path, files=dict.fromkeys(files, b"a();\n"))
    with open_distribution(wheel) as distribution:
        return list(collect(distribution, include=DEFAULT_PATTERNS, paths=paths).findings)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("src/shop/admin", "did you mean shop/admin? Keys are paths in the wheel"),
        ("backend/src/shop/admin", "did you mean shop/admin?"),
        ("admin", "did you mean shop/admin?"),
        ("shop/admim", "did you mean shop/admin?"),
        ("xyz", "holds no file"),
    ],
)
def test_a_key_that_holds_nothing_is_told_with_the_one_that_is_meant(
    tmp_path: Path, key: str, hint: str
) -> None:
    files = ("shop/static/app.js", "shop/admin/app.js")
    paths = {"shop/static": "~/static", key: "~/admin"}
    (finding,) = findings(tmp_path, *files, paths=paths)

    assert (finding.path, finding.rule) == (key, "unused-path")
    assert hint in finding.message


def test_keys_that_hold_files_are_all_right(tmp_path: Path) -> None:
    files = ("shop/static/app.js", "shop/static/old/app.js", LABEXTENSION)
    paths = {
        "shop/static": "~/static",
        "shop/static/old": "~/old",
        "*.data/data/share/jupyter/labextensions": "~/lab/extensions",
    }

    assert findings(tmp_path, *files, paths=paths) == []


def test_a_key_that_hides_everything_is_told_with_the_one_that_is_meant(tmp_path: Path) -> None:
    with pytest.raises(NothingToUpload, match=r"did you mean shop/static\?"):
        findings(tmp_path, "shop/static/app.js", paths={"src/shop/static": "~/static"})


def test_extensions_of_jupyter_need_no_paths(tmp_path: Path) -> None:
    assert findings(tmp_path, LABEXTENSION, paths=None) == []


def test_extensions_of_jupyter_under_other_names_are_told(tmp_path: Path) -> None:
    other = LABEXTENSION.replace("app.js", "lazy.js")
    (finding,) = findings(tmp_path, LABEXTENSION, other, paths={"*.data/data": "~/"})

    assert (finding.rule, finding.others) == ("name-cannot-match", (other,))
    assert '"*.data/data/share/jupyter/labextensions" = "~/lab/extensions"' in finding.message


@pytest.mark.parametrize(
    ("include", "exclude", "hint"),
    [
        (["src/shop/**/*.js"], [], "its scripts are shop/static/app.js: fix `include`"),
        (["*.js"], ["static/"], "fix `exclude`"),
        (["*.mjs"], ["static/"], "fix `include`"),
    ],
)
def test_patterns_that_select_nothing_are_told_with_what_is_there(
    tmp_path: Path, include: list[str], exclude: list[str], hint: str
) -> None:
    wheel = make_wheel(tmp_path, files={"shop/static/app.js": b"a();\n"})
    with open_distribution(wheel) as distribution, pytest.raises(NothingToUpload) as told:
        collect(distribution, include=include, exclude=exclude)

    assert hint in str(told.value)
