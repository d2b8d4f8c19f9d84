"""A build gives the release its commits, where its options say so."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.history import GIT, History, git
from tests.support.project import Project
from tests.support.sentry_contents import commits


@pytest.mark.skipif(GIT is None, reason="git is not there")
def test_a_build_sets_the_commits_since_the_tag_before_and_those_of_no_other_commit(
    shop: Project, server: LocalServer
) -> None:
    made = History()
    base = made.line(["one", "two"])
    made.tag("v1.1.0", base)
    made.tag("v1.2.0", made.line(["three"], [base]))
    made.write(shop.folder)
    shop.configure('commits = "auto"', 'repository = "acme/shop"')

    result = shop.build()

    assert result.code == 0
    assert any("1 commit of acme/shop since tag v1.1.0 (" in line for line in result.lines)
    assert commits(server, "1.2.0") == ["three"]

    (shop.folder / "later").write_text("later")
    git(shop.folder, "add", "later")
    git(shop.folder, "commit", "-q", "-m", "four")
    result = shop.build()

    assert result.code == 0
    assert any("without an order, its commits stay as they are" in line for line in result.lines)
    assert commits(server, "1.2.0") == ["three"]
