"""What is said of versions that no release has."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_name import version_remark


@pytest.mark.parametrize(
    ("version", "part"),
    [
        ("0.1.dev1+g1a2b3c4", "a development build and a commit without a tag"),
        ("1.3.dev0", "that of a development build, and makes a release of its own"),
        ("1.2.0+g1a2b3c4.d20261128", "a commit without a tag and uncommitted changes"),
        ("1.2.0+d20261128", "uncommitted changes"),
        ("0.0.0", "no tag that was found"),
    ],
)
def test_versions_of_no_tag_are_told(version: str, part: str) -> None:
    remark = version_remark(version, Options(), shallow=False)

    assert remark.startswith(f"version {version} is that of ")
    assert part in remark
    assert "fetch-depth: 0" not in remark
    assert "fetch-depth: 0" in version_remark(version, Options(), shallow=True)


@pytest.mark.parametrize(
    "version", ["1.2.0", "1.2.0rc1", "1.2.0.post1", "1.2.0+ubuntu1", "0.1", None]
)
def test_versions_of_releases_are_not(version: str | None) -> None:
    assert version_remark(version, Options(), shallow=True) == ""


def test_a_release_without_the_version_has_none() -> None:
    assert version_remark("1.3.dev0", Options(release="main"), shallow=False) == ""
