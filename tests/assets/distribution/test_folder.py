"""Which files a folder has: its own, and no others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.collect import Collection, collect
from hatch_sentry_artifacts.assets.distribution.folder import (
    DEAD_LINK,
    FOLDER_LINK,
    NO_FILE,
    OUTSIDE_LINK,
    list_folder,
)
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.cli import main
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.errors import DistributionError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with links of every kind."""
    shop = tmp_path / "shop"
    (shop / "js").mkdir(parents=True)
    (shop / "js" / "app.js").write_bytes(b"app()")
    (tmp_path / "secret.js").write_bytes(b"secret()")
    (shop / "js" / "same.js").symlink_to("app.js")
    (shop / "js" / "secret.js").symlink_to(tmp_path / "secret.js")
    (shop / "js" / "gone.js").symlink_to("nowhere.js")
    (shop / "js" / "round").symlink_to(shop)
    (shop / "js" / "self.js").symlink_to("self.js")
    return shop


def collected(folder: Path) -> Collection:
    with open_distribution(folder) as distribution:
        return collect(distribution, include=DEFAULT_PATTERNS)


def test_links_are_told_apart_by_where_they_lead(folder: Path) -> None:
    found = list_folder(folder)
    assert list(found.files) == ["js/app.js"]
    assert list(found.links) == ["js/same.js"]
    assert found.left_alone == {
        "js/gone.js": DEAD_LINK,
        "js/round": FOLDER_LINK,
        "js/secret.js": OUTSIDE_LINK,
        "js/self.js": DEAD_LINK,
    }


def test_an_upload_follows_no_link_out_of_the_folder_and_tells(folder: Path) -> None:
    found = collected(folder)
    assert [asset.path for asset in found.assets] == ["shop/js/app.js", "shop/js/same.js"]
    assert found.left_alone == (
        "shop/js/gone.js is a symbolic link that leads to no file",
        "shop/js/round is a symbolic link to a folder",
        "shop/js/secret.js is a symbolic link out of the folder",
        "shop/js/self.js is a symbolic link that leads to no file",
    )


def test_a_folder_that_is_named_by_a_link_is_that_folder(folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert [asset.path for asset in collected(link).assets] == ["shop/js/app.js", "shop/js/same.js"]


def test_inject_writes_through_no_link(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inject", str(folder)]) == 0
    assert (folder.parent / "secret.js").read_bytes() == b"secret()"
    assert (folder / "js" / "same.js").is_symlink()
    assert "4 symbolic links were left as they are: shop/js/same.js" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_no_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(folder / "js" / "pipe.js")
    assert list_folder(folder).others["js/pipe.js"] == NO_FILE
    assert "shop/js/pipe.js is neither a file nor a folder" in collected(folder).left_alone
    assert main(["inject", str(folder)]) == 0
    assert "1 are no files, and were left alone: shop/js/pipe.js" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_no_wheel(tmp_path: Path) -> None:
    pipe = tmp_path / "shop-1.0-py3-none-any.whl"
    os.mkfifo(pipe)
    with pytest.raises(DistributionError, match="neither a wheel nor a folder"):
        collected(pipe)


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
def test_a_name_that_no_file_can_have_is_no_wheel(name: str) -> None:
    with pytest.raises(DistributionError):
        collected(Path(name))
