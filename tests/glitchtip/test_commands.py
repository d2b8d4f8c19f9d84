"""`list` shows what a GlitchTip tells; `explain` says that it does not tell enough."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.shell import Shell

from .stand_in import TOKEN, GlitchTip, Release

ROW = {
    "id": "1",
    "dateCreated": "2026-01-01T00:00:00Z",
    "sha1": "5" * 40,
    "headers": {"debug-id": "0f9a1c2e-1111-4222-8333-444455556666", "sourcemap": "app.js.map"},
    "name": "app.js",
}


@pytest.fixture(params=[{}, {"size": 300}], ids=["5.2", "6.0.7"])
def site(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[GlitchTip]:
    with GlitchTip() as running_site:
        running_site.releases["1.2.0"] = Release(files=[{**ROW, **request.param}])
        monkeypatch.setenv("SENTRY_URL", running_site.url)
        monkeypatch.setenv("SENTRY_AUTH_TOKEN", TOKEN)
        yield running_site


def test_list_shows_the_scripts_that_have_a_map(shell: Shell, site: GlitchTip) -> None:
    done = shell.run("list", "--release", "1.2.0")
    assert done.code == 0, done.err
    assert "0f9a1c2e-1111-4222-8333-444455556666  app.js" in done.out
    assert "tells only of scripts that it has a map for" in done.err


def test_list_gives_them_as_json(shell: Shell, site: GlitchTip) -> None:
    found = shell.run("list", "--release", "1.2.0", "--json").json
    assert [each["name"] for each in found["files"]] == ["app.js"]
    assert found["bundles"] is None


def test_explain_says_that_the_server_does_not_tell(shell: Shell, site: GlitchTip) -> None:
    done = shell.run("explain", "https://h/static/app.js:1:1", "--release", "1.2.0")
    assert done.code == 3
    assert "does not tell what the scripts and maps that it has hold" in done.err
    assert "--from looks into a wheel" in done.err


def test_prune_says_that_nothing_can_be_pruned_there(shell: Shell, site: GlitchTip) -> None:
    done = shell.run("prune", "--keep", "1", "--yes")
    assert done.code == 3
    assert "nothing can be pruned there" in done.err
    assert "DELETE" not in {method for method, _ in site.requests}


def test_what_a_glitchtip_does_not_do_is_told(shell: Shell, site: GlitchTip) -> None:
    assert shell.run("release", "finalize", "1.2.0").code == 0
    archived = shell.run("release", "archive", "1.2.0")
    assert archived.code == 1
    assert "did not make release 1.2.0 archived" in archived.err
    deployed = shell.run("deploy", "1.2.0", "-e", "production")
    assert deployed.code == 3
    assert "does not take deploys of releases" in deployed.err
