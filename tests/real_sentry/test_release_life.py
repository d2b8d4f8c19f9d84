"""The life of a release on a real Sentry, from its creation to its end."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.support.shell import Shell


@pytest.fixture
def there(shell: Shell, real: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell whose server is the real one."""
    for name, value in real.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CI_PIPELINE_URL", "https://ci.example/1")
    return shell


def test_a_release_lives(there: Shell) -> None:
    name = f"life of @{uuid4().hex[:12]} é"
    steps = (
        ("created", "release", "create", name),
        ("archived", "release", "archive", name),
        ("restored", "release", "restore", name),
        ("finalized", "release", "finalize", name),
        ("deployed", "deploy", name, "-e", "production", "--name", "blue"),
    )
    for done, *arguments in steps:
        assert there.run(*arguments, "--json").json["done"] == done
        assert there.run(*arguments, "--json").json["done"] == "unchanged"
    shown = there.run("release", "show", name, "--json").json
    assert (shown["status"], shown["url"]) == ("open", "https://ci.example/1")
    (deploy,) = shown["deploys"]
    assert (deploy["environment"], deploy["name"]) == ("production", "blue")
    assert deploy["url"] == "https://ci.example/1"
    assert there.run("release", "delete", name, "--yes", "--json").json["done"] == "deleted"
    assert there.run("release", "show", name).code == 2


def test_an_archived_release_is_listed_where_it_is_asked_for(there: Shell) -> None:
    name = f"archived-{uuid4().hex[:12]}"
    there.run("release", "create", name)
    there.run("release", "archive", name)
    listed = [
        [
            each["release"]
            for each in there.run(
                "release", "list", "--query", name, "--status", status, "--json"
            ).json["releases"]
        ]
        for status in ("open", "archived", "any")
    ]
    assert listed == [[], [name], [name]]
    assert there.run("release", "delete", name, "--yes").code == 0
